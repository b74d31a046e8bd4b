/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h - a container engine of this machine, or one that the environment names, and how to ask it
 */
#ifndef STEP_IMAGE_ENGINE_H
#define STEP_IMAGE_ENGINE_H

#include "step/base/http.h"

/* An engine that speaks Docker's API. */
struct engine_kind {
	const char *name;     /* "Docker" */
	const char *prefix;   /* of its image source */
	const char *variable; /* names where it listens */
	const char *socket;   /* where else: the machine's own */
	const char *own;      /* the same within $XDG_RUNTIME_DIR: the user's own */
	bool own_first;
	bool has_tls; /* by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH */
};

extern const struct engine_kind engine_docker;
extern const struct engine_kind engine_podman;

/* Where one listens; text is in the arena. */
struct engine {
	const struct engine_kind *kind;
	const char *socket;  /* its path, or NULL: it is url's host */
	const char *url;     /* "http://localhost", "https://build.example.com:2376" */
	const char *where;   /* for messages: the socket, or HOST:PORT */
	const char *version; /* of the API, as both speak it: "1.41"; NULL before engine_open() */
	struct http_tls tls;
	int64_t deadline_ms; /* of all requests; 0: none */
	struct arena *arena;
};

/*
 * What the environment says. ERR_USAGE if that is malformed, or would speak over a network without TLS;
 * ERR_IMAGE if it says nothing and there is no socket.
 */
int engine_find(const struct engine_kind *kind, struct arena *a, struct engine *ret,
    struct err *err) MUST_CHECK;
/* The first half of it: what can be said of the environment without looking for a socket. */
int engine_check(const struct engine_kind *kind, struct err *err) MUST_CHECK;
/* Is it there, and which version of the API do both speak? ERR_IMAGE. */
int engine_open(struct engine *e, struct err *err) MUST_CHECK;

/*
 * GET path, "images/app:1/json", of the API; any status is success. patience_ms: how long it may say
 * nothing, 0 for the usual time.
 */
int engine_get(const struct engine *e, const char *path, int64_t patience_ms, struct arena *a,
    struct http_response *ret, struct err *err) MUST_CHECK;
/* What else than 200 it answered to: its own words are part of the message. -1, ERR_IMAGE. */
int engine_refused(const struct engine *e, const struct http_response *response, const char *what,
    struct err *err);

#endif

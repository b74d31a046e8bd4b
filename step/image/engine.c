/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.c - a container engine of this machine, or one that the environment names, and how to ask it
 *
 *      DOCKER_HOST=unix:///run/user/1000/docker.sock
 *      DOCKER_HOST=tcp://docker:2376  DOCKER_TLS_VERIFY=1  DOCKER_CERT_PATH=/certs/client
 *      GET /_ping                     Api-Version: 1.47
 *      GET /v1.47/images/app:1/json
 *
 * https://docs.docker.com/reference/api/engine/; Podman has the same under the name of compatible API.
 *
 * The lower of the engine's version and the newest one that is known here is spoken. An engine that names
 * none is of before 1.25. Who may ask an engine may do anything on its machine, so a network is only
 * crossed with TLS where both sides are known by certificates.
 *
 * Left out: ssh:// (a program of the user's, with a shell on the other side), contexts of Docker's configuration.
 */
#include "step/image/engine.h"

#include "step/base/doc.h"
#include "step/base/url.h"
#include "step/image/document.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define API_OLDEST         24 /* 1.24 is Docker 1.12 of 2016; all that is asked for here was there */
#define API_NEWEST         47
#define PORT_PLAIN         "2375"
#define PORT_TLS           "2376"
#define LIMIT_ADDRESS      1024 /* bytes of such a variable */
#define LIMIT_CERTIFICATES MIB

const struct engine_kind engine_docker = {
	.name = "Docker",
	.prefix = "docker",
	.variable = "DOCKER_HOST",
	.socket = "/var/run/docker.sock",
	.own = "docker.sock",
	.has_tls = true,
};

const struct engine_kind engine_podman = {
	.name = "Podman",
	.prefix = "podman",
	.variable = "CONTAINER_HOST",
	.socket = "/run/podman/podman.sock",
	.own = "podman/podman.sock",
	.own_first = true,
};

/* ---- Where it listens ---- */

static int
take_socket(struct engine *e, const char *variable, const char *path, struct err *err)
{
	struct sockaddr_un address;

	if (path[0] != '/')
		return err_set(
		    err, ERR_USAGE, "%s: a socket's path begins with /: unix:///PATH", variable);
	if (strlen(path) >= sizeof(address.sun_path))
		return err_set(err, ERR_USAGE, "%s: a socket's path has at most %zu bytes",
		    variable, sizeof(address.sun_path) - 1);
	e->socket = e->where = arena_string(e->arena, str_of(path));
	e->url = "http://localhost";
	return 0;
}

/* The files by which Docker and we know each other: only who is known by ca.pem is believed. */
static int
take_certificates(struct engine *e, struct err *err)
{
	const char *folder = env_text("DOCKER_CERT_PATH"), *home = env_text("HOME");
	const struct http_tls nobody = { .trusted = arena_alloc(e->arena, 1), .alone = true };
	const char *ca, *cert, *key;
	struct str pem;

	if (!folder)
		folder = arena_textf(e->arena, "%s/.docker", home ? home : "");
	ca = arena_textf(e->arena, "%s/ca.pem", folder);
	cert = arena_textf(e->arena, "%s/cert.pem", folder);
	key = arena_textf(e->arena, "%s/key.pem", folder);
	if (file_whole(ca, LIMIT_CERTIFICATES, ERR_USAGE, e->arena, &pem, err) < 0 ||
	    http_tls_add(&nobody, pem, e->arena, &e->tls, err) < 0)
		return err_wrap(err, "DOCKER_CERT_PATH: '%.200s'", ca);
	if (http_tls_check_client(cert, key, err) < 0)
		return err_wrap(err, "DOCKER_CERT_PATH");
	e->tls.client_cert = cert;
	e->tls.client_key = key;
	return 0;
}

/* "HOST[:PORT][/]" of tcp:// */
static int
take_address(struct engine *e, const char *address, struct err *err)
{
	const char *name = e->kind->variable, *colon = strrchr(address, ':');
	bool tls = e->kind->has_tls && env_text("DOCKER_TLS_VERIFY");
	bool has_port = colon && !strchr(colon, ']');
	const char *text = arena_textf(e->arena, "%s://%s%s%s", tls ? "https" : "http", address,
	    has_port ? "" : ":",
	    has_port ? ""
	    : tls    ? PORT_TLS
		     : PORT_PLAIN);
	struct url u;

	if (url_parse(str_of(text), ERR_USAGE, e->arena, &u, err) < 0)
		return err_wrap(err, "%s", name);
	if (strcmp(u.path, "/") != 0)
		return err_set(err, ERR_USAGE, "%s: tcp://HOST:PORT takes no path", name);
	if (!tls && !url_host_loopback(u.host))
		return err_set(err, ERR_USAGE,
		    "%s: %.100s is not of this machine and would be spoken to without TLS, which lets "
		    "anybody on the way be that machine's root%s",
		    name, u.host,
		    e->kind->has_tls ? "; set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH" : "");
	e->where = arena_textf(e->arena, "%s:%u", u.host, u.port);
	e->url = arena_textf(e->arena, "%s://%s", tls ? "https" : "http", e->where);
	return tls ? take_certificates(e, err) : 0;
}

/* The variable: 1, 0 if it is not set, or -1. */
static int
take_variable(struct engine *e, struct err *err)
{
	const char *value = env_text(e->kind->variable), *name = e->kind->variable;
	struct str s = str_of(value);

	if (!value)
		return 0;
	if (s.len > LIMIT_ADDRESS)
		return err_set(err, ERR_USAGE, "%s has more than %d bytes", name, LIMIT_ADDRESS);
	if (str_starts(s, "unix://"))
		return take_socket(e, name, value + strlen("unix://"), err) < 0 ? -1 : 1;
	if (str_starts(s, "tcp://"))
		return take_address(e, value + strlen("tcp://"), err) < 0 ? -1 : 1;
	if (str_starts(s, "ssh://"))
		return err_set(err, ERR_USAGE,
		    "%s: ssh:// is not spoken; forward the engine's socket (ssh -L) and name that, or use "
		    "registry:",
		    name);
	/* What is none of these may be anything, a secret too. */
	return err_set(err, ERR_USAGE, "%s is neither unix:///PATH nor tcp://HOST:PORT", name);
}

int
engine_check(const struct engine_kind *kind, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct engine e = { .kind = kind, .arena = a };

	return take_variable(&e, err) < 0 ? -1 : 0;
}

/* Is something there? That it may not be looked at is for the one who connects to tell. */
static bool
exists(const char *path)
{
	struct stat st;

	return path && (stat(path, &st) == 0 || errno == EACCES);
}

static int
find_socket(struct engine *e, struct err *err)
{
	const struct engine_kind *k = e->kind;
	static const char variable[] = "XDG_RUNTIME_DIR";
	const char *runtime = env_text(variable);
	/* By the XDG specification a relative folder is none. */
	const char *own =
	    runtime && runtime[0] == '/' ? arena_textf(e->arena, "%s/%s", runtime, k->own) : NULL;
	const char *const places[] = { k->own_first ? own : k->socket,
		k->own_first ? k->socket : own };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (exists(places[i]))
			return take_socket(e, variable, places[i], err);
	return err_set(err, ERR_IMAGE,
	    "no %s answers here: %s%.100s%s%s is not there%s, and %s is not set", k->name,
	    own ? "neither " : "", own ? own : k->socket, own ? " nor " : "", own ? k->socket : "",
	    own ? "" : ", nor does XDG_RUNTIME_DIR name a folder", k->variable);
}

int
engine_find(const struct engine_kind *kind, struct arena *a, struct engine *ret, struct err *err)
{
	int set;

	*ret = (struct engine){ .kind = kind, .arena = a };
	set = take_variable(ret, err);
	if (set == 0)
		return find_socket(ret, err);
	return set < 0 ? -1 : 0;
}

/* ---- Asking ---- */

static const struct http_hints hints = {
	.plain_http = "is DOCKER_TLS_VERIFY set for an engine without TLS?",
	.tls_wanted = "DOCKER_TLS_VERIFY=1 is for an engine with TLS",
	.client_cert = "DOCKER_CERT_PATH",
	.ca = "ca.pem in DOCKER_CERT_PATH",
	.deadline = "--timeout",
	.nobody = "does the engine run?",
};

static int
get(const struct engine *e, const char *path, int64_t patience_ms, struct arena *a,
    struct http_response *ret, struct err *err)
{
	const struct http_request req = {
		.url = arena_textf(a, "%s/%s", e->url, path),
		.unix_socket = e->socket,
		.tls = e->tls.client_cert ? &e->tls : NULL,
		.deadline_ms = e->deadline_ms,
		.patience_ms = patience_ms,
		.hints = &hints,
	};

	return http_send(&req, ERR_IMAGE, a, ret, err);
}

/* Why a socket that is there could not be asked, if that is for want of permission. */
static int
explain(const struct engine *e, struct err *err)
{
	if (e->socket && faccessat(AT_FDCWD, e->socket, W_OK, AT_EACCESS) < 0 && errno == EACCES)
		return err_set(err, ERR_IMAGE,
		    "%s may not be opened by this user: it takes the %s, which is as good as root; "
		    "registry: needs no engine",
		    e->socket, e->kind->has_tls ? "group docker" : "socket's owner");
	return err_wrap(err, "asking %s", e->kind->name);
}

/* "1.41": the second number; -1 if it is none of 1. */
static int
api_minor(const char *version)
{
	struct str s = str_of(version), major = str_cut(&s, '.');
	uint64_t minor;

	return str_is(major, "1") && str_number(s, 9999, &minor) ? (int)minor : -1;
}

static int
agree_on_version(struct engine *e, const char *theirs, struct err *err)
{
	int minor = theirs ? api_minor(theirs) : API_OLDEST;

	if (minor < 0)
		return err_set(err, ERR_IMAGE,
		    "%s at %.200s speaks version '%.40s' of its API, not 1.%d", e->kind->name,
		    e->where, theirs, API_NEWEST);
	if (minor < API_OLDEST)
		return err_set(err, ERR_IMAGE,
		    "%s at %.200s is too old: it speaks version %.40s of its API, and 1.%d is needed",
		    e->kind->name, e->where, theirs, API_OLDEST);
	e->version = arena_textf(e->arena, "1.%d", minor < API_NEWEST ? minor : API_NEWEST);
	return 0;
}

int
engine_open(struct engine *e, struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_STREAM body = NULL;
	struct http_response response;

	if (get(e, "_ping", 0, a, &response, err) < 0)
		return explain(e, err);
	body = response.body;
	if (response.status != 200)
		return engine_refused(e, &response, "a ping", err);
	return agree_on_version(e, response.api_version, err);
}

int
engine_get(const struct engine *e, const char *path, int64_t patience_ms, struct arena *a,
    struct http_response *ret, struct err *err)
{
	path = arena_textf(a, "v%s/%s", e->version, path);
	return get(e, path, patience_ms, a, ret, err) < 0
		   ? err_wrap(err, "asking %s", e->kind->name)
		   : 0;
}

int
engine_refused(
    const struct engine *e, const struct http_response *response, const char *what, struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_DOC root = NULL;
	const char *message = NULL;
	struct err ignored;
	struct str bytes;

	if (stream_whole(response->body, LIMIT_ERROR_BODY, ERR_IMAGE, a, &bytes, &ignored) == 0 &&
	    document_parse(bytes, "it", &root, &ignored) == 0)
		message = doc_get_text(root, "message");
	return err_set(err, ERR_IMAGE, "%s at %.120s answers %ld to %.120s%s%.200s", e->kind->name,
	    e->where, response->status, what, message ? ": " : "", message ? message : "");
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry.h - how long to wait before something is asked for again
 */
#ifndef STEP_IMAGE_RETRY_H
#define STEP_IMAGE_RETRY_H

#include "step/base/http.h"

/* Requests for one thing, before what is wrong with it is final. */
#define RETRY_TRIES 5

/* How patient the user is. */
struct patience {
	unsigned retry_ms; /* before the first repetition; doubled each time, up to 60 times that */
	int64_t deadline_ms;                           /* of monotonic_ms(), 0: none */
	void (*tell)(void *context, const char *text); /* struct image_request's */
	void *tell_context;
};

/* What a user can do where a request to a registry or its token service fails. */
extern const struct http_hints registry_hints;

/*
 * Sleep before the nth repetition (from 1): retry_ms doubled each time, or as long as Retry-After's value (or
 * NULL) says if that is more; at most 60 times retry_ms, and up to a quarter of it all on top. why is told
 * if it is long. False, without a pause, if the deadline would be over by then.
 */
bool retry_wait(
    const struct patience *p, unsigned nth, const char *retry_after, const char *why) MUST_CHECK;

/* How often something was asked for, and how long that took. */
struct asked {
	unsigned times;
	int64_t ms;
};

/*
 * Send the request, again and again while the answer is one that may be another one later: as http_send(), with
 * registry_hints. The status may be such a one in the end. ret_asked may be NULL.
 */
int retry_send(const struct patience *p, const struct http_request *req, struct arena *a,
    struct http_response *ret, struct asked *ret_asked, struct err *err) MUST_CHECK;

/* Read what is left of a short body and close it: its connection is free for the next request. */
void response_drain(struct http_response *response);

#endif

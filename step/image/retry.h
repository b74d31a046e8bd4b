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
	int64_t deadline_ms; /* of http_now_ms(), 0: none */
};

/* Is this status one that may be another one later? */
bool retry_status(long status);

/*
 * Sleep before the nth repetition (from 1), as long as Retry-After's value (or NULL) says if that is more,
 * but no longer than 60 times retry_ms. False, without a pause, if the deadline would be over by then.
 */
bool retry_wait(const struct patience *p, unsigned nth, const char *retry_after) MUST_CHECK;

/*
 * Send the request, again and again while the answer is one that retry_status() knows: as http_send().
 * The status may be such a one in the end.
 */
int retry_send(const struct patience *p, const struct http_request *req, struct arena *a,
    struct http_response *ret, struct err *err) MUST_CHECK;

/* Read what is left of a short body and close it: its connection is free for the next request. */
void response_drain(struct http_response *response);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retry.c - how long to wait before something is asked for again
 *
 *      429 Too Many Requests
 *      Retry-After: 30
 *
 * RFC 9110, section 10.2.3. Many jobs of one pipeline are refused at the same moment: what they wait
 * is made unequal, or they would be refused together again. A connection that breaks before
 * the header of the answer is complete is http_send()'s to try again.
 */
#include "step/image/retry.h"

#include <time.h>

#define LIMIT_GROWTH 60         /* times the first pause: a minute where that is a second */
#define LIMIT_DRAIN  (16 * KIB) /* of a body nobody reads */

bool
retry_status(long status)
{
	/* 501 and 505 say what the server is, not how it fares. */
	return status == 408 || status == 425 || status == 429 ||
	       (status >= 500 && status != 501 && status != 505);
}

/* Up to a quarter of it more. */
static uint64_t
with_jitter(uint64_t ms)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ms + ((uint64_t)now.tv_nsec / 1000) % (ms / 4 + 1);
}

bool
retry_wait(const struct patience *p, unsigned nth, const char *retry_after)
{
	uint64_t most = UINT64_C(1) * LIMIT_GROWTH * p->retry_ms, seconds;
	uint64_t ms = nth > 6 ? most : (uint64_t)p->retry_ms << (nth - 1);
	struct timespec left;

	if (retry_after && http_retry_after(retry_after, time(NULL), &seconds)) {
		seconds = seconds > most / 1000 + 1 ? most / 1000 + 1 : seconds;
		ms = 1000 * seconds > ms ? 1000 * seconds : ms;
	}
	ms = with_jitter(ms > most ? most : ms);
	if (p->deadline_ms && http_now_ms() + (int64_t)ms >= p->deadline_ms)
		return false;
	left = (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
	nanosleep(&left, NULL);
	return true;
}

void
response_drain(struct http_response *response)
{
	char buf[4096];
	struct err ignored;
	uint64_t total = 0;
	ssize_t n;

	while (response->body && total < LIMIT_DRAIN &&
	       (n = stream_read(response->body, buf, sizeof(buf), &ignored)) > 0)
		total += (uint64_t)n;
	stream_close(response->body);
	response->body = NULL;
}

/* Of HEAD only "too many" is waited for: whatever else it is answered may be about HEAD itself. */
static bool
is_worth_it(const struct http_request *req, long status)
{
	return retry_status(status) && (req->method != HTTP_HEAD || status == 429);
}

int
retry_send(const struct patience *p, const struct http_request *req, struct arena *a,
    struct http_response *ret, struct err *err)
{
	for (unsigned nth = 1;; nth++) {
		struct http_response response;

		if (http_send(req, ERR_IMAGE, a, &response, err) < 0)
			return -1;
		if (!is_worth_it(req, response.status) || nth == RETRY_TRIES ||
		    !retry_wait(p, nth, response.retry_after)) {
			*ret = response;
			return 0;
		}
		response_drain(&response);
	}
}

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

#include "step/base/url.h"

#include <inttypes.h>
#include <time.h>

#define LIMIT_GROWTH 60         /* times the first pause: a minute where that is a second */
#define QUIET_MS     1000       /* a pause that needs no word */
#define STALL        30         /* times the first pause, */
#define STALL_LEAST  10000      /* but no less, */
#define STALL_MOST   30000      /* and no more: next to nothing may arrive for so long */
#define LIMIT_DRAIN  (16 * KIB) /* of a body nobody reads */

const struct http_hints registry_hints = {
	.plain_http = "--registry-plain-http is for a registry without TLS",
	.tls_wanted = "is --registry-plain-http set for a registry with TLS?",
	.client_cert = "--registry-client-cert",
	.ca = "--ca-bundle",
	.deadline = "--timeout",
};

static bool
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

/* For so long may next to nothing arrive: 30 s, less where a test is in a hurry. */
static int64_t
stall_ms(const struct patience *p)
{
	int64_t ms = INT64_C(1) * STALL * p->retry_ms;

	if (ms < STALL_LEAST)
		return STALL_LEAST;
	return ms < STALL_MOST ? ms : STALL_MOST;
}

static void
tell_pause(const struct patience *p, uint64_t ms, const char *why)
{
	AUTO_ARENA a = arena_new();

	if (p->tell && ms >= QUIET_MS)
		p->tell(p->tell_context,
		    arena_textf(a, "%s: asked again in %" PRIu64 " s", why, (ms + 500) / 1000));
}

bool
retry_wait(const struct patience *p, unsigned nth, const char *retry_after, const char *why)
{
	uint64_t most = UINT64_C(1) * LIMIT_GROWTH * p->retry_ms, seconds;
	uint64_t ms = nth > 6 ? most : (uint64_t)p->retry_ms << (nth - 1);
	struct timespec left;

	if (retry_after && http_retry_after(retry_after, time(NULL), &seconds)) {
		seconds = seconds > most / 1000 + 1 ? most / 1000 + 1 : seconds;
		ms = 1000 * seconds > ms ? 1000 * seconds : ms;
	}
	ms = with_jitter(ms > most ? most : ms);
	if (p->deadline_ms && monotonic_ms() + (int64_t)ms >= p->deadline_ms)
		return false;
	tell_pause(p, ms, why);
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

/* The pause before the next request, if there is to be one. */
static bool
wait_for_next(const struct patience *p, unsigned nth, const struct http_request *req,
    const struct http_response *response)
{
	AUTO_ARENA a = arena_new();
	struct err ignored;
	struct url u;
	const char *why;

	if (!is_worth_it(req, response->status) || nth == RETRY_TRIES ||
	    url_parse(str_of(req->url), ERR_IMAGE, a, &u, &ignored) < 0)
		return false;
	why = arena_textf(a, "%s answers with status %ld", url_site(a, &u), response->status);
	return retry_wait(p, nth, response->retry_after, why);
}

int
retry_send(const struct patience *p, const struct http_request *req, struct arena *a,
    struct http_response *ret, struct asked *ret_asked, struct err *err)
{
	struct http_request hinted = *req;
	int64_t begin = monotonic_ms();

	hinted.hints = &registry_hints;
	hinted.patience_ms = stall_ms(p);
	for (unsigned nth = 1;; nth++) {
		struct http_response response;

		if (http_send(&hinted, ERR_IMAGE, a, &response, err) < 0)
			return -1;
		if (!wait_for_next(p, nth, req, &response)) {
			*ret = response;
			if (ret_asked)
				*ret_asked = (struct asked){ nth, monotonic_ms() - begin };
			return 0;
		}
		response_drain(&response);
	}
}

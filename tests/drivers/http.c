/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - one address fetched as the program would, by any number of threads at once
 *
 *      http [FLAG VALUE]... URL
 *
 *      --threads N          by so many at once
 *      --method HEAD|POST   --form TEXT is what is posted
 *      --offset N, --length N
 *      --most N             close the body after so many bytes
 *      --ca-bundle FILE|PEM, --skip-tls-verify 1, --client-cert FILE, --client-key FILE
 *      --certs HOST[:PORT]  what certs.d has for this registry, too
 *      --socket PATH        a Unix socket in place of the host
 *      --not-here 1, --public-only 1
 *      --warm 1             once before that without these two, so that a connection is kept
 *      --deadline MS        from now on
 *      --patience MS        next to nothing may come for so long
 *      --any-encoding 1
 *      --fields 1           what the header said, a line each
 *      --no-hints 1         not the hints of a registry
 *
 *      status STATUS        of each thread's answer
 *      bytes SIZE DIGEST    of its body
 *      error TEXT           what went wrong, before or in the body
 *
 * Each thread prints its lines together.
 */
#include "step/base/http.h"
#include "step/image/certs.h"
#include "step/image/retry.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 64

struct job {
	struct http_request request;
	const char *ca_bundle, *client_cert, *client_key, *certs, *method;
	uint64_t threads, most, deadline, patience;
	uint64_t skip_verify, not_here, public_only, warm, any_encoding, fields, no_hints;
	int status; /* what a program would end with */
};

static pthread_mutex_t printing = PTHREAD_MUTEX_INITIALIZER;

static int
read_body(struct stream *body, uint64_t most, char digest[SHA256_HEX], uint64_t *ret_size,
    struct err *err)
{
	struct sha256 hash;
	uint64_t size = 0;
	char buf[10000];
	ssize_t n;

	sha256_init(&hash);
	while (size < most && (n = stream_read(body, buf, sizeof(buf), err)) != 0) {
		if (n < 0)
			return -1;
		sha256_update(&hash, buf, (size_t)n);
		size += (uint64_t)n;
	}
	sha256_hex(&hash, digest);
	*ret_size = size;
	return 0;
}

static void
print_fields(const struct http_response *r)
{
	const struct {
		const char *name, *value;
	} fields[] = {
		{ "location", r->location },
		{ "content-type", r->content_type },
		{ "content-range", r->content_range },
		{ "retry-after", r->retry_after },
		{ "etag", r->etag },
		{ "content-digest", r->content_digest },
		{ "rate-limit", r->rate_limit },
		{ "rate-remaining", r->rate_remaining },
		{ "api-version", r->api_version },
		{ "private-peer", r->private_peer ? "yes" : "no" },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (fields[i].value != NULL)
			printf("%s %s\n", fields[i].name, fields[i].value);
}

/* A request that leaves its connection for the next. */
static void
warm_up(const struct job *job, struct arena *a)
{
	struct http_request request = job->request;
	struct http_response response;
	struct err err;
	char buf[1000];

	request.public_only = request.not_here = false;
	if (http_send(&request, ERR_IMAGE, a, &response, &err) < 0)
		return;
	while (stream_read(response.body, buf, sizeof(buf), &err) > 0)
		;
	stream_close(response.body);
}

static void *
run(void *data)
{
	struct job *job = data;
	AUTO_ARENA a = arena_new();
	AUTO_STREAM body = NULL;
	struct http_response response = { 0 };
	char digest[SHA256_HEX] = "";
	uint64_t size = 0;
	struct err err;
	int got, whole = -1;

	if (job->warm > 0)
		warm_up(job, a);
	got = http_send(&job->request, ERR_IMAGE, a, &response, &err);
	body = response.body;
	if (got == 0)
		whole = read_body(body, job->most, digest, &size, &err);
	job->status = whole < 0 ? err_status(&err) : 0;
	pthread_mutex_lock(&printing);
	if (got == 0)
		printf("status %ld\n", response.status);
	if (got == 0 && job->fields > 0)
		print_fields(&response);
	if (whole == 0)
		printf("bytes %" PRIu64 " %s\n", size, digest);
	else
		printf("error %s\n", err.text);
	pthread_mutex_unlock(&printing);
	return NULL;
}

/* The value of a flag that is text, or NULL. */
static const char **
text_option(struct job *job, const char *name)
{
	const struct {
		const char *name, **value;
	} options[] = {
		{ "--method", &job->method },
		{ "--form", &job->request.form },
		{ "--ca-bundle", &job->ca_bundle },
		{ "--client-cert", &job->client_cert },
		{ "--client-key", &job->client_key },
		{ "--certs", &job->certs },
		{ "--socket", &job->request.unix_socket },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		if (strcmp(options[i].name, name) == 0)
			return options[i].value;
	return NULL;
}

/* The same of a number, and how large it may be. */
static uint64_t *
number_option(struct job *job, const char *name, uint64_t *ret_max)
{
	const struct {
		const char *name;
		uint64_t max, *value;
	} options[] = {
		{ "--threads", THREADS_MAX, &job->threads },
		{ "--offset", UINT64_MAX, &job->request.offset },
		{ "--length", UINT64_MAX, &job->request.length },
		{ "--most", UINT64_MAX, &job->most },
		{ "--deadline", INT32_MAX, &job->deadline },
		{ "--patience", INT32_MAX, &job->patience },
		{ "--skip-tls-verify", 1, &job->skip_verify },
		{ "--not-here", 1, &job->not_here },
		{ "--public-only", 1, &job->public_only },
		{ "--warm", 1, &job->warm },
		{ "--any-encoding", 1, &job->any_encoding },
		{ "--fields", 1, &job->fields },
		{ "--no-hints", 1, &job->no_hints },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		*ret_max = options[i].max;
		if (strcmp(options[i].name, name) == 0)
			return options[i].value;
	}
	return NULL;
}

/* 0, or -1 when the command line is none. */
static int
read_options(int argc, char **argv, struct job *job)
{
	if (argc < 2 || argc % 2 != 0)
		return -1;
	for (int i = 1; i + 1 < argc; i += 2) {
		const char **text = text_option(job, argv[i]);
		uint64_t max, *number = number_option(job, argv[i], &max);

		if (text != NULL)
			*text = argv[i + 1];
		else if (number == NULL || !str_number(str_of(argv[i + 1]), max, number))
			return -1;
	}
	if (job->method != NULL)
		job->request.method = strcmp(job->method, "HEAD") == 0 ? HTTP_HEAD : HTTP_POST;
	job->request.not_here = job->not_here > 0;
	job->request.public_only = job->public_only > 0;
	job->request.any_encoding = job->any_encoding > 0;
	job->request.hints = job->no_hints > 0 ? NULL : &registry_hints;
	job->request.patience_ms = (int64_t)job->patience;
	if (job->deadline > 0)
		job->request.deadline_ms = monotonic_ms() + (int64_t)job->deadline;
	job->request.url = argv[argc - 1];
	return 0;
}

static int
load_tls(const struct job *job, struct arena *a, struct http_tls *ret, struct err *err)
{
	struct http_tls own;

	if (http_tls_load(job->ca_bundle, a, &own, err) < 0)
		return -1;
	own.skip_verify = job->skip_verify > 0;
	own.client_cert = job->client_cert;
	own.client_key = job->client_key;
	if (own.client_cert != NULL &&
	    http_tls_check_client(own.client_cert, own.client_key, err) < 0)
		return -1;
	*ret = own;
	return job->certs != NULL ? certs_find(job->certs, &own, a, ret, err) : 0;
}

int
main(int argc, char **argv)
{
	struct job jobs[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	struct job job = { .most = UINT64_MAX, .threads = 1 };
	AUTO_ARENA arena = arena_new();
	struct http_tls tls;
	struct err err;
	int status = 0;

	if (read_options(argc, argv, &job) < 0) {
		fputs("usage: http [FLAG VALUE]... URL: see http.c\n", stderr);
		return 2;
	}
	if (load_tls(&job, arena, &tls, &err) < 0) {
		printf("error %s\n", err.text);
		return err_status(&err);
	}
	job.request.tls = &tls;
	for (size_t i = 0; i < job.threads; i++) {
		jobs[i] = job;
		if (pthread_create(&threads[i], NULL, run, &jobs[i]) != 0)
			return 7;
	}
	for (size_t i = 0; i < job.threads; i++) {
		pthread_join(threads[i], NULL);
		status = jobs[i].status > status ? jobs[i].status : status;
	}
	return status;
}

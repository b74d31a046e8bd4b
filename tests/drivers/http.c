/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c - one address fetched as the program would, by any number of threads at once
 *
 *      http [--threads N] [--offset N] [--most N] [--ca-bundle FILE|PEM] [--skip-tls-verify 1] URL
 *
 *      status STATUS        of each thread's answer
 *      bytes SIZE DIGEST    of its body
 *      error TEXT           what went wrong, before or in the body
 *
 * Each thread prints its lines together. --most closes the body after so many bytes.
 */
#include "step/base/http.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 64

struct job {
	struct http_request request;
	const char *ca_bundle;
	uint64_t most;
	bool failed;
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
	int got = http_send(&job->request, ERR_IMAGE, a, &response, &err), whole = -1;

	body = response.body;
	if (got == 0)
		whole = read_body(body, job->most, digest, &size, &err);
	job->failed = whole < 0;
	pthread_mutex_lock(&printing);
	if (got == 0)
		printf("status %ld\n", response.status);
	if (whole == 0)
		printf("bytes %" PRIu64 " %s\n", size, digest);
	else
		printf("error %s\n", err.text);
	pthread_mutex_unlock(&printing);
	return NULL;
}

/* 0, or -1 when the command line is none. */
static int
read_options(int argc, char **argv, struct job *job, uint64_t *threads, uint64_t *skip_verify)
{
	const struct {
		const char *name;
		uint64_t max, *value;
	} options[] = {
		{ "--threads", THREADS_MAX, threads },
		{ "--offset", UINT64_MAX, &job->request.offset },
		{ "--most", UINT64_MAX, &job->most },
		{ "--skip-tls-verify", 1, skip_verify },
	};

	if (argc < 2 || argc % 2 != 0)
		return -1;
	for (int i = 1; i + 1 < argc; i += 2) {
		bool known = strcmp(argv[i], "--ca-bundle") == 0;

		if (known)
			job->ca_bundle = argv[i + 1];
		for (size_t k = 0; k < ARRAY_LEN(options); k++)
			if (strcmp(argv[i], options[k].name) == 0)
				known = str_number(
				    str_of(argv[i + 1]), options[k].max, options[k].value);
		if (!known)
			return -1;
	}
	job->request.url = argv[argc - 1];
	return 0;
}

int
main(int argc, char **argv)
{
	struct job jobs[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	struct job job = { .most = UINT64_MAX };
	AUTO_ARENA arena = arena_new();
	struct http_tls tls;
	struct err err;
	uint64_t n = 1, skip_verify = 0;
	bool failed = false;

	if (read_options(argc, argv, &job, &n, &skip_verify) < 0) {
		fputs("usage: http [FLAG VALUE]... URL: see http.c\n", stderr);
		return 2;
	}
	if (http_tls_load(job.ca_bundle, arena, &tls, &err) < 0) {
		printf("error %s\n", err.text);
		return err_status(&err);
	}
	tls.skip_verify = skip_verify > 0;
	job.request.tls = &tls;
	for (size_t i = 0; i < n; i++) {
		jobs[i] = job;
		if (pthread_create(&threads[i], NULL, run, &jobs[i]) != 0)
			return 7;
	}
	for (size_t i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		failed |= jobs[i].failed;
	}
	return failed ? 3 : 0;
}

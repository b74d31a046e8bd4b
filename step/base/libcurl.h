/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl.h - the calls of libcurl that http.c makes, found when first needed; its handles, kept
 */
#ifndef STEP_BASE_LIBCURL_H
#define STEP_BASE_LIBCURL_H

#include "step/base/base.h"

#include <curl/curl.h>

/* Each is curl_NAME. */
struct libcurl {
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *easy);
	void (*easy_reset)(CURL *easy);
	CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
	CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
	CURLcode (*easy_pause)(CURL *easy, int bitmask);
	const char *(*easy_strerror)(CURLcode code);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_cleanup)(CURLM *multi);
	CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
	CURLMcode (*multi_perform)(CURLM *multi, int *running);
	CURLMcode (*multi_poll)(
	    CURLM *multi, struct curl_waitfd extra[], unsigned nextra, int timeout_ms, int *nready);
	CURLMsg *(*multi_info_read)(CURLM *multi, int *queued);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
	void (*slist_free_all)(struct curl_slist *list);
	curl_version_info_data *(*version_info)(CURLversion age);
};

/* Loaded and initialised, once for all threads; NULL with err when there is no libcurl. */
const struct libcurl *libcurl_get(struct err *err) MUST_CHECK;

/* One transfer's: a multi handle runs one easy handle, so that no two threads share either. */
struct libcurl_handle {
	CURL *easy;
	CURLM *multi;
};

/* One that was kept, with its open connections, or a new one. Only after libcurl_get(). */
int libcurl_take(struct libcurl_handle *ret) MUST_CHECK;
/* Ready for the next transfer (options are reset), or freed if enough are kept. */
void libcurl_keep(struct libcurl_handle h);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl.c - libcurl by dlopen(), and its handles, kept
 *
 * Linked, libcurl and the 30 libraries it draws in cost every start 6 ms, also that of a
 * scan of a local archive. Its headers are needed to build, its library only to fetch.
 * The program of make STATIC=... holds libcurl instead, and looks for nothing.
 */
#include "step/base/libcurl.h"

#include "step/base/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MAX 8 /* handles kept */

/* What outlives a request: the library, and handles for the next one. */
static struct libcurl calls;
static bool loaded;
static char problem[256];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for the rest */
static struct libcurl_handle idle[IDLE_MAX];
static size_t nidle;

#ifdef SCANSTEP_STATIC

static void *
open_library(void)
{
	return &calls;
}

#define FIND(name) (library != NULL && (calls.name = curl_##name) != NULL)

#else

static void *
open_library(void)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", NULL };

	return library_open(names);
}

#define FIND(name) library_find(library, "curl_" #name, &calls.name)

#endif

static bool
find_all(void *library)
{
	return FIND(global_init) && FIND(easy_init) && FIND(easy_cleanup) && FIND(easy_reset) &&
	       FIND(easy_setopt) && FIND(easy_getinfo) && FIND(easy_pause) && FIND(easy_strerror) &&
	       FIND(multi_init) && FIND(multi_cleanup) && FIND(multi_add_handle) &&
	       FIND(multi_remove_handle) && FIND(multi_perform) && FIND(multi_poll) &&
	       FIND(multi_info_read) && FIND(slist_append) && FIND(slist_free_all) &&
	       FIND(version_info);
}

static void
keep_problem(void)
{
	const char *text = dlerror();

	snprintf(problem, sizeof(problem), "%s", text != NULL ? text : "it cannot be initialised");
}

static void
load(void)
{
	void *library;

	/* libcurl would write the keys of every TLS session there. */
	unsetenv("SSLKEYLOGFILE");
	library = open_library();
	if (library == NULL || !find_all(library) ||
	    calls.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		keep_problem();
		return;
	}
	loaded = true;
}

const struct libcurl *
libcurl_get(struct err *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &calls;
	err_set(err, ERR_INTERNAL, "libcurl, which fetches from registries, is not usable: %s",
	    problem);
	return NULL;
}

static void
cleanup(struct libcurl_handle h)
{
	if (h.easy != NULL)
		calls.easy_cleanup(h.easy);
	if (h.multi != NULL)
		calls.multi_cleanup(h.multi);
}

int
libcurl_take(struct libcurl_handle *ret)
{
	struct libcurl_handle h = { NULL, NULL };

	pthread_mutex_lock(&lock);
	if (nidle > 0)
		h = idle[--nidle];
	pthread_mutex_unlock(&lock);
	if (h.easy == NULL) {
		h.easy = calls.easy_init();
		h.multi = calls.multi_init();
	}
	if (h.easy == NULL || h.multi == NULL) {
		cleanup(h);
		return -1;
	}
	*ret = h;
	return 0;
}

void
libcurl_keep(struct libcurl_handle h)
{
	bool kept = false;

	calls.easy_reset(h.easy);
	pthread_mutex_lock(&lock);
	if (nidle < IDLE_MAX) {
		idle[nidle++] = h;
		kept = true;
	}
	pthread_mutex_unlock(&lock);
	if (!kept)
		cleanup(h);
}

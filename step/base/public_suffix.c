/* SPDX-License-Identifier: Apache-2.0 */
/*
 * public_suffix.c - the domain that somebody registered, out of a host's name; libpsl, by dlopen()
 *
 *      registry.example.co.uk, auth.example.co.uk      both of example.co.uk
 *      somebody.github.io, other.github.io             two owners: github.io is a public suffix
 *
 * https://publicsuffix.org/list/. libpsl comes with libcurl (library.c says why neither is linked), and the list with
 * libpsl: that of a system may be years old. Clouds that give a name to every customer have added
 * theirs to it bit by bit, so the largest of them are known here.
 */
#include "step/base/public_suffix.h"

#include "step/base/library.h"
#include "step/base/url.h"

#include <libpsl.h>
#include <pthread.h>
#include <string.h>

/* What is there: its calls are psl_NAME, its list the built-in one. */
static struct {
	const psl_ctx_t *(*builtin)(void);
	const char *(*registrable_domain)(const psl_ctx_t *list, const char *domain);
} calls;
static const psl_ctx_t *list; /* or NULL */
static pthread_once_t once = PTHREAD_ONCE_INIT;

#ifdef SCANSTEP_STATIC

static bool
find_calls(void)
{
	calls.builtin = psl_builtin;
	calls.registrable_domain = psl_registrable_domain;
	return true;
}

#else

static bool
find_calls(void)
{
	static const char *const names[] = { "libpsl.so.5", NULL };
	void *library = library_open(names);

	return library && library_find(library, "psl_builtin", &calls.builtin) &&
	       library_find(library, "psl_registrable_domain", &calls.registrable_domain);
}

#endif

static void
load(void)
{
	if (find_calls())
		list = calls.builtin();
}

/* Every customer of a cloud, every user of a cluster has names below these. */
static bool
is_shared(const char *domain)
{
	static const char *const shared[] = { "amazonaws.com", "amazonaws.com.cn", "on.aws",
		"azure.com", "azurecr.io", "windows.net", "cluster.local" };

	for (size_t i = 0; i < ARRAY_LEN(shared); i++)
		if (strcmp(domain, shared[i]) == 0)
			return true;
	return false;
}

bool
public_suffix_same_domain(const char *host, const char *other)
{
	const char *one, *two;

	/* libpsl takes the end of an address for a domain. */
	if (url_host_address(host) || url_host_address(other))
		return false;
	pthread_once(&once, load);
	if (!list)
		return false;
	one = calls.registrable_domain(list, host);
	two = calls.registrable_domain(list, other);
	return one && two && strcmp(one, two) == 0 && !is_shared(one);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab_names.c - what a vulnerability is called, as identifiers that GitLab keeps apart by
 *
 * The first identifier and the location are a finding's identity: the CVE id where there is one,
 * then GitHub's, then those of distributions, then others, and weaknesses at the end; 20 at most,
 * as GitLab stores no more.
 *
 * GitLab drops a finding that shares any of them but weaknesses with an earlier one of the same
 * image and package. A distribution's advisory often tells of several vulnerabilities of a
 * package: a name that two of them have is no identifier of either.
 */
#include "formatters/gitlab.h"
#include "formatters/wording.h"

#include <stdlib.h>
#include <string.h>

enum {
	NAME_MAX_SHOWN = 255, /* code points */
	ADDRESS_NAME_MAX = 64 /* bytes of a name that becomes part of an address */
};

struct kind {
	const char *prefix; /* of the names; NULL: any */
	const char *type;
	const char *before, *after; /* of the name in the address of its page; NULL: not known */
};

/* In order of their rank. */
static const struct kind kinds[] = {
	{ "CVE-", "cve", "https://www.cve.org/CVERecord?id=", "" },
	{ "GHSA-", "ghsa", "https://github.com/advisories/", "" },
	{ "DSA-", "dsa", "https://security-tracker.debian.org/tracker/", "" },
	{ "DLA-", "dla", "https://security-tracker.debian.org/tracker/", "" },
	{ "USN-", "usn", "https://ubuntu.com/security/notices/", "" },
	{ "RHSA-", "rhsa", "https://access.redhat.com/errata/", "" },
	{ "RHBA-", "rhba", "https://access.redhat.com/errata/", "" },
	{ "ELSA-", "elsa", "https://linux.oracle.com/errata/", ".html" },
	{ "ALSA-", "alsa", NULL, NULL },
	{ "RLSA-", "rlsa", NULL, NULL },
	{ "ALAS", "alas", NULL, NULL },
	{ "SUSE-", "suse", NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct kind *
kind_of(const char *name)
{
	const struct kind *k = is_cve(name) ? kinds : kinds + 1;

	while (k->prefix && !str_starts(str_of(name), k->prefix))
		k++;
	return k;
}

/* Behind those of its rank; where there is no room, the last one goes. */
static void
add_name(struct gitlab_names *names, const char *name)
{
	size_t rank = (size_t)(kind_of(name) - kinds), at = names->n;

	if (str_trim(str_of(name)).len == 0)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->names[i], name) == 0)
			return;
	while (at > 0 && names->ranks[at - 1] > rank)
		at--;
	if (at == GITLAB_IDENTIFIERS)
		return;
	if (names->n < GITLAB_IDENTIFIERS)
		names->n++;
	for (size_t i = names->n - 1; i > at; i--) {
		names->names[i] = names->names[i - 1];
		names->ranks[i] = names->ranks[i - 1];
	}
	names->names[at] = name;
	names->ranks[at] = rank;
}

static void
find_names(const struct vulnerability *v, struct gitlab_names *ret)
{
	ret->n = 0;
	add_name(ret, v->id);
	for (const char *const *alias = v->aliases; *alias; alias++)
		add_name(ret, *alias);
}

/* ---- Names of several vulnerabilities ---- */

static int
compare_names(const void *a, const void *b)
{
	const struct gitlab_shared *x = a, *y = b;
	int order = strcmp(x->package, y->package);

	return order ? order : strcmp(x->name, y->name);
}

static int
compare_shared(const void *a, const void *b)
{
	const struct gitlab_shared *x = a, *y = b;
	int order = compare_names(a, b);

	return order ? order : strcmp(x->primary, y->primary);
}

/* The names of all findings that are told of: how many, or into the list. */
static size_t
collect(const struct gitlab *g, struct gitlab_shared *list)
{
	struct gitlab_names names;
	size_t n = 0;

	for (size_t i = 0; i < g->r->nfindings; i++) {
		const struct finding *f = &g->r->findings[i];

		if (!gitlab_lists(g->o, f))
			continue;
		find_names(f->vulnerability, &names);
		for (size_t k = 0; k < names.n; k++, n++)
			if (list)
				list[n] = (struct gitlab_shared){ f->package->name, names.names[k],
					names.names[0] };
	}
	return n;
}

void
gitlab_find_shared(struct gitlab *g, struct arena *a)
{
	size_t n = collect(g, NULL), first = 0;

	g->shared = arena_alloc(a, n * sizeof(*g->shared));
	collect(g, g->shared);
	if (n > 1)
		qsort(g->shared, n, sizeof(*g->shared), compare_shared);
	for (size_t i = 1; i < n; i++) {
		const struct gitlab_shared *s = &g->shared[i];

		if (compare_names(&g->shared[first], s) != 0) {
			first = i;
		} else if (strcmp(g->shared[first].primary, s->primary) != 0) {
			g->shared[g->nshared++] = *s;
			first = i;
		}
	}
}

static bool
is_shared(const struct gitlab *g, const struct finding *f, const char *name)
{
	struct gitlab_shared key = { f->package->name, name, NULL };

	return g->nshared > 0 && bsearch(&key, g->shared, g->nshared, sizeof(key), compare_names);
}

/* ---- As identifiers ---- */

/* The page about a name of this kind, or NULL. */
static const char *
address_of(struct arena *a, const struct kind *kind, const char *name)
{
	size_t len = strlen(name);

	if (!kind->before || len > ADDRESS_NAME_MAX || strspn(name, UNRESERVED_URI ":") != len)
		return NULL;
	return web_link(arena_textf(a, "%s%s%s", kind->before, name, kind->after));
}

static void
put_identifier(
    struct gitlab *g, const char *type, const char *name, const char *value, const char *url)
{
	jsonout_open(&g->j, NULL, '{');
	jsonout_text(&g->j, "type", type);
	jsonout_text(&g->j, "name", name);
	jsonout_text(&g->j, "value", value);
	if (url)
		jsonout_text(&g->j, "url", url);
	jsonout_close(&g->j);
}

/* What feeds alone know has their name as its type. */
static void
put_name(struct gitlab *g, const struct vulnerability *v, const char *name)
{
	const struct kind *kind = kind_of(name);
	const char *feed =
	    kind->type ? kind->type : short_line(g->scratch, v->feed, NAME_MAX_SHOWN);
	const char *text = short_line(g->scratch, name, NAME_MAX_SHOWN);
	const char *url = address_of(g->scratch, kind, name);

	if (!url && strcmp(name, v->id) == 0)
		url = web_link(v->url);
	put_identifier(g, feed ? feed : "other", text, text, url);
}

void
gitlab_put_identifiers(struct gitlab *g, const struct finding *f, struct gitlab_names *ret)
{
	const struct vulnerability *v = f->vulnerability;
	struct gitlab_names all;
	size_t n;

	find_names(v, &all);
	ret->n = 0;
	jsonout_open(&g->j, "identifiers", '[');
	for (size_t i = 0; i < all.n; i++) {
		if (i > 0 && is_shared(g, f, all.names[i]))
			continue;
		put_name(g, v, all.names[i]);
		ret->names[ret->n++] = all.names[i];
	}
	if (all.n == 0)
		put_identifier(g, "scanstep", "without a name", f->fingerprint, NULL);
	n = all.n == 0 ? 1 : ret->n;
	for (const unsigned *cwe = v->cwes; *cwe && n < GITLAB_IDENTIFIERS; cwe++, n++)
		put_identifier(g, "cwe", arena_textf(g->scratch, "CWE-%u", *cwe),
		    arena_textf(g->scratch, "%u", *cwe),
		    arena_textf(
			g->scratch, "https://cwe.mitre.org/data/definitions/%u.html", *cwe));
	jsonout_close(&g->j);
}

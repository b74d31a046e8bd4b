/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c - what all feeds say of one package, by vulnerability
 *
 * Names. A vulnerability's id is its CVE id. An advisory whose own id and aliases hold
 * exactly one CVE id tells of that vulnerability, and all its names are names of it.
 * One that holds several tells of each and joins none: their other names stay apart.
 * One that holds none joins those that it shares a name with, and so comes to their CVE
 * ids, as if it held them; if none of them has one, then together with others like it,
 * and if they come to none either, the id of the most authoritative of them, and the
 * first of several by byte, is the vulnerability's.
 *
 * Authority. Where the earliest feed in feeds[] has said anything of a vulnerability in
 * this package and release, no other is asked whether a version is affected. Its
 * statements count together: the version is affected where any of them holds. So a CVE
 * that Alpine lists under two versions is fixed at or above the higher one, and of the
 * ranges of an OSV record one is enough.
 *
 * The fix is the lowest version that none of them holds for, reached from the one
 * installed by going to the highest fix of those that hold, until none does.
 */
#include "step/match/merge.h"

#include "step/match/version.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_JOINS 100 /* CVE ids that one advisory comes to by its aliases' aliases */
#define LIMIT_STEPS 16  /* ranges that lie behind one another */

/* ---- From names to vulnerabilities ---- */

struct merge {
	struct arena *arena;
	const struct statement *list;
	size_t n;
	struct member *members;
	size_t nmembers;
	size_t *nameless; /* places in list of those without a CVE id */
	size_t nnameless;
};

static void
add_member(struct merge *m, const char *id, size_t i, bool joins)
{
	m->members = arena_grow(m->arena, m->members, m->nmembers, sizeof(*m->members));
	m->members[m->nmembers++] = (struct member){ id, &m->list[i], joins };
}

/* The different CVE ids that an advisory holds, its own among them. */
static const char **
cves_of(const struct advisory *advisory, struct arena *a, size_t *ret_count)
{
	const char **list = NULL;
	size_t n = 0, kept = 0;

	if (is_cve(advisory->id)) {
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = advisory->id;
	}
	for (size_t i = 0; advisory->aliases && advisory->aliases[i]; i++)
		if (is_cve(advisory->aliases[i])) {
			list = arena_grow(a, list, n, sizeof(*list));
			list[n++] = advisory->aliases[i];
		}
	if (n > 1)
		qsort(list, n, sizeof(*list), text_order);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(list[i], list[kept - 1]) != 0)
			list[kept++] = list[i];
	*ret_count = kept;
	return list;
}

/* A name, and who bears it: a vulnerability, or one of m->nameless. */
struct link {
	const char *name;
	const char *cve; /* or NULL */
	size_t nameless; /* place in m->nameless, when cve is NULL */
};

/* One of m->nameless reaches this CVE id. */
struct reach {
	size_t root;
	const char *cve;
};

struct joining {
	struct merge *merge;
	bool united; /* who shares a name counts as one */
	struct link *links;
	size_t nlinks;
	size_t *parents; /* of m->nameless: who shares a name has one root, the first of them */
	struct reach *reaches;
	size_t nreaches;
};

static void
add_link(struct joining *j, const char *name, const char *cve, size_t nameless)
{
	j->links = arena_grow(j->merge->arena, j->links, j->nlinks, sizeof(*j->links));
	j->links[j->nlinks++] = (struct link){ name, cve, nameless };
}

static void
add_links(struct joining *j, const struct advisory *a, const char *cve, size_t nameless)
{
	add_link(j, a->id, cve, nameless);
	for (size_t i = 0; a->aliases && a->aliases[i]; i++)
		add_link(j, a->aliases[i], cve, nameless);
}

static size_t
root_of(struct joining *j, size_t i)
{
	while (j->parents[i] != i) {
		j->parents[i] = j->parents[j->parents[i]];
		i = j->parents[i];
	}
	return i;
}

static void
unite(struct joining *j, size_t a, size_t b)
{
	a = root_of(j, a);
	b = root_of(j, b);
	if (a < b)
		j->parents[b] = a;
	else
		j->parents[a] = b;
}

/* By name; those who bear it by their CVE id, those without one last. */
static int
by_name(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	if (!x->cve || !y->cve)
		return (y->cve != NULL) - (x->cve != NULL);
	return strcmp(x->cve, y->cve);
}

static int
by_root(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	return strcmp(x->cve, y->cve);
}

/* One of m->nameless bears a name that these different vulnerabilities bear too. */
static void
add_reaches(struct joining *j, size_t nameless, const struct link *cves, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n && count <= LIMIT_JOINS; i++) {
		if (i > 0 && strcmp(cves[i].cve, cves[i - 1].cve) == 0)
			continue;
		j->reaches =
		    arena_grow(j->merge->arena, j->reaches, j->nreaches, sizeof(*j->reaches));
		j->reaches[j->nreaches++] = (struct reach){ nameless, cves[i].cve };
		count++;
	}
}

/* All n who bear one name. */
static void
join_name(struct joining *j, const struct link *links, size_t n)
{
	size_t first = 0;

	while (first < n && links[first].cve)
		first++;
	for (size_t i = first; i < n; i++) {
		if (j->united)
			unite(j, links[first].nameless, links[i].nameless);
		if (!j->united || i == first)
			add_reaches(j, links[i].nameless, links, first);
	}
}

/* The different CVE ids of a root: reaches[ret .. ret + *ret_count), sorted and without doubles. */
static size_t
reaches_of(const struct joining *j, size_t root, size_t *ret_count)
{
	size_t from = 0, to = j->nreaches;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (j->reaches[middle].root < root)
			from = middle + 1;
		else
			to = middle;
	}
	while (to < j->nreaches && j->reaches[to].root == root)
		to++;
	*ret_count = to - from;
	return from;
}

static void
sort_reaches(struct joining *j)
{
	size_t kept = 0;

	for (size_t i = 0; i < j->nreaches; i++)
		j->reaches[i].root = root_of(j, j->reaches[i].root);
	if (j->nreaches > 1)
		qsort(j->reaches, j->nreaches, sizeof(*j->reaches), by_root);
	for (size_t i = 0; i < j->nreaches; i++)
		if (i == 0 || by_root(&j->reaches[i], &j->reaches[kept - 1]) != 0)
			j->reaches[kept++] = j->reaches[i];
	j->nreaches = kept;
}

/* What one of m->nameless comes to; false for nothing. */
static bool
join_one(struct joining *j, size_t i)
{
	struct merge *m = j->merge;
	size_t count, at = reaches_of(j, root_of(j, i), &count);

	if (count == 0 || count > LIMIT_JOINS)
		return false;
	for (size_t c = 0; c < count; c++)
		add_member(m, j->reaches[at + c].cve, m->nameless[i], count == 1);
	return true;
}

/*
 * Those without a CVE id find the vulnerabilities that they share a name with: each for
 * itself, or, united, with all that they share names with. Who found none stays.
 */
static void
join_nameless(struct merge *m, bool united)
{
	struct joining j = { .merge = m, .united = united };
	size_t from = 0, kept = 0, nmembers = m->nmembers;

	j.parents = arena_alloc(m->arena, m->nnameless * sizeof(*j.parents));
	for (size_t i = 0; i < nmembers; i++)
		if (m->members[i].joins)
			add_links(&j, &m->members[i].statement->advisory, m->members[i].id, 0);
	for (size_t i = 0; i < m->nnameless; i++) {
		j.parents[i] = i;
		add_links(&j, &m->list[m->nameless[i]].advisory, NULL, i);
	}
	qsort(j.links, j.nlinks, sizeof(*j.links), by_name);
	for (size_t i = 1; i <= j.nlinks; i++)
		if (i == j.nlinks || strcmp(j.links[i].name, j.links[from].name) != 0) {
			join_name(&j, j.links + from, i - from);
			from = i;
		}
	sort_reaches(&j);
	for (size_t i = 0; i < m->nnameless; i++) {
		if (join_one(&j, i))
			continue;
		if (united) {
			const char *id = m->list[m->nameless[root_of(&j, i)]].advisory.id;

			add_member(m, id, m->nameless[i], true);
		} else
			m->nameless[kept++] = m->nameless[i];
	}
	m->nnameless = kept;
}

/* The most authoritative first, then by id: so that a root's id is the vulnerability's. */
static int
by_authority(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->statement->rank != y->statement->rank)
		return x->statement->rank < y->statement->rank ? -1 : 1;
	if (x->statement != y->statement)
		return x->statement < y->statement ? -1 : 1;
	return 0;
}

static int
by_vulnerability(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = strcmp(x->id, y->id);
	bool x_own, y_own;

	if (order != 0)
		return order;
	if (x->statement->rank != y->statement->rank)
		return by_authority(a, b);
	x_own = strcmp(x->statement->advisory.id, x->id) == 0;
	y_own = strcmp(y->statement->advisory.id, y->id) == 0;
	return x_own != y_own ? (x_own ? -1 : 1) : by_authority(a, b);
}

/* The places of the statements without a CVE id, sorted by authority. */
static void
sort_nameless(struct merge *m)
{
	struct member *order = arena_alloc(m->arena, m->nnameless * sizeof(*order));

	for (size_t i = 0; i < m->nnameless; i++)
		order[i].statement = &m->list[m->nameless[i]];
	qsort(order, m->nnameless, sizeof(*order), by_authority);
	for (size_t i = 0; i < m->nnameless; i++)
		m->nameless[i] = (size_t)(order[i].statement - m->list);
}

const struct member *
merge_statements(const struct statement *list, size_t n, struct arena *a, size_t *ret_count)
{
	struct merge m = { .arena = a, .list = list, .n = n };

	for (size_t i = 0; i < n; i++) {
		size_t ncves;
		const char **cves = cves_of(&list[i].advisory, a, &ncves);

		for (size_t c = 0; c < ncves; c++)
			add_member(&m, cves[c], i, ncves == 1);
		if (ncves > 0)
			continue;
		m.nameless = arena_grow(a, m.nameless, m.nnameless, sizeof(*m.nameless));
		m.nameless[m.nnameless++] = i;
	}
	if (m.nnameless > 0) {
		sort_nameless(&m);
		join_nameless(&m, false);
	}
	if (m.nnameless > 0)
		join_nameless(&m, true);
	if (m.nmembers > 1)
		qsort(m.members, m.nmembers, sizeof(*m.members), by_vulnerability);
	*ret_count = m.nmembers;
	return m.members;
}

/* ---- Is a version affected? ---- */

static bool
valid_or_absent(const struct version_ops *scheme, const char *version)
{
	return !version || scheme->valid(str_of(version));
}

/* The statement's scheme, or NULL if its versions cannot be compared. */
static const struct version_ops *
scheme_of(const struct affected *s)
{
	const struct version_ops *scheme = version_find(str_of(s->scheme));

	if (!scheme || !valid_or_absent(scheme, s->introduced) ||
	    !valid_or_absent(scheme, s->fixed) || !valid_or_absent(scheme, s->last))
		return NULL;
	return scheme;
}

static bool
holds(const struct affected *s, const struct version_ops *scheme, struct str version)
{
	if (s->state == AFFECTED_NEVER)
		return false;
	if (s->introduced && scheme->compare(version, str_of(s->introduced)) < 0)
		return false;
	if (s->fixed && scheme->compare(version, str_of(s->fixed)) >= 0)
		return false;
	return !s->last || scheme->compare(version, str_of(s->last)) <= 0;
}

static enum fix_state
state_without_fix(enum affected_state state)
{
	switch (state) {
	case AFFECTED_UNFIXED:
		return FIX_NONE;
	case AFFECTED_DECLINED:
		return FIX_DECLINED;
	case AFFECTED_FIXED:
	case AFFECTED_UNKNOWN_FIX:
	case AFFECTED_NEVER:
		break;
	}
	return FIX_UNKNOWN;
}

/* What the believed statements say of one version. */
struct look {
	bool affected;
	const char *fixed;                     /* the highest fix of those that hold, or NULL */
	enum affected_state state;             /* of those that hold without a fix */
	enum severity of_package, of_advisory; /* the worst */
	const struct statement *bad;
};

/* A statement that holds is added to what the others said. */
static void
add_look(struct look *l, const struct statement *st, const struct version_ops *scheme)
{
	const struct affected *s = &st->affected;

	l->affected = true;
	if (s->fixed && (!l->fixed || scheme->compare(str_of(s->fixed), str_of(l->fixed)) > 0))
		l->fixed = s->fixed;
	if (!s->fixed && s->state < l->state)
		l->state = s->state;
	if (s->severity > l->of_package)
		l->of_package = s->severity;
	if (st->advisory.severity > l->of_advisory)
		l->of_advisory = st->advisory.severity;
}

static struct look
look_at(const struct member *m, size_t n, struct str version)
{
	struct look l = { .state = AFFECTED_NEVER };

	for (size_t i = 0; i < n; i++) {
		const struct version_ops *scheme = scheme_of(&m[i].statement->affected);

		if (!scheme)
			l.bad = m[i].statement;
		else if (holds(&m[i].statement->affected, scheme, version))
			add_look(&l, m[i].statement, scheme);
	}
	return l;
}

struct ruling
rule_on(const struct member *m, size_t n, struct str version)
{
	struct ruling r = { .affected = false };
	size_t believed = 0;
	struct look l;

	while (believed < n && m[believed].statement->rank == m[0].statement->rank)
		believed++;
	l = look_at(m, believed, version);
	r.bad = l.bad;
	r.affected = l.affected;
	r.severity = l.of_package != SEVERITY_UNKNOWN ? l.of_package : l.of_advisory;
	for (int step = 0; step < LIMIT_STEPS && l.affected; step++) {
		r.fixed_version = l.fixed;
		if (!l.fixed) {
			r.state = state_without_fix(l.state);
			return r;
		}
		l = look_at(m, believed, str_of(l.fixed));
	}
	r.state = l.affected ? FIX_UNKNOWN : FIX_RELEASED;
	if (l.affected)
		r.fixed_version = NULL;
	return r;
}

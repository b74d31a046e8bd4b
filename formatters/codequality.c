/* SPDX-License-Identifier: Apache-2.0 */
/*
 * codequality.c - GitLab Code Quality, which shows findings in merge requests without a paid tier
 *
 * Spec: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 *
 * A list of entries, worst first. GitLab shows description and severity of an entry
 * and the file and line it belongs to: that of --sarif-location, else the first of the
 * Dockerfile. Of entries with one fingerprint it keeps the last, so no two have the same, and it tells
 * new from known by it, so it holds no version and no layer.
 *
 * Critical to negligible are blocker, critical, major, minor, info, and unknown is info, too. A gap
 * is a blocker where the scan counts as incomplete, for then the list cannot be believed; accepted
 * gaps, and notices, are info and stand last. Dismissed findings and those under
 * --report-min are left out.
 */
#include "formatters/gitlab.h"
#include "formatters/identity.h"
#include "formatters/uuid.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <string.h>

enum {
	DESCRIPTION_MOST = 1000, /* code points */
	NAME_MOST = 150,
};

struct entry {
	const char *description;
	const char *check_name;
	const char *fingerprint;
	const char *severity;
};

struct codequality {
	struct jsonout j;
	const struct report *r;
	const struct format_opts *o;
	struct arena *scratch; /* of one entry */
	struct arena *kept;    /* as long as the list */
	const char *path;
	unsigned line;
};

static void
put_entry(struct codequality *c, const struct entry *e)
{
	jsonout_open(&c->j, NULL, '{');
	jsonout_text(&c->j, "description", e->description);
	jsonout_text(&c->j, "check_name", e->check_name);
	jsonout_text(&c->j, "fingerprint", e->fingerprint);
	jsonout_text(&c->j, "severity", e->severity);
	jsonout_open(&c->j, "location", '{');
	jsonout_text(&c->j, "path", c->path);
	jsonout_open(&c->j, "lines", '{');
	jsonout_integer(&c->j, "begin", c->line);
	jsonout_close(&c->j);
	jsonout_close(&c->j);
	jsonout_close(&c->j);
	arena_reset(c->scratch);
}

/* ---- Findings ---- */

static const char *
severity_word(enum severity s)
{
	static const char *const words[] = {
		[SEVERITY_UNKNOWN] = "info",
		[SEVERITY_NEGLIGIBLE] = "info",
		[SEVERITY_LOW] = "minor",
		[SEVERITY_MEDIUM] = "major",
		[SEVERITY_HIGH] = "critical",
		[SEVERITY_CRITICAL] = "blocker",
	};

	return words[s];
}

/* "High: CVE-2024-0001 in libssl3 3.0.1-1, fixed in 3.0.9-1: title" */
static const char *
describe(struct arena *a, const struct finding *f)
{
	const char *id = short_line(a, f->vulnerability->id, NAME_MOST);
	const char *name = short_line(a, f->package->name, NAME_MOST);
	const char *version = short_line(a, f->package->version, NAME_MOST);
	const char *title = short_line(a, f->vulnerability->title, DESCRIPTION_MOST);

	return short_line(a,
	    arena_textf(a, "%s: %s in %s %s, %s%s%s", severity_title(f->severity),
		id ? id : "a vulnerability", name ? name : "a package", version ? version : "",
		fix_words(a, f), title ? ": " : "", title ? title : ""),
	    DESCRIPTION_MOST);
}

static void
put_findings(struct codequality *c)
{
	for (size_t i = 0; i < c->r->nfindings; i++) {
		const struct finding *f = &c->r->findings[i];
		struct entry e = { .severity = severity_word(f->severity) };

		if (!gitlab_lists(c->o, f))
			continue;
		e.description = describe(c->scratch, f);
		e.check_name = short_line(c->scratch, f->vulnerability->id, NAME_MOST);
		if (!e.check_name)
			e.check_name = "scanstep-finding";
		e.fingerprint = f->fingerprint;
		put_entry(c, &e);
	}
}

/* ---- Gaps and notices ---- */

/* How many there are in all, behind the last that was told of. */
static void
put_total(struct codequality *c, const char *check_name, const char *severity, const char *text)
{
	char fingerprint[UUID_SIZE];
	struct entry e = { text, check_name, fingerprint, severity };

	uuid_of("codequality-total",
	    arena_textf(c->scratch, "%s\n%s", c->r->image.name, check_name), fingerprint);
	put_entry(c, &e);
}

static void
put_gaps(struct codequality *c)
{
	const struct report *r = c->r;
	const char *severity = is_incomplete(r) ? "blocker" : "info";
	const char **fingerprints = gap_fingerprints(c->kept, "codequality-gap", r);

	for (size_t i = 0; i < r->ngaps && i < GITLAB_MESSAGES; i++) {
		const struct entry e = {
			.description = gitlab_gap(c->scratch, &r->gaps[i]),
			.check_name = "scanstep-gap",
			.fingerprint = fingerprints[i],
			.severity = severity,
		};

		put_entry(c, &e);
	}
	if (r->ngaps > GITLAB_MESSAGES)
		put_total(c, "scanstep-gap", severity,
		    arena_textf(c->scratch, "There are %zu gaps in all.", r->ngaps));
}

static void
put_notices(struct codequality *c)
{
	const struct report *r = c->r;
	const char **fingerprints = notice_fingerprints(c->kept, "codequality-notice", r);

	for (size_t i = 0; i < r->nnotices && i < GITLAB_MESSAGES; i++) {
		const struct entry e = {
			.description = gitlab_notice(c->scratch, &r->notices[i]),
			.check_name = "scanstep-notice",
			.fingerprint = fingerprints[i],
			.severity = "info",
		};

		put_entry(c, &e);
	}
	if (r->nnotices > GITLAB_MESSAGES)
		put_total(c, "scanstep-notice", "info",
		    arena_textf(c->scratch, "There are %zu notices in all.", r->nnotices));
}

/* Below the root of the checkout, and never empty. */
static const char *
path_of(struct arena *a, const char *file)
{
	struct str path = str_of(short_line(a, file, DESCRIPTION_MOST));

	while (str_starts(path, "./") || str_starts(path, "/"))
		path = str_skip(path, path.ptr[0] == '/' ? 1 : 2);
	return path.len > 0 ? arena_string(a, path) : "Dockerfile";
}

static int
write_codequality(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA scratch = arena_new();
	AUTO_ARENA kept = arena_new();
	struct codequality c = { .r = r, .o = o, .scratch = scratch, .kept = kept };

	c.path = path_of(kept, o->location_file);
	c.line = o->location_file && o->location_line > 0 ? o->location_line : 1;
	jsonout_init(&c.j, out);
	c.j.flat = 3; /* a location is one line */
	jsonout_open(&c.j, NULL, '[');
	if (is_incomplete(r))
		put_gaps(&c);
	put_findings(&c);
	if (!is_incomplete(r))
		put_gaps(&c);
	put_notices(&c);
	jsonout_close(&c.j);
	return jsonout_finish(&c.j, err);
}

const struct formatter formatter_codequality = {
	.name = "codequality",
	.summary = "GitLab Code Quality, for merge requests in every tier",
	.spec = "https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format",
	.file = "gl-code-quality-report.json",
	.write = write_codequality,
};

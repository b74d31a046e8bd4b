/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.c - an allow-list applied to findings
 *
 *      allowlist LIST FINDINGS THRESHOLD NOW
 *
 * FINDINGS holds one a line: severity, package, source package, id and aliases, tab-separated. NOW is an
 * RFC 3339 time, THRESHOLD a severity or none; the image is registry.example/app:1, its name
 * registry.example/app. Prints each finding's standing, package, id and reason, then the notices; or the error and
 * its exit status.
 */
#include "step/base/io.h"
#include "step/policy/policy.h"

#include <fcntl.h>
#include <stdio.h>

static void
add_finding(struct report_draft *d, struct str line)
{
	struct package *p = arena_alloc(d->arena, sizeof(*p));
	struct vulnerability *v = arena_alloc(d->arena, sizeof(*v));
	struct finding f = { .package = p, .vulnerability = v };
	const char **aliases = NULL;
	size_t n = 0;

	if (!severity_parse(str_cut(&line, '\t'), &f.severity))
		fprintf(stderr, "not a severity in FINDINGS\n");
	p->type = "deb";
	p->name = arena_text(d->arena, str_cut(&line, '\t'));
	p->source_name = arena_text(d->arena, str_cut(&line, '\t'));
	v->id = arena_text(d->arena, str_cut(&line, '\t'));
	do {
		aliases = arena_grow(d->arena, aliases, n, sizeof(*aliases));
		aliases[n++] = line.len > 0 ? arena_text(d->arena, str_cut(&line, '\t')) : NULL;
	} while (aliases[n - 1]);
	v->aliases = aliases;
	report_draft_finding(d, &f);
}

static int
read_findings(struct report_draft *d, const char *path, struct err *err)
{
	AUTO_STREAM s = stream_of_fd(open(path, O_RDONLY | O_CLOEXEC), ERR_USAGE);
	struct str all;

	if (stream_whole(s, MIB, ERR_USAGE, d->arena, &all, err) < 0)
		return -1;
	while (all.len > 0)
		add_finding(d, str_line(&all));
	return 0;
}

static void
show(const struct report_draft *d)
{
	for (size_t i = 0; i < d->nfindings; i++) {
		const struct finding *f = &d->findings[i];

		printf("%s\t%s\t%s\t%s\n", standing_name(f->standing), f->package->name,
		    f->vulnerability->id, f->decision.reason ? f->decision.reason : "");
	}
	for (size_t i = 0; i < d->nnotices; i++)
		printf("%s: %s\n", d->notices[i].kind, d->notices[i].text);
}

int
main(int argc, char **argv)
{
	AUTO_ARENA a = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct policy_summary *policy = &d->report.policy;
	struct allowlist *list;
	struct err err = { .kind = ERR_NONE };
	int64_t now;

	if (argc != 5 || !time_parse(str_of(argv[4]), &now)) {
		fputs("usage: allowlist LIST FINDINGS THRESHOLD NOW\n", stderr);
		return 2;
	}
	policy->fail_on_none = !severity_parse(str_of(argv[3]), &policy->fail_on);
	d->report.image.reference = "registry.example/app:1";
	d->report.image.name = "registry.example/app";
	if (read_findings(d, argv[2], &err) < 0 ||
	    allowlist_read((const char *const *)&argv[1], 1, a, &list, &err) < 0) {
		printf("error %d: %s\n", err_status(&err), err.text);
		return 0;
	}
	policy_apply(d, list, now);
	report_draft_notice(d, "end-of-life", "a notice of another kind stays");
	policy_apply(d, list, now); /* standings and notices are decided anew, not added to */
	show(d);
	return 0;
}

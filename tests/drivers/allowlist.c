/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist.c - allow-lists applied to findings
 *
 *      allowlist LIST FINDINGS THRESHOLD NOW [REFERENCE NAME [LIST...]]
 *      allowlist --find FOLDER
 *
 * FINDINGS holds one a line: severity, package, source package, id and aliases, tab-separated; each package is
 * Debian's, of version 1:2.0+b1 for amd64, from var/lib/dpkg/status.d/PACKAGE. NOW is an RFC 3339 time, THRESHOLD a
 * severity or none; the image is registry.example/app:1, its name registry.example/app, unless both are given. A LIST
 * of - is standard input, as text of clair-scanner's format named WHITELIST; one of @NAME is a symbolic link of that name
 * that was left out. Prints each finding's standing, package, id
 * and reason, with more than one LIST the deciding one besides, then the notices; or the error and its exit status. --find
 * prints the allow-lists of a folder, and its links as @NAME.
 */
#include "step/base/io.h"
#include "step/policy/policy.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
add_finding(struct report_draft *d, struct str line)
{
	static const struct distro debian = { .id = "debian", .version = "12" };
	struct package p = { .type = "deb", .version = "1:2.0+b1", .arch = "amd64" };
	struct vulnerability *v = arena_alloc(d->arena, sizeof(*v));
	struct finding f = { .vulnerability = v };
	const char **aliases = NULL;
	size_t n = 0;

	if (!severity_parse(str_cut(&line, '\t'), &f.severity))
		fprintf(stderr, "not a severity in FINDINGS\n");
	p.name = arena_text(d->arena, str_cut(&line, '\t'));
	p.source_name = arena_text(d->arena, str_cut(&line, '\t'));
	p.path = arena_textf(d->arena, "var/lib/dpkg/status.d/%s", p.name);
	f.package = report_draft_package(d, &p, &debian);
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

	if (stream_whole(s, 16 * MIB, ERR_USAGE, d->arena, &all, err) < 0)
		return -1;
	while (all.len > 0)
		add_finding(d, str_line(&all));
	return 0;
}

static int
read_lists(char **paths, size_t n, struct arena *a, struct allowlist **ret, struct err *err)
{
	AUTO_STREAM s = NULL;
	struct str text;

	if (paths[n - 1][0] == '@') {
		if (allowlist_read((const char *const *)paths, n - 1, a, ret, err) < 0)
			return -1;
		allowlist_left_out(ret, paths[n - 1] + 1, a);
		return 0;
	}
	if (strcmp(paths[n - 1], "-") != 0)
		return allowlist_read((const char *const *)paths, n, a, ret, err);
	s = stream_of_fd(dup(STDIN_FILENO), ERR_USAGE);
	if (allowlist_read((const char *const *)paths, n - 1, a, ret, err) < 0 ||
	    stream_whole(s, 4 * MIB, ERR_USAGE, a, &text, err) < 0)
		return -1;
	return allowlist_add_text(ret, "WHITELIST", text, a, err);
}

static void
show(const struct report_draft *d, bool with_source)
{
	for (size_t i = 0; i < d->nfindings; i++) {
		const struct finding *f = &d->findings[i];

		printf("%s\t%s\t%s\t%s", standing_name(f->standing), f->package->name,
		    f->vulnerability->id, f->decision.reason ? f->decision.reason : "");
		if (with_source)
			printf("\t%s", f->decision.source ? f->decision.source : "");
		putchar('\n');
	}
	for (size_t i = 0; i < d->nnotices; i++)
		printf("%s: %s\n", d->notices[i].kind, d->notices[i].text);
}

static int
find(const char *folder, struct arena *a)
{
	const char **found;
	size_t n;

	allowlist_find(folder, a, &found, &n);
	for (size_t i = 0; i < n; i++)
		puts(found[i]);
	allowlist_find_links(folder, a, &found, &n);
	for (size_t i = 0; i < n; i++)
		printf("@%s\n", found[i]);
	return 0;
}

int
main(int argc, char **argv)
{
	AUTO_ARENA a = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct policy_summary *policy = &d->report.policy;
	struct allowlist *list = NULL;
	struct err err = { .kind = ERR_NONE };
	size_t n = 1;
	int64_t now;

	if (argc == 3 && strcmp(argv[1], "--find") == 0)
		return find(argv[2], a);
	if (argc < 5 || argc == 6 || !time_parse(str_of(argv[4]), &now)) {
		fputs("usage: allowlist LIST FINDINGS THRESHOLD NOW [REFERENCE NAME [LIST...]]\n",
		    stderr);
		return 2;
	}
	policy->fail_on_none = !severity_parse(str_of(argv[3]), &policy->fail_on);
	d->report.image.reference = argc > 5 ? argv[5] : "registry.example/app:1";
	d->report.image.name = argc > 5 ? argv[6] : "registry.example/app";
	if (read_findings(d, argv[2], &err) == 0 && argc > 7) {
		argv[6] = argv[1]; /* the lists side by side */
		n = (size_t)argc - 6;
	}
	if (err.kind != ERR_NONE ||
	    read_lists(n > 1 ? argv + 6 : argv + 1, n, a, &list, &err) < 0) {
		printf("error %d: %s\n", err_status(&err), err.text);
		return 0;
	}
	policy_apply(d, list, now);
	report_draft_notice(d, "end-of-life", "a notice of another kind stays");
	policy_apply(d, list, now); /* standings and notices are decided anew, not added to */
	show(d, n > 1);
	return 0;
}

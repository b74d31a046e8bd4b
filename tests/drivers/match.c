/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - test driver: packages against a database, without an image
 *
 *      match DB ID VERSION CODENAME <PACKAGES
 *      match build TIME DB FROM...
 *      match age DB TIME DAYS
 *
 * DB "-" is the starter set; ID, VERSION and CODENAME are the distribution's, "-" for
 * none. A line of PACKAGES: type, name, version, arch, source name, source version,
 * parted by tabs. A line of the output:
 *
 *      finding   package  version  id  fixed version  severity  state  feed  aliases  score  url  title
 *      gap       reason
 *
 * TIME is in seconds since the epoch: databases of other days are made with it.
 */
#include "step/match/match.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int
refuse(const struct err *err)
{
	fprintf(stderr, "match: %s\n", err->text);
	return err_status(err);
}

static const char *
argument(const char *text)
{
	return strcmp(text, "-") == 0 ? NULL : text;
}

static const char *
shown(const char *text)
{
	return text && *text ? text : "-";
}

static int
read_packages(struct report_draft *d, struct err *err)
{
	AUTO_STREAM in = stream_of_fd(dup(STDIN_FILENO), ERR_USAGE);
	AUTO_LINES lines = lines_new(in, ERR_USAGE);
	struct str line;
	int more;

	while ((more = lines_next(lines, &line, NULL, err)) > 0) {
		struct package p = { .path = "driver" };
		const char **fields[] = { &p.type, &p.name, &p.version, &p.arch, &p.source_name,
			&p.source_version };

		for (size_t i = 0; i < ARRAY_LEN(fields); i++)
			*fields[i] = arena_text(d->arena, str_cut(&line, '\t'));
		report_draft_package(d, &p, d->report.image.distro);
	}
	return more;
}

static void
print_finding(const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;

	printf("finding\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t", f->package->name, f->package->version,
	    v->id, shown(f->fixed_version), severity_name(f->severity), fix_state_name(f->state),
	    v->feed);
	for (size_t i = 0; v->aliases[i]; i++)
		printf("%s%s", i ? "," : "", v->aliases[i]);
	printf("%s\t%.1f\t%s\t%s\n", v->aliases[0] ? "" : "-", v->cvss_score, shown(v->url),
	    shown(v->title));
}

static int
match(char **argv)
{
	AUTO_ARENA arena = arena_new();
	struct report_draft *d = report_draft_new(arena);
	struct distro distro = {
		.id = argument(argv[2]), .version = argument(argv[3]), .codename = argument(argv[4])
	};
	struct timespec before, after;
	struct store *s;
	struct err err;
	int result;

	if (distro.id) {
		distro_complete(arena, &distro);
		d->report.image.distro = &distro;
	}
	if (read_packages(d, &err) < 0)
		return refuse(&err);
	clock_gettime(CLOCK_MONOTONIC, &before);
	if (store_open(argument(argv[1]), &s, &err) < 0)
		return refuse(&err);
	clock_gettime(CLOCK_MONOTONIC, &after);
	if (getenv("TIMES"))
		fprintf(stderr, "open %.3f ms\n",
		    (double)(after.tv_sec - before.tv_sec) * 1e3 +
			(double)(after.tv_nsec - before.tv_nsec) / 1e6);
	result = match_packages(d, s, &err);
	clock_gettime(CLOCK_MONOTONIC, &before);
	if (getenv("TIMES"))
		fprintf(stderr, "match %.3f ms\n",
		    (double)(before.tv_sec - after.tv_sec) * 1e3 +
			(double)(before.tv_nsec - after.tv_nsec) / 1e6);
	store_close(s);
	if (result < 0)
		return refuse(&err);
	for (size_t i = 0; i < d->nfindings; i++)
		print_finding(&d->findings[i]);
	for (size_t i = 0; i < d->ngaps; i++)
		printf("gap\t%s\n", d->gaps[i].reason);
	return 0;
}

static int
build(int argc, char **argv)
{
	AUTO_ARENA arena = arena_new();
	struct build_result r;
	struct err err;
	const struct build_request request = { .path = argv[3],
		.from = (const char *const *)argv + 4,
		.nfrom = (size_t)argc - 4,
		.now = strtoll(argv[2], NULL, 10) };

	if (store_build(&request, arena, &r, &err) < 0)
		return refuse(&err);
	for (size_t i = 0; i < r.nfeeds; i++)
		printf("feed\t%s\t%llu\t%llu\n", r.feeds[i].name,
		    (unsigned long long)r.feeds[i].documents,
		    (unsigned long long)r.feeds[i].statements);
	for (size_t i = 0; i < r.nskipped; i++)
		printf("skipped\t%s\t%llu\n", r.skipped[i].reason,
		    (unsigned long long)r.skipped[i].count);
	printf("unrecognised\t%llu\n", (unsigned long long)r.unrecognised);
	printf("advisories\t%llu\n", (unsigned long long)r.facts.advisories);
	return 0;
}

static int
age(char **argv)
{
	AUTO_ARENA arena = arena_new();
	struct database_facts facts;
	struct store *s;
	struct err err;
	int result;

	if (store_open(argv[2], &s, &err) < 0)
		return refuse(&err);
	store_facts(s, arena, &facts);
	store_close(s);
	result = store_check_age(&facts, argv[2], strtoll(argv[3], NULL, 10),
	    (unsigned)strtoul(argv[4], NULL, 10), &err);
	return result < 0 ? refuse(&err) : 0;
}

int
main(int argc, char **argv)
{
	if (argc >= 5 && strcmp(argv[1], "build") == 0)
		return build(argc, argv);
	if (argc == 5 && strcmp(argv[1], "age") == 0)
		return age(argv);
	if (argc == 5)
		return match(argv);
	fputs("usage: match DB ID VERSION CODENAME | build TIME DB FROM... | age DB TIME DAYS\n",
	    stderr);
	return 2;
}

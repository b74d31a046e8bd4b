/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_allowlist.c - allow-lists of any bytes: every format's reader, and what its entries cover
 *
 * The bytes are read as each row of the table, recognised by its file's name, and once more by what they
 * say. Every entry has what the report shows of it, all text is valid UTF-8, and what is refused
 * says why. The entries are then asked for findings with odd names, and each of their globs and
 * package URLs for texts made of the bytes themselves.
 */
#include "step/policy/allowlist.h"
#include "tests/fuzz/must.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_entry(const struct allow_entry *e, size_t order)
{
	must(e->order == order && e->number > 0 && e->path && e->id && e->reason);
	must(!e->expires == (e->end == INT64_MAX));
	must_be_utf8(e->id);
	must_be_utf8(e->reason);
	for (const char *const *path = e->paths; path && *path; path++)
		if (!strpbrk(*path, "*?[\\"))
			must(allow_glob_matches(*path, *path));
	for (const char *const *purl = e->purls; purl && *purl; purl++) {
		AUTO_ARENA a = arena_new();
		const struct allow_purl p = allow_purl_cut(*purl, a);

		must(allow_purl_matches(&p, &p));
	}
}

static void
judge(struct arena *a, const struct allowlist *l)
{
	struct report_draft *d = report_draft_new(a);
	struct package p = { .type = "deb", .name = "a", .version = "1", .source_name = "b" };
	const struct allow_entry *first = l->nentries ? &l->entries[0] : NULL;

	d->report.image.reference = l->nkeys ? l->keys[0]->name : "reg:5000/a:1";
	d->report.image.name = "reg:5000/a";
	p.source_version = "1";
	p.path = first && first->paths ? first->paths[0] : "var/lib/dpkg/status";
	for (size_t i = 0; i < l->nentries && i < 100; i++) {
		struct vulnerability *v = vulnerability_new(a);
		struct finding f = { .severity = SEVERITY_HIGH };

		v->id = l->entries[i].id;
		f.vulnerability = v;
		f.package = report_draft_package(d, &p, NULL);
		report_draft_finding(d, &f);
	}
	policy_apply(d, l, 1780000000);
	for (size_t i = 0; i < d->nfindings; i++) {
		must(d->findings[i].standing != STANDING_ALLOWED || d->findings[i].decision.source);
		must(!accepted_by_setting(&d->findings[i]));
	}
	for (size_t i = 0; i < d->nnotices; i++)
		must_be_utf8(d->notices[i].text);
}

static void
read_as(const char *name, struct str bytes, const struct allowlist_format *format)
{
	AUTO_ARENA a = arena_new();
	struct allowlist *l = NULL;
	struct err err = { .kind = ERR_NONE };

	if (allowlist_add_bytes(&l, name, format, bytes, a, &err) < 0) {
		must(err.kind == ERR_USAGE && err.text[0]);
		return;
	}
	for (size_t i = 0; i < l->nentries; i++)
		check_entry(&l->entries[i], i);
	judge(a, l);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { size ? (const char *)data : "", size };

	read_as("list", bytes, NULL);
	for (size_t i = 0; i < nallowlist_formats; i++)
		read_as(allowlist_formats[i]->files[0], bytes, allowlist_formats[i]);
	return 0;
}

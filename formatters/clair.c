/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clair.c - clair-scanner's report, byte for byte, for what was built around that program
 *
 * Spec: https://github.com/arminc/clair-scanner, its report of 2019 and 2020 (v12, v13): four blanks
 * a level, these keys in this order and always there, "" for what is not known, Go's escapes, no
 * line end behind the last brace.
 *
 * A feature is a package, an entry of "vulnerabilities" a finding, the worst first; what its
 * readers take for failing is in "unapproved", an id for each finding that is open: what an
 * allow-list, a setting, VEX, a baseline or the threshold approves is not, as there. With --fail-on
 * none that is every finding which nothing approves, as with its own default threshold, Unknown.
 * "Defcon1" is never said: no feed has it.
 *
 * Two things differ. "##" and characters that cannot be seen are \u escapes, which parse to the
 * same, so that a report printed into a CI log commands nothing. And there is no place for what
 * was not looked at: with gaps, and only then, a last key "gaps" lists them as sentences. Jenkins,
 * DefectDojo and jq, which take the keys that they know, read on. Notices have no place at all.
 */
#include "formatters/formatter.h"
#include "formatters/jsonout.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <string.h>

/* "debian:12", "alpine:v3.20", as Clair calls a release; "" where none was recognised. */
static const char *
namespace_of(struct arena *a, const struct distro *d)
{
	if (!d)
		return "";
	if (strcmp(d->id, "alpine") == 0 && d->release)
		return d->release;
	if (d->version)
		return arena_textf(a, "%s:%s", d->id, d->version);
	if (strcmp(d->id, "debian") == 0)
		return "debian:unstable";
	return d->id;
}

static void
put_unapproved(struct jsonout *j, const struct report *r)
{
	jsonout_open(j, "unapproved", '[');
	for (size_t i = 0; i < r->nfindings; i++)
		if (r->findings[i].standing == STANDING_OPEN)
			jsonout_text(j, NULL, r->findings[i].vulnerability->id);
	jsonout_close(j);
}

static void
put_vulnerability(struct jsonout *j, const struct finding *f, const char *namespace)
{
	const struct vulnerability *v = f->vulnerability;
	const char *about = v->details ? v->details : v->title;
	const char *link = web_link(v->url);

	jsonout_open(j, NULL, '{');
	jsonout_text(j, "featurename", f->package->name);
	jsonout_text(j, "featureversion", f->package->version);
	jsonout_text(j, "vulnerability", v->id);
	jsonout_text(j, "namespace", namespace);
	jsonout_text(j, "description", about ? about : "");
	jsonout_text(j, "link", link ? link : "");
	jsonout_text(j, "severity", severity_title(f->severity));
	jsonout_text(j, "fixedby", f->fixed_version ? f->fixed_version : "");
	jsonout_close(j);
}

static void
put_gaps(struct jsonout *j, const struct report *r)
{
	AUTO_ARENA scratch = arena_new();

	if (r->ngaps == 0)
		return;
	jsonout_open(j, "gaps", '[');
	for (size_t i = 0; i < r->ngaps; i++) {
		jsonout_text(j, NULL, gap_words(scratch, &r->gaps[i]));
		arena_reset(scratch);
	}
	jsonout_close(j);
}

static int
write_clair(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA a = arena_new();
	const char *namespace = namespace_of(a, r->image.distro);
	struct jsonout j;

	(void)o;
	jsonout_init_go(&j, out);
	jsonout_open(&j, NULL, '{');
	jsonout_text(&j, "image", r->image.reference);
	put_unapproved(&j, r);
	jsonout_open(&j, "vulnerabilities", '[');
	for (size_t i = 0; i < r->nfindings; i++)
		put_vulnerability(&j, &r->findings[i], namespace);
	jsonout_close(&j);
	put_gaps(&j, r);
	jsonout_close(&j);
	return jsonout_finish(&j, err);
}

const struct formatter formatter_clair = {
	.name = "clair",
	.summary = "clair-scanner's report, for what reads that",
	.spec = "https://github.com/arminc/clair-scanner",
	.file = "clair-report.json",
	.write = write_clair,
};

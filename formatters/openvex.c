/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openvex.c - OpenVEX 0.2.0: what is known of each vulnerability's effect on the image, one statement a finding
 *
 * Spec: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
 *
 * The product is the image, the subcomponent the package: that is what vexctl, Trivy and Grype look
 * for. An image without a digest is named by repository and tag, and where there is no registry
 * by a purl of no ecosystem; so is a package whose purl is none (identity.h). The document's IRI is a
 * UUID made of the scan: the same scan gives the same bytes, the next one another document.
 *
 * A finding is affected unless a VEX statement said otherwise. An accepted risk, one under the
 * threshold and one that was known before are affected, too: the action statement says so, since
 * that is where a reader looks for what is to be done. Of not affected the spec wants one of its
 * five terms or a sentence; where policy had neither, we say that.
 *
 * Every finding is in, whatever --report-min says. Without findings the list is empty: true, and
 * the one thing that the format's schema refuses.
 */
#include "formatters/formatter.h"
#include "formatters/identity.h"
#include "formatters/jsonout.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <stdlib.h>
#include <string.h>

#define DESCRIPTION_MAX 1000 /* code points */
#define SOURCE_MAX      100

struct openvex {
	struct jsonout j;
	const struct report *r;
	struct arena *scratch;
	const char *id;      /* the document's */
	const char *product; /* the image's IRI */
};

static const char *
known(const char *text)
{
	return text && *text ? text : NULL;
}

/* The justification, if it is one of OpenVEX' terms. */
static const char *
term_of(const struct finding *f)
{
	static const char *const terms[] = {
		"component_not_present",
		"vulnerable_code_not_present",
		"vulnerable_code_not_in_execute_path",
		"vulnerable_code_cannot_be_controlled_by_adversary",
		"inline_mitigations_already_exist",
	};

	for (size_t i = 0; i < ARRAY_LEN(terms); i++)
		if (text_compare(f->decision.justification, terms[i]) == 0)
			return terms[i];
	return NULL;
}

/* Sorted anew, since those of a stored report may be in any order: none may be there twice. */
static void
put_aliases(struct openvex *o, const struct vulnerability *v)
{
	const char **sorted;
	size_t n = 0;

	while (v->aliases[n])
		n++;
	if (n == 0)
		return;
	sorted = arena_copy(o->scratch, v->aliases, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), text_order);
	jsonout_open(&o->j, "aliases", '[');
	for (size_t i = 0; i < n; i++)
		if (*sorted[i] && (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0))
			jsonout_text(&o->j, NULL, sorted[i]);
	jsonout_close(&o->j);
}

static void
put_vulnerability(struct openvex *o, const struct vulnerability *v)
{
	const char *link = web_link(v->url);
	const char *description = known(v->title) ? v->title : known(v->details);

	jsonout_open(&o->j, "vulnerability", '{');
	if (link)
		jsonout_text(&o->j, "@id", link);
	jsonout_text(&o->j, "name", v->id);
	if (description)
		jsonout_text(
		    &o->j, "description", cut_text(o->scratch, description, DESCRIPTION_MAX));
	put_aliases(o, v);
	jsonout_close(&o->j);
}

static void
put_product(struct openvex *o, const struct package *p)
{
	jsonout_open(&o->j, "products", '[');
	jsonout_open(&o->j, NULL, '{');
	jsonout_text(&o->j, "@id", o->product);
	jsonout_open(&o->j, "subcomponents", '[');
	jsonout_open(&o->j, NULL, '{');
	jsonout_text(&o->j, "@id", package_iri(o->scratch, p));
	jsonout_close(&o->j);
	jsonout_close(&o->j);
	jsonout_close(&o->j);
	jsonout_close(&o->j);
}

/* How it was found and judged. */
static void
put_notes(struct openvex *o, const struct finding *f)
{
	const char *judged =
	    finding_dismissed(f) ? decision_words(o->scratch, f) : standing_title(f->standing);

	jsonout_text(&o->j, "status_notes",
	    arena_textf(o->scratch, "Severity %s, %s; %s. Found in %s.", severity_name(f->severity),
		fix_words(o->scratch, f), judged,
		known(f->package->path) ? f->package->path : "the image"));
}

static char *
action(struct openvex *o, const struct finding *f)
{
	char *advised = advice(o->scratch, f);

	switch (f->standing) {
	case STANDING_ALLOWED:
		return arena_textf(
		    o->scratch, "A known risk, %s. %s", decision_words(o->scratch, f), advised);
	case STANDING_BELOW:
		return arena_textf(
		    o->scratch, "Under the threshold that fails the build. %s", advised);
	case STANDING_BASELINE:
		return arena_textf(o->scratch, "Known before this change (baseline). %s", advised);
	case STANDING_OPEN:
	case STANDING_NOT_AFFECTED:
	case STANDING_FIXED:
		break;
	}
	return advised;
}

/* A term, a sentence, or both. */
static void
put_reasons(struct openvex *o, const struct finding *f)
{
	const struct decision *d = &f->decision;
	const char *term = term_of(f);
	const char *why = known(d->reason) ? d->reason : term ? NULL : known(d->justification);

	if (term)
		jsonout_text(&o->j, "justification", term);
	else if (!why)
		why = "Said not to be affected, without a reason.";
	if (why)
		jsonout_text(&o->j, "impact_statement", why);
}

static void
put_statement(struct openvex *o, const struct finding *f)
{
	jsonout_open(&o->j, NULL, '{');
	jsonout_text(&o->j, "@id", arena_textf(o->scratch, "%s#%s", o->id, f->fingerprint));
	put_vulnerability(o, f->vulnerability);
	jsonout_text(&o->j, "timestamp", o->r->scanned_at);
	put_product(o, f->package);
	if (f->standing == STANDING_NOT_AFFECTED) {
		jsonout_text(&o->j, "status", "not_affected");
		put_notes(o, f);
		put_reasons(o, f);
	} else if (f->standing == STANDING_FIXED) {
		jsonout_text(&o->j, "status", "fixed");
		put_notes(o, f);
	} else {
		jsonout_text(&o->j, "status", "affected");
		put_notes(o, f);
		jsonout_text(&o->j, "action_statement", action(o, f));
	}
	jsonout_close(&o->j);
	arena_reset(o->scratch);
}

static int
write_openvex(const struct report *r, const struct format_opts *opts, FILE *out, struct err *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_ARENA scratch = arena_new();
	struct openvex o = { .r = r, .scratch = scratch, .product = image_iri(arena, &r->image) };
	char uuid[UUID_SIZE];

	(void)opts;
	document_uuid("openvex", r, uuid);
	o.id = arena_textf(arena, "urn:uuid:%s", uuid);
	jsonout_init(&o.j, out);
	jsonout_open(&o.j, NULL, '{');
	jsonout_text(&o.j, "@context", "https://openvex.dev/ns/v0.2.0");
	jsonout_text(&o.j, "@id", o.id);
	jsonout_text(&o.j, "author", "scanstep");
	jsonout_text(&o.j, "role", "Vulnerability scanner");
	jsonout_text(&o.j, "timestamp", r->scanned_at);
	jsonout_integer(&o.j, "version", 1);
	/* The one place for what is no statement: whether all was looked at, and with what. */
	jsonout_text(&o.j, "tooling",
	    arena_textf(arena, "scanstep %s, advisories: %s, built %s. %s", r->tool_version,
		cut_text(arena, r->database.source, SOURCE_MAX), r->database.built,
		verdict_line(arena, r)));
	jsonout_open(&o.j, "statements", '[');
	for (size_t i = 0; i < r->nfindings; i++)
		put_statement(&o, &r->findings[i]);
	jsonout_close(&o.j);
	jsonout_close(&o.j);
	return jsonout_finish(&o.j, err);
}

const struct formatter formatter_openvex = {
	.name = "openvex",
	.summary = "OpenVEX 0.2.0: affected or not, a statement for each finding",
	.spec = "https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md",
	.file = "scanstep.openvex.json",
	.write = write_openvex,
};

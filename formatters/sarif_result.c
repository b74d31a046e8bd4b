/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_result.c - a result of SARIF: a package that a vulnerability affects
 *
 * What its readers force: one location per result with a whole region (DefectDojo and Jenkins
 * make a finding of each location, GitHub reads the first); a message that names package and
 * version, since Jenkins drops a second result with the same rule, message and place; keys of
 * fingerprints that end with a version; relative addresses of no file in the checkout, since
 * GitHub's action computes fingerprints of its own for those and warns of each that differs. Where the place
 * is a file of the checkout after all, ours is left to that action: see sarif_rule.c.
 */
#include "formatters/sarif_result.h"
#include "formatters/identity.h"
#include "formatters/sarif_rule.h"
#include "formatters/sarif_text.h"
#include "formatters/wording.h"

#include <string.h>

static void
put_physical(struct sarif *s, const struct package *p)
{
	static const char *const region[] = { "startLine", "startColumn", "endLine", "endColumn" };
	const char *file = s->o->location_file;
	unsigned line = file && s->o->location_line > 0 ? s->o->location_line : 1;
	const char *uri =
	    file ? relative_uri(s->scratch, "", file)
		 : relative_uri(s->scratch, sarif_short_name(s->r->image.name), p->path);

	jsonout_open(&s->j, "physicalLocation", '{');
	jsonout_open(&s->j, "artifactLocation", '{');
	jsonout_text(&s->j, "uri", uri);
	jsonout_close(&s->j);
	jsonout_open(&s->j, "region", '{');
	for (size_t i = 0; i < ARRAY_LEN(region); i++)
		jsonout_integer(&s->j, region[i], i % 2 == 0 ? line : 1);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_logical(struct sarif *s, const struct package *p)
{
	const struct image *img = &s->r->image;
	struct arena *a = s->scratch;
	const char *name = cut_text(a, p->name, SARIF_NAME_MAX);

	jsonout_open(&s->j, "logicalLocations", '[');
	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "name", name);
	jsonout_text(&s->j, "fullyQualifiedName",
	    arena_textf(a, "%s%s%s::%s", cut_text(a, img->name, SARIF_NAME_MAX),
		img->digest ? "@" : "", img->digest ? cut_text(a, img->digest, SARIF_NAME_MAX) : "",
		name));
	jsonout_text(&s->j, "kind", "package");
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_location(struct sarif *s, const struct package *p)
{
	jsonout_open(&s->j, "locations", '[');
	jsonout_open(&s->j, NULL, '{');
	put_physical(s, p);
	if (!s->is_large)
		put_logical(s, p);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

static void
put_fingerprints(struct sarif *s, const struct finding *f)
{
	jsonout_open(&s->j, "partialFingerprints", '{');
	if (!s->o->location_file)
		jsonout_text(&s->j, "primaryLocationLineHash",
		    arena_textf(s->scratch, "%s:1", f->fingerprint));
	jsonout_text(&s->j, "scanstepFinding/v1", f->fingerprint);
	jsonout_close(&s->j);
}

/* Where one result has the member, all have: an empty list says that nothing suppresses it. */
static void
put_suppressions(struct sarif *s, const struct finding *f)
{
	struct arena *a = s->scratch;

	if (!s->o->sarif_suppressed)
		return;
	jsonout_open(&s->j, "suppressions", '[');
	if (finding_dismissed(f)) {
		jsonout_open(&s->j, NULL, '{');
		jsonout_text(&s->j, "kind", "external");
		jsonout_text(&s->j, "status", "accepted");
		jsonout_text(
		    &s->j, "justification", sentence(a, decision_words(a, f), SENTENCE_MAX));
		jsonout_close(&s->j);
	}
	jsonout_close(&s->j);
}

static void
put_properties(struct sarif *s, const struct finding *f)
{
	const struct package *p = f->package;
	const struct vulnerability *v = f->vulnerability;
	struct arena *a = s->scratch;

	jsonout_open(&s->j, "properties", '{');
	sarif_put_known(s, "purl", p->purl);
	sarif_put_known(s, "package", s->is_large ? NULL : p->name);
	sarif_put_known(s, "version", s->is_large ? NULL : p->version);
	sarif_put_known(s, "path", s->is_large ? NULL : p->path);
	sarif_put_known(s, "layer", p->layer);
	jsonout_text(&s->j, "severity", severity_name(f->severity));
	jsonout_text(&s->j, "state", fix_state_name(f->state));
	sarif_put_known(s, "fixedVersion", f->fixed_version);
	jsonout_text(&s->j, "standing", standing_name(f->standing));
	if (finding_dismissed(f))
		jsonout_text(&s->j, "decision", sentence(a, decision_words(a, f), SENTENCE_MAX));
	if (v->cvss_score >= 0)
		jsonout_score(&s->j, "cvssScore", v->cvss_score);
	sarif_put_known(s, "cvssVector", v->cvss_vector);
	if (v->epss >= 0)
		jsonout_fraction(&s->j, "epss", v->epss);
	if (v->epss_percentile >= 0)
		jsonout_fraction(&s->j, "epssPercentile", v->epss_percentile);
	sarif_put_known(s, "kev", v->kev);
	jsonout_close(&s->j);
}

void
sarif_put_result(struct sarif *s, const struct sarif_result *result)
{
	const struct finding *f = result->finding;

	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "ruleId", sarif_rule_id(s, result));
	jsonout_integer(&s->j, "ruleIndex", result->rule);
	jsonout_text(&s->j, "level", sarif_level(f->severity));
	if (sarif_rank(f->severity) >= 0)
		jsonout_score(&s->j, "rank", sarif_rank(f->severity));
	sarif_put_message(&s->j, "message", finding_sentence(s->scratch, f));
	put_location(s, f->package);
	put_fingerprints(s, f);
	put_suppressions(s, f);
	put_properties(s, f);
	jsonout_close(&s->j);
}

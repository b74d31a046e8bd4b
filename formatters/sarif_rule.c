/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_rule.c - a rule of SARIF: a vulnerability
 *
 * GitHub shows short description, help and tags beside an alert, and ignores security-severity
 * without the tag "security". GitLab finds the CVE in the rule's id or in a tag. A weakness is
 * tagged as CodeQL does it, so that one filter finds both tools' alerts.
 *
 * On a file of the checkout (--sarif-location) all alerts stand on one line, and GitHub's action
 * takes the hash of that line for each one's fingerprint. So there an alert is told apart by its
 * rule: CVE-2024-0001-libssl3, and CVE-2024-0001(2)-libssl3 for the second of that name.
 */
#include "formatters/sarif_rule.h"
#include "formatters/markdown_text.h"
#include "formatters/sarif_text.h"
#include "formatters/uuid.h"
#include "formatters/wording.h"

#include <string.h>

enum {
	ID_MAX_SHOWN = 200, /* of an id that is longer than SARIF_NAME_MAX; a hash follows */
	DATE_MAX = 20,
};

char *
sarif_rule_id(const struct sarif *s, const struct sarif_result *result)
{
	const struct finding *f = result->finding;
	struct arena *a = s->scratch;
	char *id = arena_textf(a, "%s", f->vulnerability->id), uuid[UUID_SIZE];

	if (s->o->location_file && result->sibling > 1)
		id = arena_textf(a, "%s(%zu)-%s", id, result->sibling, f->package->name);
	else if (s->o->location_file)
		id = arena_textf(a, "%s-%s", id, f->package->name);
	if (strlen(id) <= SARIF_NAME_MAX)
		return id;
	uuid_of("sarif-rule", id, uuid);
	return arena_textf(a, "%s-%s", cut_text(a, id, ID_MAX_SHOWN), uuid);
}

/* The CVE among id and aliases, or NULL. */
static const char *
cve_of(const struct vulnerability *v)
{
	if (is_cve(v->id))
		return v->id;
	for (size_t i = 0; v->aliases[i]; i++)
		if (is_cve(v->aliases[i]))
			return v->aliases[i];
	return NULL;
}

static void
put_tags(struct sarif *s, const struct vulnerability *v)
{
	static const char *const always[] = { "security", "vulnerability", "container" };
	const char *cve = cve_of(v);
	bool is_in_id = cve == v->id && !s->o->location_file;
	size_t n = ARRAY_LEN(always);

	jsonout_open(&s->j, "tags", '[');
	for (size_t i = 0; i < ARRAY_LEN(always); i++)
		jsonout_text(&s->j, NULL, always[i]);
	if (cve && !is_in_id && strlen(cve) <= SARIF_NAME_MAX) {
		jsonout_text(&s->j, NULL, arena_textf(s->scratch, "cve-%s", cve + strlen("CVE-")));
		n++;
	}
	for (size_t i = 0; v->cwes[i] != 0 && n < SARIF_TAGS_MAX; i++, n++)
		jsonout_text(
		    &s->j, NULL, arena_textf(s->scratch, "external/cwe/cwe-%03u", v->cwes[i]));
	jsonout_close(&s->j);
}

/* "Listed by CISA as exploited on 2021-12-10. Chance of exploitation in 30 days: 69.1 % (EPSS)."; each with a blank behind it. */
static char *
exploitation(struct arena *a, const struct vulnerability *v)
{
	const char *date = short_line(a, v->kev, DATE_MAX);
	char *kev = date ? arena_textf(a, "Listed by CISA as exploited on %s. ", date)
			 : arena_textf(a, "%s", "");

	if (v->epss < 0)
		return kev;
	return arena_textf(
	    a, "%sChance of exploitation in 30 days: %.1f %% (EPSS). ", kev, v->epss * 100);
}

/* What to do comes with each result, which names the package. */
static void
put_help(struct sarif *s, const struct vulnerability *v)
{
	struct arena *a = s->scratch;
	const char *link = web_link(v->url), *id = cut_text(a, v->id, SARIF_NAME_MAX);
	const char *words = arena_textf(a,
	    "%sUpdate the package in the image, or rebuild the image on a newer base.",
	    exploitation(a, v));

	jsonout_open(&s->j, "help", '{');
	jsonout_text(&s->j, "text",
	    link && !s->is_large ? arena_textf(a, "%s: %s\n\n%s", id, link, words)
				 : arena_textf(a, "%s\n\n%s", id, words));
	if (!s->is_large)
		jsonout_text(&s->j, "markdown",
		    arena_textf(a, "%s\n\n%s", markdown_link(a, id, SARIF_NAME_MAX, v->url),
			markdown_text(a, words, SENTENCE_MAX)));
	jsonout_close(&s->j);
	if (link)
		jsonout_text(&s->j, "helpUri", link);
}

void
sarif_put_rule(struct sarif *s, const struct sarif_result *result)
{
	const struct finding *f = result->finding;
	const struct vulnerability *v = f->vulnerability;
	const char *title = v->title && *v->title ? v->title : v->id;
	const char *details = v->details && *v->details ? v->details : title;
	const char *score = sarif_score(s->scratch, v->cvss_score, f->severity);

	jsonout_open(&s->j, NULL, '{');
	jsonout_text(&s->j, "id", sarif_rule_id(s, result));
	jsonout_text(&s->j, "name", "PackageVulnerability");
	sarif_put_message(&s->j, "shortDescription", sentence(s->scratch, title, s->text_max));
	sarif_put_message(&s->j, "fullDescription", sentence(s->scratch, details, s->text_max));
	put_help(s, v);
	jsonout_open(&s->j, "defaultConfiguration", '{');
	jsonout_text(&s->j, "level", sarif_level(f->severity));
	jsonout_close(&s->j);
	jsonout_open(&s->j, "properties", '{');
	jsonout_text(&s->j, "precision", "very-high");
	if (score)
		jsonout_text(&s->j, "security-severity", score);
	put_tags(s, v);
	jsonout_close(&s->j);
	jsonout_close(&s->j);
}

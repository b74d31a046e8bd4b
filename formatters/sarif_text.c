/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif_text.c - texts, addresses and severities as SARIF's readers take them
 *
 * An address is for eyes: GitHub's list of alerts and Jenkins' list of files show it. So it has
 * the image's path without the registry, and no tag or digest, which a rebuild would change.
 *
 * The category is an identity: an upload to GitHub replaces the alerts of the same tool and
 * category, and ours wins over the action's own input. So it has the whole name, and the
 * platform: neither a second registry nor a second architecture may close the first one's alerts.
 */
#include "formatters/sarif_text.h"
#include "formatters/identity.h"
#include "formatters/wording.h"

#include <string.h>

void
sarif_put_message(struct jsonout *j, const char *key, const char *text)
{
	jsonout_open(j, key, '{');
	jsonout_text(j, "text", text);
	jsonout_close(j);
}

void
sarif_put_known(struct sarif *s, const char *key, const char *text)
{
	if (text)
		jsonout_text(&s->j, key, cut_text(s->scratch, text, SENTENCE_MAX));
}

/* The registry is what container engines take for one: it has a dot or a port, or is this machine. */
const char *
sarif_short_name(const char *name)
{
	struct str rest = str_of(name), host = str_cut(&rest, '/');
	bool is_host = memchr(host.ptr, '.', host.len) || memchr(host.ptr, ':', host.len) ||
		       str_is(host, "localhost");

	return rest.len > 0 && is_host ? rest.ptr : name;
}

char *
sarif_category(struct arena *a, const struct image *image)
{
	return arena_textf(a, "scanstep/%s/",
	    relative_uri(a, image->name, image->platform ? image->platform : ""));
}

const char *
sarif_level(enum severity s)
{
	switch (s) {
	case SEVERITY_CRITICAL:
	case SEVERITY_HIGH:
		return "error";
	case SEVERITY_MEDIUM:
		return "warning";
	case SEVERITY_LOW:
	case SEVERITY_NEGLIGIBLE:
	case SEVERITY_UNKNOWN:
		return "note";
	}
	return "note";
}

/*
 * GitHub makes its severity of this number alone. So the CVSS score is held within the bounds of the
 * severity that the policy judges by: an alert must not say high where the gate says low.
 */
char *
sarif_score(struct arena *a, double cvss, enum severity s)
{
	static const struct {
		double least, most, usual;
	} bounds[] = {
		[SEVERITY_UNKNOWN] = { 0.1, 10.0, -1.0 },
		[SEVERITY_NEGLIGIBLE] = { 0.1, 3.9, 0.1 },
		[SEVERITY_LOW] = { 0.1, 3.9, 1.0 },
		[SEVERITY_MEDIUM] = { 4.0, 6.9, 4.0 },
		[SEVERITY_HIGH] = { 7.0, 8.9, 7.0 },
		[SEVERITY_CRITICAL] = { 9.0, 10.0, 9.0 },
	};
	double score = cvss >= 0 ? cvss : bounds[s].usual;

	if (score < 0)
		return NULL;
	score = score < bounds[s].least ? bounds[s].least : score;
	score = score > bounds[s].most ? bounds[s].most : score;
	return arena_textf(a, "%.1f", score);
}

double
sarif_rank(enum severity s)
{
	static const double ranks[] = {
		[SEVERITY_UNKNOWN] = -1,
		[SEVERITY_NEGLIGIBLE] = 5,
		[SEVERITY_LOW] = 20,
		[SEVERITY_MEDIUM] = 50,
		[SEVERITY_HIGH] = 80,
		[SEVERITY_CRITICAL] = 95,
	};

	return ranks[s];
}

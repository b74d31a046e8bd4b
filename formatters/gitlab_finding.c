/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab_finding.c - one vulnerability of a container-scanning report
 *
 * Whatever a feed or an image says, each value stays within the schema: a text that would
 * be too long is cut, one that would be empty is left out or replaced, an address or a
 * vector that does not match is left out. A vector that had to be left out is in the details, as
 * are the names that cannot be identifiers.
 *
 * The end of a distribution's support is one, too, where it is asked for: --report-min and the
 * verdict know nothing of it.
 */
#include "formatters/cvss_vector.h"
#include "formatters/gitlab.h"
#include "formatters/uuid.h"
#include "formatters/wording.h"

#include <string.h>

/* Code points. The schema's, but for the description: GitLab's table holds fewer than the schema allows. */
enum {
	NAME_MOST = 255,
	DESCRIPTION_MOST = 15000,
	SOLUTION_MOST = 7000,
	DETAIL_MOST = 1000,
	PACKAGE_MOST = 1000,
};

/* Negligible is Info: it stays apart from Low. */
static const char *
severity_level(enum severity s)
{
	return s == SEVERITY_NEGLIGIBLE ? "Info" : severity_title(s);
}

static const char *
or_unknown(const char *text)
{
	return text ? text : "unknown";
}

/* Titles often begin with the id. */
static const char *
name_of(struct arena *a, const struct vulnerability *v)
{
	const char *id = short_line(a, v->id, NAME_MOST);
	const char *title = short_line(a, v->title, NAME_MOST);

	if (!id || (title && str_starts(str_of(title), id)))
		return title ? title : "Vulnerability without a name";
	return title ? cut_text(a, arena_textf(a, "%s: %s", id, title), NAME_MOST) : id;
}

static const char *
description_of(struct arena *a, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const struct package *p = f->package;
	const char *text = v->details;

	if (str_trim(str_of(text)).len == 0)
		text = v->title;
	if (str_trim(str_of(text)).len == 0)
		text = arena_textf(a, "%s %s is affected by %s.",
		    or_unknown(short_line(a, p->name, NAME_MOST)),
		    or_unknown(short_line(a, p->version, NAME_MOST)),
		    or_unknown(short_line(a, v->id, NAME_MOST)));
	return gitlab_markdown(a, text, DESCRIPTION_MOST);
}

static void
put_links(struct gitlab *g, const struct vulnerability *v)
{
	const char *url = web_link(v->url);

	jsonout_open(&g->j, "links", '[');
	if (url) {
		jsonout_open(&g->j, NULL, '{');
		jsonout_text(&g->j, "url", url);
		jsonout_close(&g->j);
	}
	jsonout_close(&g->j);
}

/* Whose it is nobody wrote down: "unknown" is the schema's word for that. */
static void
put_vector(struct gitlab *g, const char *vector)
{
	if (!vector)
		return;
	jsonout_open(&g->j, "cvss_vectors", '[');
	jsonout_open(&g->j, NULL, '{');
	jsonout_text(&g->j, "vendor", "unknown");
	jsonout_text(&g->j, "vector", vector);
	jsonout_close(&g->j);
	jsonout_close(&g->j);
}

static void
put_location(struct gitlab *g, const char *name, const char *version)
{
	jsonout_open(&g->j, "location", '{');
	jsonout_open(&g->j, "dependency", '{');
	jsonout_open(&g->j, "package", '{');
	jsonout_text(&g->j, "name", or_unknown(short_line(g->scratch, name, PACKAGE_MOST)));
	jsonout_close(&g->j);
	jsonout_text(&g->j, "version", or_unknown(short_line(g->scratch, version, PACKAGE_MOST)));
	jsonout_close(&g->j);
	jsonout_text(&g->j, "operating_system", g->operating_system);
	jsonout_text(&g->j, "image", g->image);
	if (g->default_branch_image)
		jsonout_text(&g->j, "default_branch_image", g->default_branch_image);
	jsonout_close(&g->j);
}

/* ---- Details ---- */

static void
open_detail(struct gitlab *g, const char *key, const char *name, const char *type)
{
	jsonout_open(&g->j, key, '{');
	jsonout_text(&g->j, "name", name);
	jsonout_text(&g->j, "type", type);
}

/* type is "text" or "code". Nothing where there is no text. */
static void
put_detail(struct gitlab *g, const char *key, const char *name, const char *type, const char *text)
{
	const char *line = short_line(g->scratch, text, DETAIL_MOST);

	if (!line)
		return;
	open_detail(g, key, name, type);
	jsonout_text(&g->j, "value", line);
	jsonout_close(&g->j);
}

static void
put_number(struct gitlab *g, const char *key, const char *name, double number)
{
	if (number < 0)
		return;
	open_detail(g, key, name, "value");
	jsonout_fraction(&g->j, "value", number);
	jsonout_close(&g->j);
}

/* The names that are no identifiers, because several vulnerabilities have them, or there are too many. */
static void
put_other_names(struct gitlab *g, const struct vulnerability *v, const struct gitlab_names *known)
{
	const char *list = NULL;

	for (const char *const *alias = v->aliases; *alias; alias++) {
		bool is_known = **alias == '\0' || (list && strlen(list) > DETAIL_MOST);

		for (size_t i = 0; i < known->n && !is_known; i++)
			is_known = strcmp(known->names[i], *alias) == 0;
		if (!is_known)
			list = arena_textf(g->scratch, "%s%s%.*s", list ? list : "",
			    list ? ", " : "", DETAIL_MOST, *alias);
	}
	put_detail(g, "advisories", "Advisories", "text", list);
}

static const char *
source_of(struct arena *a, const struct package *p)
{
	if (strcmp(p->source_name, p->name) == 0 && strcmp(p->source_version, p->version) == 0)
		return NULL;
	return arena_textf(a, "%s %s", p->source_name, p->source_version);
}

static void
put_details(struct gitlab *g, const struct finding *f, const struct gitlab_names *known,
    const char *unfit_vector)
{
	const struct vulnerability *v = f->vulnerability;
	const struct package *p = f->package;
	const struct layer *layer = layer_of(g->r, p);

	jsonout_open(&g->j, "details", '{');
	if (f->state == FIX_RELEASED && f->fixed_version)
		put_detail(g, "fixed_version", "Fixed version", "text", f->fixed_version);
	else
		put_detail(g, "fix", "Fix", "text", fix_words(g->scratch, f));
	put_detail(g, "standing", "Standing", "text", standing_title(f->standing));
	put_detail(g, "source_package", "Source package", "text", source_of(g->scratch, p));
	put_detail(g, "architecture", "Architecture", "text", p->arch);
	put_detail(g, "purl", "Package URL", "text", p->purl);
	put_detail(g, "path", "Path in the image", "text", p->path);
	put_detail(g, "layer", "Layer", "text", p->layer);
	put_detail(g, "layer_command", "Build step", "code", layer ? layer->command : NULL);
	put_number(g, "cvss_score", "CVSS score", v->cvss_score);
	put_detail(g, "cvss_vector", "CVSS vector", "text", unfit_vector);
	put_number(g, "epss", "EPSS probability", v->epss);
	put_number(g, "epss_percentile", "EPSS percentile", v->epss_percentile);
	put_detail(g, "kev", "Known exploited since (CISA KEV)", "text", v->kev);
	put_detail(g, "feed", "Advisory feed", "text", v->feed);
	put_other_names(g, v, known);
	jsonout_close(&g->j);
}

void
gitlab_put_finding(struct gitlab *g, const struct finding *f)
{
	const struct vulnerability *v = f->vulnerability;
	const char *vector = scored_vector(g->scratch, v->cvss_vector);
	struct gitlab_names names;
	char id[UUID_SIZE];

	uuid_of("gitlab-finding", f->fingerprint, id);
	jsonout_open(&g->j, NULL, '{');
	jsonout_text(&g->j, "id", id);
	jsonout_text(&g->j, "name", name_of(g->scratch, v));
	jsonout_text(&g->j, "description", description_of(g->scratch, f));
	jsonout_text(&g->j, "severity", severity_level(f->severity));
	jsonout_text(
	    &g->j, "solution", short_line(g->scratch, advice(g->scratch, f), SOLUTION_MOST));
	gitlab_put_identifiers(g, f, &names);
	put_links(g, v);
	put_vector(g, vector);
	put_location(g, f->package->name, f->package->version);
	put_details(g, f, &names, vector ? NULL : v->cvss_vector);
	jsonout_close(&g->j);
	arena_reset(g->scratch);
}

/* ---- The end of a distribution's support ---- */

/* What the report says of it; a report without a distribution or its end says nothing. */
static const struct notice *
eol_notice(const struct report *r)
{
	const struct distro *d = r->image.distro;

	for (size_t i = 0; d && d->eol && i < r->nnotices; i++)
		if (strcmp(r->notices[i].kind, NOTICE_END_OF_LIFE) == 0)
			return &r->notices[i];
	return NULL;
}

static void
put_eol_identifier(struct gitlab *g, const char *name)
{
	jsonout_open(&g->j, "identifiers", '[');
	jsonout_open(&g->j, NULL, '{');
	jsonout_text(&g->j, "type", "scanstep_eol");
	jsonout_text(&g->j, "name", name);
	jsonout_text(&g->j, "value", name);
	jsonout_close(&g->j);
	jsonout_close(&g->j);
}

void
gitlab_put_eol(struct gitlab *g)
{
	const struct notice *notice = g->o->eol_finding ? eol_notice(g->r) : NULL;
	const struct distro *d = g->r->image.distro;
	struct arena *a = g->scratch;
	const char *release, *name;
	char id[UUID_SIZE];

	if (!notice)
		return;
	release = short_line(a, d->release, NAME_MOST);
	name = cut_text(
	    a, arena_textf(a, "EOL %s", release ? release : g->operating_system), NAME_MOST);
	uuid_of("gitlab-eol", arena_textf(a, "%s %s", name, g->r->image.name), id);
	jsonout_open(&g->j, NULL, '{');
	jsonout_text(&g->j, "id", id);
	jsonout_text(&g->j, "name",
	    short_line(a,
		arena_textf(a, "%s has had no support since %s",
		    or_unknown(short_line(a, d->name, NAME_MOST)), d->eol),
		NAME_MOST));
	jsonout_text(
	    &g->j, "description", gitlab_markdown(a, gitlab_notice(a, notice), DESCRIPTION_MOST));
	jsonout_text(&g->j, "severity", severity_level(g->o->eol_severity));
	jsonout_text(&g->j, "solution",
	    "Build the image on a release of the distribution that is still supported.");
	put_eol_identifier(g, name);
	jsonout_open(&g->j, "links", '[');
	jsonout_close(&g->j);
	put_location(g, d->id, d->version);
	jsonout_open(&g->j, "details", '{');
	put_detail(g, "end_of_life", "End of life", "text", d->eol);
	jsonout_close(&g->j);
	jsonout_close(&g->j);
	arena_reset(a);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.c - the report as one page: for a manager to read and an engineer to work with
 *
 * Spec: https://html.spec.whatwg.org/multipage/, https://www.w3.org/TR/CSP3/
 *
 * The page holds all that it needs and loads nothing but report.css, its own style once more:
 * Jenkins sends a policy that blocks styles and scripts within a page, and allows a file beside
 * it. So everything is there without script and without style; the script adds search, filters
 * and order. The page's own policy allows its style and its script by their hashes and nothing
 * else. No attribute of any element holds style or script, and only web_link() makes a link.
 *
 * Left out: findings under --report-min, and beyond bounds, of which the page says so, the
 * details of findings, gaps, notices and packages: the json report has them all.
 */
#include "formatters/html.h"
#include "formatters/verdict.h"
#include "formatters/wording.h"
#include "step/base/io.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
	IMAGE_MAX = 40, /* code points in the page's title: tabs cut more */
	HASH_SIZE = 32,
};

/* A file of ours as it stands in the page: without the line end, which checkers of hashes disagree on. */
static const char *
embedded(struct html *h, const unsigned char *bytes, size_t len)
{
	return arena_string(h->scratch, str_trim((struct str){ (const char *)bytes, len }));
}

/* "'sha256-...'", as a policy names what it allows. */
static const char *
policy_hash(struct html *h, const char *text)
{
	unsigned char hash[HASH_SIZE], base64[(HASH_SIZE + 2) / 3 * 4 + 1];
	char hex[SHA256_HEX];

	sha256_of(str_of(text), hex);
	for (size_t i = 0; i < HASH_SIZE; i++) {
		const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		hash[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	EVP_EncodeBlock(base64, hash, HASH_SIZE);
	return arena_textf(h->scratch, "'sha256-%s'", (const char *)base64);
}

static void
put_meta(struct html *h, const char *key, const char *name, const char *content)
{
	markup_open(&h->m, "meta");
	markup_attr(&h->m, key, name);
	markup_attr(&h->m, "content", content);
	markup_close(&h->m);
}

static void
put_head(struct html *h)
{
	const char *css = embedded(h, report_css, report_css_len);
	const char *js = embedded(h, report_js, report_js_len);

	markup_open(&h->m, "head");
	markup_open(&h->m, "meta");
	markup_attr(&h->m, "charset", "utf-8");
	markup_close(&h->m);
	put_meta(h, "http-equiv", "Content-Security-Policy",
	    arena_textf(h->scratch,
		"default-src 'none'; style-src 'self' %s; script-src %s; base-uri 'none'; "
		"form-action 'none'",
		policy_hash(h, css), policy_hash(h, js)));
	put_meta(h, "name", "viewport", "width=device-width, initial-scale=1");
	put_meta(h, "name", "color-scheme", "light dark");
	put_meta(h, "name", "referrer", "no-referrer");
	put_meta(h, "name", "robots", "noindex");
	html_elementf(h, "title", NULL, "%s: %s - scanstep", verdict_word(h->r),
	    cut_text(h->scratch, one_line(h->scratch, h->r->image.reference), IMAGE_MAX));
	markup_open(&h->m, "link");
	markup_attr(&h->m, "rel", "stylesheet");
	markup_attr(&h->m, "href", "report.css");
	markup_close(&h->m);
	markup_open(&h->m, "style");
	markup_verbatim(&h->m, css);
	markup_close(&h->m);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

static void
put_jump(struct html *h, const char *class, const char *target, const char *words)
{
	html_open(h, "a", class);
	markup_attr(&h->m, "href", target);
	markup_text(&h->m, words);
	markup_close(&h->m);
}

/* Ways to the sections that there are; n NULL: not counted. */
static void
put_ways(struct html *h)
{
	const struct {
		bool there;
		const char *target, *words;
		size_t n;
	} ways[] = {
		{ true, "#coverage", "Coverage", 0 },
		{ h->todo.nfindings > 0, "#fixes", "What to do", 0 },
		{ true, "#findings", "Findings", h->todo.nfindings },
		{ h->settled.nfindings > 0, "#settled", "Set aside", h->settled.nfindings },
		{ h->r->image.nlayers > 0, "#layers", "Layers", h->r->image.nlayers },
		{ h->r->npackages > 0, "#packages", "Packages", h->r->npackages },
	};

	markup_open(&h->m, "nav");
	markup_attr(&h->m, "aria-label", "Sections");
	markup_open(&h->m, "ul");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (!ways[i].there)
			continue;
		markup_open(&h->m, "li");
		put_jump(h, NULL, ways[i].target, ways[i].words);
		if (ways[i].n > 0)
			html_elementf(h, "span", "hint", " %zu", ways[i].n);
		markup_close(&h->m);
	}
	markup_close(&h->m);
	markup_close(&h->m);
}

static void
put_header(struct html *h)
{
	markup_open(&h->m, "header");
	put_jump(h, "skip", "#main", "Skip to the report");
	html_element(h, "p", "brand", "Image vulnerability report");
	markup_element(&h->m, "h1", h->r->image.reference);
	put_ways(h);
	markup_close(&h->m);
	arena_reset(h->scratch);
}

static void
put_main(struct html *h)
{
	markup_open(&h->m, "main");
	markup_attr(&h->m, "id", "main");
	html_verdict(h);
	if (h->r->ngaps > 0) /* nothing below means much without it */
		html_coverage(h);
	html_open(h, "div", "overview");
	markup_open(&h->m, "div");
	html_chart(h);
	if (h->r->ngaps == 0)
		html_coverage(h);
	markup_close(&h->m);
	html_facts(h);
	markup_close(&h->m);
	html_fixes(h);
	html_findings(h);
	html_settled(h);
	html_layers(h);
	html_packages(h);
	markup_close(&h->m);
}

static void
put_page(struct html *h)
{
	markup_open(&h->m, "html");
	markup_attr(&h->m, "lang", "en");
	put_head(h);
	markup_open(&h->m, "body");
	put_header(h);
	put_main(h);
	markup_open(&h->m, "footer");
	html_elementf(h, "p", NULL,
	    "Scanned %s by scanstep %s. This page loads nothing from elsewhere.", h->r->scanned_at,
	    h->r->tool_version);
	markup_close(&h->m);
	markup_open(&h->m, "script");
	markup_verbatim(&h->m, embedded(h, report_js, report_js_len));
	markup_close(&h->m);
	markup_close(&h->m);
	markup_close(&h->m);
}

static int
write_html(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_ARENA scratch = arena_new();
	struct html h = { .r = r, .o = o, .arena = arena, .scratch = scratch };

	html_gather(&h);
	markup_begin(&h.m, out, MARKUP_HTML);
	put_page(&h);
	return markup_finish(&h.m, err);
}

static const struct companion style = {
	.name = "report.css",
	.bytes = report_css,
	.len = &report_css_len,
};

const struct formatter formatter_html = {
	.name = "html",
	.summary = "one page for people, with search and filters, and report.css beside it",
	.spec = "https://html.spec.whatwg.org/multipage/",
	.file = "scanstep.html",
	.companion = &style,
	.write = write_html,
};

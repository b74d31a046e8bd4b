/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draft.c - any bytes as a report: what a scan could have found, with texts that strangers wrote
 *
 * What the model promises is kept (model.h: times are times, an address is http or https, what must be
 * there is there); everything else is what the bytes say. A text is either bytes of its own or one of
 * the pieces below, which do harm somewhere.
 */
#include "step/base/io.h"
#include "tests/fuzz/formats.h"

#include <string.h>

enum {
	MANY = 8, /* packages, vulnerabilities, findings, ... at most */
	TEXT_MOST = 96,
};

static const char *const pieces[] = {
	"<script>alert(1)</script>",
	"]]>",
	"<!--",
	"\"'`&",
	"::error::x",
	"\n::error::x",
	"##[error]x",
	"##vso[task.complete]x",
	"=cmd()|' /C calc'!A0",
	"@SUM(1)",
	"a\r\nb\r\n",
	"\x1b[2J\a",
	"\xe2\x80\xae\xe2\x81\xa6x",
	"\xff\xc0\x80",
	"](javascript:alert(1))",
	"| a | b |",
	"%0A%25",
	"${IFS}$(id)",
	"../../etc/passwd",
	"CVE-2024-12345",
	"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
	"AV:N/AC:L/Au:N/C:P/I:P/A:P",
	"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
	"vulnerable_code_not_present",
	"2027-01-31",
	"sha256:a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1",
	"bookworm",
	"\xf0\x9f\x92\xa9\xef\xbf\xbf",
};

struct food {
	struct arena *arena;
	struct str rest;
};

static unsigned
take_byte(struct food *f)
{
	unsigned byte;

	if (f->rest.len == 0)
		return 0;
	byte = (unsigned char)f->rest.ptr[0];
	f->rest = str_skip(f->rest, 1);
	return byte;
}

/* From 0 to most. */
static unsigned
take_number(struct food *f, unsigned most)
{
	return (take_byte(f) << 8 | take_byte(f)) % (most + 1);
}

/* From 0 to 1; negative for want of one. */
static double
take_fraction(struct food *f)
{
	unsigned n = take_byte(f);

	return n < 64 ? -1 : (double)(n - 64) / 191;
}

static const char *
take_text(struct food *f)
{
	unsigned kind = take_byte(f);
	struct str text = f->rest;

	if (kind >= 0x80)
		return arena_text(f->arena, str_of(pieces[kind % ARRAY_LEN(pieces)]));
	text.len = kind % TEXT_MOST < text.len ? kind % TEXT_MOST : text.len;
	f->rest = str_skip(f->rest, text.len);
	return arena_text(f->arena, text);
}

/* Not empty. */
static const char *
take_word(struct food *f)
{
	const char *text = take_text(f);

	return *text ? text : "x";
}

static const char *
take_or_null(struct food *f)
{
	return take_byte(f) % 4 == 0 ? NULL : take_text(f);
}

static const char *
take_url(struct food *f)
{
	const char *rest = take_or_null(f);

	return rest ? arena_textf(f->arena, "https://%s", rest) : NULL;
}

static const char *
take_time(struct food *f)
{
	return time_text(f->arena, INT64_C(1700000000) + take_number(f, 65535) * INT64_C(1000));
}

static const struct distro *
take_distro(struct food *f)
{
	struct distro *d;

	if (take_byte(f) % 4 == 0)
		return NULL;
	d = arena_alloc(f->arena, sizeof(*d));
	*d = (struct distro){ .id = take_text(f),
		.version = take_or_null(f),
		.codename = take_or_null(f),
		.name = take_text(f),
		.release = take_or_null(f),
		.eol = take_or_null(f) };
	return d;
}

static void
take_image(struct food *f, struct image *ret)
{
	size_t n = take_number(f, MANY);
	struct layer *layers = arena_alloc(f->arena, n * sizeof(*layers));

	for (size_t i = 0; i < n; i++)
		layers[i] = (struct layer){ take_or_null(f), take_or_null(f) };
	*ret = (struct image){ .reference = take_text(f),
		.name = take_text(f),
		.tag = take_or_null(f),
		.digest = take_or_null(f),
		.platform = take_or_null(f),
		.distro = take_distro(f),
		.layers = layers,
		.nlayers = n };
}

static void
take_database(struct food *f, struct database *ret)
{
	size_t n = take_number(f, MANY);
	struct database_feed *feeds = arena_alloc(f->arena, n * sizeof(*feeds));

	for (size_t i = 0; i < n; i++)
		feeds[i] = (struct database_feed){ take_word(f), take_number(f, 65535) };
	*ret = (struct database){ take_byte(f) % 2 ? "file" : "starter", take_time(f), feeds, n };
}

static const struct package *
take_package(struct food *f, struct report_draft *d)
{
	struct package p = { .type = take_byte(f) % 4 ? "deb" : take_word(f),
		.name = take_word(f),
		.version = take_word(f),
		.arch = take_or_null(f),
		.source_name = take_text(f),
		.source_version = take_text(f),
		.path = take_text(f),
		.layer = take_or_null(f) };

	if (!p.layer && d->report.image.nlayers > 0)
		p.layer = d->report.image.layers[0].digest;
	return report_draft_package(d, &p, d->report.image.distro);
}

static const struct vulnerability *
take_vulnerability(struct food *f)
{
	struct vulnerability *v = vulnerability_new(f->arena);
	size_t naliases = take_number(f, 3), ncwes = take_number(f, 3);
	const char **aliases = arena_alloc(f->arena, (naliases + 1) * sizeof(*aliases));
	unsigned *cwes = arena_alloc(f->arena, (ncwes + 1) * sizeof(*cwes));

	for (size_t i = 0; i < naliases; i++)
		aliases[i] = take_text(f);
	for (size_t i = 0; i < ncwes; i++)
		cwes[i] = (i > 0 ? cwes[i - 1] : 0) + take_number(f, 999) + 1; /* ascending */
	v->id = take_word(f);
	v->aliases = aliases;
	v->cwes = cwes;
	v->title = take_or_null(f);
	v->details = take_or_null(f);
	v->url = take_url(f);
	v->feed = take_text(f);
	v->cvss_vector = take_or_null(f);
	v->cvss_score = take_fraction(f) * 10;
	v->epss = take_fraction(f);
	v->epss_percentile = v->epss < 0 ? -1 : take_fraction(f);
	v->kev = take_or_null(f);
	return v;
}

static void
take_finding(struct food *f, struct report_draft *d, const struct vulnerability *v)
{
	struct finding finding = { .package =
				       d->packages[take_number(f, (unsigned)d->npackages - 1)],
		.vulnerability = v,
		.severity = (enum severity)take_number(f, SEVERITY_CRITICAL),
		.state = (enum fix_state)take_number(f, FIX_RELEASED),
		.standing = (enum standing)take_number(f, STANDING_BELOW) };

	if (finding.state == FIX_RELEASED)
		finding.fixed_version = finding.upgrade_to = take_word(f);
	if (finding_dismissed(&finding))
		finding.decision = (struct decision){ take_or_null(f), take_or_null(f),
			take_or_null(f), take_or_null(f), take_or_null(f),
			(enum decider)take_number(f, DECIDED_BY_SETTING) };
	report_draft_finding(d, &finding);
}

static void
take_messages(struct food *f, struct report_draft *d)
{
	for (unsigned n = take_number(f, MANY); n > 0; n--) {
		struct gap gap = { .kind = (enum gap_kind)take_number(f, GAP_EMPTY),
			.packages = take_number(f, 1000),
			.layer = take_or_null(f),
			.path = take_or_null(f),
			.reason = take_text(f) };

		report_draft_add_gap(d, &gap);
	}
	for (unsigned n = take_number(f, MANY); n > 0; n--) {
		const char *kind = take_byte(f) & 1 ? take_word(f) : "end-of-life";

		report_draft_notice(d, kind, "%s", take_text(f));
	}
}

static void
take_options(struct food *f, struct format_opts *ret)
{
	unsigned flags = take_byte(f);

	*ret = (struct format_opts){ .width = take_number(f, 250),
		.colour = flags & 1,
		.report_min = (enum severity)take_number(f, SEVERITY_CRITICAL),
		.location_file = flags & 2 ? take_word(f) : NULL,
		.location_line = take_number(f, 999) + 1,
		.sarif_suppressed = flags & 4,
		.default_branch_image = flags & 8 ? take_word(f) : NULL,
		.eol_finding = flags & 16,
		.eol_severity = SEVERITY_LOW };
}

const struct report *
random_report(struct arena *a, struct str bytes, struct format_opts *ret)
{
	struct report_draft *d = report_draft_new(a);
	struct food f = { a, bytes };
	unsigned flags;

	take_options(&f, ret);
	flags = take_byte(&f);
	d->report.policy =
	    (struct policy_summary){ .fail_on = (enum severity)take_number(&f, SEVERITY_CRITICAL),
		    .fail_on_none = flags & 1,
		    .unknown_passes = flags & 8,
		    .ignore_states = flags >> 4,
		    .allow_empty = flags & 2,
		    .allow_incomplete = flags & 4 };
	d->report.scanned_at = take_time(&f);
	d->report.tool_version = take_text(&f);
	take_image(&f, &d->report.image);
	take_database(&f, &d->report.database);
	take_messages(&f, d);
	for (unsigned n = take_number(&f, MANY); n > 0; n--)
		take_package(&f, d);
	for (unsigned n = take_number(&f, MANY); n > 0 && d->npackages > 0; n--) {
		const struct vulnerability *v = take_vulnerability(&f);

		for (unsigned k = take_number(&f, 2) + 1; k > 0; k--)
			take_finding(&f, d, v);
	}
	return report_seal(d);
}

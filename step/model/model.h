/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - the nouns every stage speaks: package, vulnerability, finding, report
 *
 * Read this file first. Earlier stages fill a draft, policy decides on its
 * findings, report_seal() freezes it, and formatters only ever see it const.
 *
 * Ownership  Every pointer here points into the report's arena and is valid
 *            until that arena is freed. Nobody frees a field.
 * Text       NUL-terminated and valid UTF-8 (arena_text() sees to that), but
 *            written by strangers: a formatter escapes it for its own syntax.
 * Absence    A field is never NULL unless its comment says "or NULL".
 */
#ifndef STEP_MODEL_MODEL_H
#define STEP_MODEL_MODEL_H

#include "step/base/base.h"

/* Ordered: a later value is worse. Unknown stands apart: see severity_reaches(). */
enum severity {
	SEVERITY_UNKNOWN = 0,
	SEVERITY_NEGLIGIBLE,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL,
};
enum {
	SEVERITY_COUNT = SEVERITY_CRITICAL + 1
};

/* What is known of a fix. The names in reports: unknown, unfixed, wont-fix, fixed. */
enum fix_state {
	FIX_UNKNOWN = 0, /* the advisory does not say */
	FIX_NONE,        /* affected, nothing released yet */
	FIX_DECLINED,    /* the distributor will not fix it, or support has ended */
	FIX_RELEASED,    /* finding.fixed_version says where */
};
enum {
	FIX_COUNT = FIX_RELEASED + 1
};

/* As bits: all in which there is nothing to upgrade to. */
#define FIX_STATES_WITHOUT (1u << FIX_UNKNOWN | 1u << FIX_NONE | 1u << FIX_DECLINED)

/* Why a finding does or does not count against the build. */
enum standing {
	STANDING_OPEN = 0, /* counts */
	STANDING_ALLOWED,  /* an allow-list's entry or a setting accepts it: a known risk, taken */
	STANDING_NOT_AFFECTED, /* a VEX statement says that the vulnerability does not apply */
	STANDING_FIXED,        /* a VEX statement says that what is installed holds the fix */
	STANDING_BASELINE,     /* already known before this change */
	STANDING_BELOW,        /* real, but under the threshold */
};
enum {
	STANDING_COUNT = STANDING_BELOW + 1
};

/* One installed package, as its own database describes it. */
struct package {
	const char *type;           /* "deb", "apk": the purl type, and the version scheme's name */
	const char *name;           /* binary package name */
	const char *version;        /* in full, as the package manager prints it */
	const char *arch;           /* or NULL where the ecosystem has none */
	const char *source_name;    /* source package, or name again */
	const char *source_version; /* its version, or version again */
	const char *purl;           /* package URL; NULL until report_draft_package() */
	const char *path;           /* of the database in the image: "var/lib/dpkg/status" */
	const char *layer; /* digest of the layer that brought it (see overlay.c), or NULL */
};

/* One published vulnerability, merged over its aliases. */
struct vulnerability {
	const char *id;             /* CVE id where there is one, else what the feed calls it */
	const char *const *aliases; /* NULL-terminated, sorted, without id */
	const char *title;          /* one line, or NULL */
	const char *details;        /* plain text or Markdown, or NULL */
	const char *url;            /* http or https page for a person, or NULL */
	const char *feed;           /* name of the feed's row */
	const char *cvss_vector;    /* or NULL */
	double cvss_score;          /* 0.0 to 10.0, negative if absent */
	const unsigned *cwes;       /* weaknesses, 843 for CWE-843; ascending, ends with 0 */
	double epss;                /* probability of exploitation, 0 to 1; negative if absent */
	double epss_percentile;     /* 0 to 1, negative if absent */
	const char *kev; /* date on which CISA listed it as exploited: "2021-12-10"; or NULL */
};

/* One of which nothing is known yet: absent numbers negative, lists empty. */
struct vulnerability *vulnerability_new(struct arena *a);

enum decider {
	DECIDED_BY_FILE = 0, /* an allow-list, a VEX document */
	DECIDED_BY_SETTING,
};

/*
 * What took a finding from the build's account, when neither threshold nor baseline did: an
 * allow-list's entry, a setting or a VEX statement. All texts NULL: nothing did.
 */
struct decision {
	const char *reason;        /* in words, or NULL */
	const char *justification; /* of not affected, in OpenVEX's term; or NULL */
	const char *owner;         /* who answers for it, or NULL */
	const char *expires;       /* last day or RFC 3339 time, or NULL: never */
	const char *source; /* the file that says so, or the setting: "--only-fixed"; or NULL */
	enum decider by;    /* which of them source is: a file may be called like a setting */
};

/* One vulnerability that applies to one package in this image. */
struct finding {
	const struct package *package;
	const struct vulnerability *vulnerability;
	enum severity severity; /* the publisher's for this package, else from CVSS */
	enum fix_state state;
	const char *fixed_version; /* of the source package; or NULL */
	/* With a fixed_version: the newest of this source package's, which closes all that have one. */
	const char *upgrade_to;
	enum standing standing;
	struct decision decision;
	char fingerprint[33]; /* 32 hexadecimal digits, stable across rebuilds: report_seal() */
};

enum gap_kind {
	GAP_UNREAD = 0, /* something of the image or of an advisory could not be read */
	GAP_UNCHECKED,  /* packages that no advisory could be compared with */
	GAP_EMPTY,      /* no database of packages is in the image; --allow-empty accepts it */
};

#define GAP_EMPTY_REASON "nothing was recognised: no database of packages is in the image"

/*
 * Something the scan could not look at. A gap is data, not a log line: every
 * format with a place for it shows it, because "no findings" means nothing without it.
 */
struct gap {
	enum gap_kind kind;
	size_t packages;   /* that were not checked for this reason; 0: something else is missing */
	const char *layer; /* digest, or NULL where no layer is meant */
	const char *path;  /* in the image, or NULL */
	const char *reason; /* one line */
};

struct layer {
	/* Of the blob as the manifest names it, of the tar in a docker-save archive; NULL: root filesystem. */
	const char *digest;
	const char *command; /* the build step that made it, or NULL */
	/* Of which format the table of contents is by which it was read in part: "eStargz"; NULL: read whole. */
	const char *toc;
};

/* Which distribution and release an image is: etc/os-release. */
struct distro {
	const char *id;           /* "debian", "alpine" */
	const char *version;      /* VERSION_ID, or NULL (Debian sid) */
	const char *codename;     /* VERSION_CODENAME, or NULL */
	const char *name;         /* PRETTY_NAME, or id and version */
	const char *release;      /* of advisories: "debian:bookworm", "alpine:v3.20"; or NULL */
	const char *eol;          /* "2028-06-30", or NULL if not known */
	const char *package_type; /* "deb", "apk", "rpm": what it installs; NULL if not known */
};

struct image {
	const char *reference; /* as the user typed it */
	const char *name; /* stable over builds: repository or file name, without tag and digest */
	const char *tag;  /* "1.4", or NULL: named by digest, or not at all */
	const char *digest;          /* manifest digest, or NULL */
	const char *platform;        /* "linux/amd64", or NULL */
	const struct distro *distro; /* or NULL: none recognised */
	const struct layer *layers;  /* the base first */
	size_t nlayers;
};

struct database_feed {
	const char *name;    /* row name in feeds.c */
	uint64_t statements; /* affected-package statements it gave */
};

struct database {
	const char *source; /* "starter" or "file" */
	const char *built;  /* RFC 3339 */
	const struct database_feed *feeds;
	size_t nfeeds;
};

/* The kind of the notice that the distribution has no support any more. */
#define NOTICE_END_OF_LIFE "end-of-life"

/* What a person should know and no gap is: end of life, expired allow-list entries, the starter set. */
struct notice {
	/* NOTICE_END_OF_LIFE, "allowlist-expired", "allowlist-unused", "starter-database", ... */
	const char *kind;
	const char *text; /* one sentence */
};

/* What policy was applied; a stored report keeps it. */
struct policy_summary {
	enum severity fail_on; /* meaningless with fail_on_none */
	bool fail_on_none;     /* --fail-on none: no finding fails the build */
	bool unknown_passes;   /* --unknown pass: unknown severity reaches no threshold */
	/* Findings whose fix is of these states are accepted: 1u << enum fix_state each. */
	unsigned ignore_states;
	bool allow_empty;
	bool allow_incomplete;
};

/* The whole result. Sealed: everything sorted, counted and const. */
struct report {
	struct image image;
	struct database database;
	struct policy_summary policy;
	const struct package *const *packages; /* by type, name, version, arch, path */
	size_t npackages;
	const struct finding *findings; /* worst first, then package name, then id */
	size_t nfindings;
	const struct gap *gaps;
	size_t ngaps;
	const struct notice *notices;
	size_t nnotices;
	unsigned standings[STANDING_COUNT]; /* findings by standing */
	unsigned open[SEVERITY_COUNT];      /* findings with STANDING_OPEN by severity */
	size_t unchecked;                   /* packages that gaps say were not checked */
	const char *scanned_at;             /* RFC 3339; SOURCE_DATE_EPOCH wins */
	const char *tool_version;           /* scanstep's that made the scan */
	bool passed;                        /* the verdict CI acts on: exit_status is STATUS_OK */
	int exit_status;                    /* STATUS_OK, STATUS_POLICY or STATUS_INCOMPLETE */
};

/*
 * A report in the making. Open: stages append with the calls below, and policy
 * changes findings in place.
 */
struct report_draft {
	struct arena *arena;
	struct report report; /* image, database, policy, scanned_at, tool_version: set directly */
	const struct package **packages;
	size_t npackages;
	struct finding *findings;
	size_t nfindings;
	struct gap *gaps;
	size_t ngaps;
	struct notice *notices;
	size_t nnotices;
};

struct report_draft *report_draft_new(struct arena *a); /* in the arena */
/* Copies the struct (text stays where it is: the arena) and gives it its purl; distro or NULL. */
const struct package *report_draft_package(
    struct report_draft *d, const struct package *p, const struct distro *distro);
void report_draft_finding(struct report_draft *d, const struct finding *f); /* copies the struct */
/* Of gaps and notices only LIMIT_GAPS and LIMIT_NOTICES are kept: the last one then says that there are more. */
void report_draft_gap(
    struct report_draft *d, const char *layer, const char *path, const char *fmt, ...)
    PRINTF_LIKE(4, 5); /* GAP_UNREAD; layer and path or NULL; the text is copied and repaired */
/* As it is, with its kind and packages; the reason stays where it is. */
void report_draft_add_gap(struct report_draft *d, const struct gap *gap);
/* kind is a literal or lies in the arena; the text is copied and repaired. */
void report_draft_notice(struct report_draft *d, const char *kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Takes those of this kind away: a stored report brought them, and they are made anew. */
void report_draft_drop_notices(struct report_draft *d, const char *kind);

/*
 * Freeze a draft: sort, count, give each finding its fingerprint (a hash of the
 * vulnerability's id, the package's type, name, arch and path, and the image's name:
 * not of versions, digests or dates, so that a rebuild keeps it; where two versions of a package
 * stand side by side, the second's is of its number, too: no two are the same), and decide:
 * STATUS_INCOMPLETE with gaps unless policy.allow_incomplete, else STATUS_POLICY with an open
 * finding of a severity that policy_reached(), else STATUS_OK. Cannot fail. The draft is used up.
 */
const struct report *report_seal(struct report_draft *d);

/* Lower case: "high". */
const char *severity_name(enum severity s);
bool severity_parse(struct str name, enum severity *ret);
/* Does s reach the threshold? Unknown reaches every one: it is never silently green. */
bool severity_reaches(enum severity s, enum severity threshold);
const char *fix_state_name(enum fix_state s);
bool fix_state_parse(struct str name, enum fix_state *ret);
const char *standing_name(enum standing s);
bool standing_parse(struct str name, enum standing *ret);
const char *gap_kind_name(enum gap_kind k);
bool gap_kind_parse(struct str name, enum gap_kind *ret);
const char *decider_name(enum decider d);
bool decider_parse(struct str name, enum decider *ret);
/*
 * Is it accepted, or said not to apply: by an allow-list, a setting or VEX? Readers that raise alerts
 * are not told of it.
 */
bool finding_dismissed(const struct finding *f);
/* Does an open finding of this severity fail the build? Unknown does at every threshold, or at none. */
bool policy_reached(const struct policy_summary *p, enum severity s);
/* The setting that accepts findings of this state ("--only-fixed", "--ignore-status wont-fix"), or NULL. */
const char *policy_ignores(const struct policy_summary *p, enum fix_state s);
/* Did a setting accept it, and no file? */
bool accepted_by_setting(const struct finding *f);

/*
 * Distributions (distro.c): facts that several stages need.
 *
 * distro_complete() sets release, name, eol and package_type from id, version and codename. An unknown
 * distribution's release is "id:version" (NULL without a version), its eol NULL. Debian's is
 * its codename ("debian:bookworm", "debian:sid"), Alpine's "alpine:v3.20" or
 * "alpine:edge" (VERSION_ID with _alpha, or a pretty name with "edge").
 */
void distro_complete(struct arena *a, struct distro *d);
/* The codename of a Debian version ("12" is "bookworm"), or NULL. */
const char *debian_codename(struct str version);

bool is_cve(const char *id); /* CVE-, a year, and a number of four digits or more */

/* RFC 3339 in UTC, with seconds: "2026-11-22T08:00:00Z". */
char *time_text(struct arena *a, int64_t epoch);
/* The same back, or a bare date as its first second. False if it is neither. */
bool time_parse(struct str text, int64_t *ret_epoch);

#endif

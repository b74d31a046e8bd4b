/* SPDX-License-Identifier: Apache-2.0 */
/*
 * option_rows.c - TABLE of settings: flag, variable, help, default, and how a value is read
 *
 * To add one: a field in struct options, a row here, a line in the README's table.
 * Help, manual page and tests follow from the row.
 */
#include "step/options.h"

#include "step/image/mirror.h"
#include "step/image/platform.h"
#include "step/image/trust.h"
#include "step/options_report.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#define OFFSET(field) offsetof(struct options, field)

static int
parse_switch(const char *value, bool *ret, struct err *err)
{
	if (strcmp(value, "1") != 0 && strcmp(value, "0") != 0)
		return err_set(err, ERR_USAGE, "'%s' is neither 1 nor 0", value);
	*ret = value[0] == '1';
	return 0;
}

static int
read_switch(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)a;
	return parse_switch(value, (bool *)((char *)o + row->offset), err);
}

static int
read_text(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	const char **field = (const char **)((char *)o + row->offset);

	(void)a;
	if (value[0] == '\0')
		return err_set(err, ERR_USAGE, "the value is empty");
	*field = value;
	return 0;
}

static int
read_days(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	uint64_t days;

	(void)row, (void)a;
	if (!str_number(str_of(value), 36500, &days))
		return err_set(
		    err, ERR_USAGE, "'%s' is not a number of days from 0 to 36500", value);
	o->db_max_age = (unsigned)days;
	return 0;
}

/* Unknown is not a threshold: it reaches every one anyway. */
static int
read_severity(const char *value, bool none_too, enum severity *ret, struct err *err)
{
	for (int s = SEVERITY_UNKNOWN + 1; s <= SEVERITY_CRITICAL; s++)
		if (strcasecmp(value, severity_name((enum severity)s)) == 0) {
			*ret = (enum severity)s;
			return 0;
		}
	return err_set(err, ERR_USAGE, "'%s' is not %snegligible, low, medium, high or critical",
	    value, none_too ? "none, " : "");
}

static int
read_fail_on(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row, (void)a;
	o->fail_on_none = strcasecmp(value, "none") == 0;
	return o->fail_on_none ? 0 : read_severity(value, true, &o->fail_on, err);
}

static int
read_report_min(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row, (void)a;
	return read_severity(value, false, &o->format.report_min, err);
}

static int
read_platform(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	struct platform platform;

	(void)row;
	o->platform = value;
	return platform_parse(str_of(value), a, &platform, err);
}

static int
read_unknown(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row, (void)a;
	o->unknown_passes = strcmp(value, "pass") == 0;
	if (!o->unknown_passes && strcmp(value, "fail") != 0)
		return err_set(err, ERR_USAGE, "'%s' is neither fail nor pass", value);
	return 0;
}

/* Trivy's words, which are GitLab's, for states of a fix that have another name here. */
static const struct {
	const char *word;
	unsigned states; /* as in options.ignore_states; 0: no finding is ever of it */
} other_statuses[] = {
	{ "affected", 1u << FIX_NONE },
	{ "will_not_fix", 1u << FIX_DECLINED },
	{ "fix_deferred", 1u << FIX_DECLINED },
	{ "end_of_life", 1u << FIX_DECLINED },
	{ "under_investigation", 1u << FIX_UNKNOWN },
	{ "not_affected", 0 },
};

static int
read_ignore_status(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err)
{
	enum fix_state state;

	(void)row, (void)a;
	if (fix_state_parse(str_of(value), &state)) {
		o->ignore_states |= 1u << state;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(other_statuses); i++)
		if (strcmp(value, other_statuses[i].word) == 0) {
			o->ignore_states |= other_statuses[i].states;
			return 0;
		}
	return err_set(err, ERR_USAGE,
	    "'%s' is not fixed, unfixed, wont-fix or unknown, nor a status of Trivy", value);
}

static int
read_gitlab_eol(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row, (void)a;
	o->format.eol_finding = strcasecmp(value, "none") != 0;
	return o->format.eol_finding ? read_severity(value, true, &o->format.eol_severity, err) : 0;
}

/* One more of a list of texts. */
static int
add_text(const char ***list, size_t *n, const char *value, struct arena *a, struct err *err)
{
	if (value[0] == '\0')
		return err_set(err, ERR_USAGE, "the value is empty");
	*list = arena_grow(a, *list, *n, sizeof(**list));
	(*list)[(*n)++] = value;
	return 0;
}

static int
read_allowlist(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row;
	return add_text(&o->allowlists, &o->nallowlists, value, a, err);
}

static int
read_from(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row;
	return add_text(&o->from, &o->nfrom, value, a, err);
}

/* As add_text(), with a NULL behind them. */
static int
add_to_list(const char ***list, size_t *n, const char *value, struct arena *a, struct err *err)
{
	if (add_text(list, n, value, a, err) < 0)
		return -1;
	*list = arena_grow(a, *list, *n, sizeof(**list));
	(*list)[*n] = NULL;
	return 0;
}

static int
read_trust_realm(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err)
{
	(void)row;
	if (trust_realm_check(value, err) < 0)
		return -1;
	return add_to_list(&o->trusted_realms, &o->ntrusted_realms, value, a, err);
}

static int
read_mirror(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row;
	if (mirror_check(value, err) < 0)
		return -1;
	return add_to_list(&o->mirrors, &o->nmirrors, value, a, err);
}

static int
read_timeout(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	uint64_t minutes;

	(void)row, (void)a;
	if (!str_number(str_of(value), 1440, &minutes) || minutes == 0)
		return err_set(
		    err, ERR_USAGE, "'%s' is not a number of minutes from 1 to 1440", value);
	o->timeout = (unsigned)minutes;
	return 0;
}

static int
read_quiet(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	bool quiet = false;

	(void)row, (void)a;
	if (parse_switch(value, &quiet, err) < 0)
		return -1;
	if (quiet)
		o->verbosity = -1;
	else if (o->verbosity < 0)
		o->verbosity = 0;
	return 0;
}

/* The flag has no value and counts; the variable says how often. */
static int
read_verbose(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	uint64_t level;

	(void)row, (void)a;
	if (!str_number(str_of(value), 2, &level))
		return err_set(err, ERR_USAGE, "'%s' is not 0, 1 or 2", value);
	o->verbosity = (int)level;
	return 0;
}

static int
read_sandbox(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	(void)row, (void)a;
	o->sandbox = strcmp(value, "on") == 0;
	if (!o->sandbox && strcmp(value, "off") != 0)
		return err_set(err, ERR_USAGE, "'%s' is neither on nor off", value);
	return 0;
}

static int
read_crash_layer(struct options *o, const struct option_row *row, const char *value,
    struct arena *a, struct err *err)
{
	uint64_t layer;

	(void)row, (void)a;
	if (!str_number(str_of(value), INT_MAX, &layer))
		return err_set(err, ERR_USAGE, "'%s' is not a layer's number", value);
	o->debug_crash_layer = (int)layer;
	return 0;
}

static int
read_retry_ms(struct options *o, const struct option_row *row, const char *value, struct arena *a,
    struct err *err)
{
	uint64_t ms;

	(void)row, (void)a;
	if (!str_number(str_of(value), 60000, &ms))
		return err_set(
		    err, ERR_USAGE, "'%s' is not a number of milliseconds from 0 to 60000", value);
	o->debug_retry_ms = (unsigned)ms;
	return 0;
}

#define FOR_IMAGES  (FOR_SCAN | FOR_CI)
#define FOR_JUDGES  (FOR_IMAGES | FOR_GATE | FOR_CI_GATE)
#define FOR_REPORTS (FOR_JUDGES | FOR_CONVERT)
#define FOR_STORE   (FOR_IMAGES | FOR_DB_BUILD | FOR_DB_STATUS)

/* clang-format off */
const struct option_row option_rows[] = {
	{ "output", 'o', "SCANSTEP_OUTPUT", "FORMAT[=FILE]",
	  "Write a report; repeat it for several, with commas in the variable. Without FILE it "
	  "goes to standard output or to the format's own file; - is standard output.",
	  "table", FOR_REPORTS, true, option_read_output, 0 },
	{ "report-min", 0, "SCANSTEP_REPORT_MIN", "SEVERITY",
	  "Leave findings below SEVERITY out of the reports made for people. Unknown severity is "
	  "always listed, and json holds all.",
	  "negligible", FOR_REPORTS, false, read_report_min, 0 },
	{ "sarif-location", 0, "SCANSTEP_SARIF_LOCATION", "FILE[:LINE]",
	  "Let alerts point to this file of the checkout, a Dockerfile say, and not into the image: "
	  "in sarif, codequality, github and jenkins.",
	  NULL, FOR_REPORTS, false, option_read_location, 0 },
	{ "sarif-suppressed", 0, "SCANSTEP_SARIF_SUPPRESSED", "include|omit",
	  "Whether sarif tells of accepted findings, marked as suppressed. GitHub would raise alerts "
	  "of them all the same.",
	  "omit", FOR_REPORTS, false, option_read_suppressed, 0 },
	{ "default-branch-image", 0, "SCANSTEP_DEFAULT_BRANCH_IMAGE", "IMAGE",
	  "The image's name on the default branch, by which GitLab knows findings of all branches "
	  "as the same.",
	  NULL, FOR_REPORTS, false, read_text, OFFSET(format.default_branch_image) },
	{ "gitlab-eol", 0, "SCANSTEP_GITLAB_EOL", "SEVERITY",
	  "In gitlab, a finding of this severity for a distribution past its end of life; none for no "
	  "such finding.",
	  "none", FOR_REPORTS, false, read_gitlab_eol, 0 },
	{ "output-dir", 0, "SCANSTEP_OUTPUT_DIR", "FOLDER",
	  "Where reports go whose file is named without a folder; it is made.",
	  NULL, FOR_REPORTS, false, read_text, OFFSET(output_dir) },
	{ "fail-on", 0, "SCANSTEP_FAIL_ON", "SEVERITY",
	  "Exit with status 1 when a finding is this severe or worse, or of unknown severity: "
	  "none, negligible, low, medium, high or critical.",
	  "none", FOR_JUDGES, false, read_fail_on, 0 },
	{ "unknown", 0, "SCANSTEP_UNKNOWN", "fail|pass",
	  "Whether findings of unknown severity reach --fail-on.",
	  "fail", FOR_JUDGES, false, read_unknown, 0 },
	{ "only-fixed", 0, "SCANSTEP_ONLY_FIXED", NULL,
	  "Accept the findings that have no fix.",
	  "0", FOR_JUDGES, false, read_switch, OFFSET(only_fixed) },
	{ "ignore-status", 0, "SCANSTEP_IGNORE_STATUS", "STATUS",
	  "Accept the findings whose fix is of this status: fixed, unfixed, wont-fix or unknown, or "
	  "Trivy's word for it; repeat it for several, with commas in the variable.",
	  NULL, FOR_JUDGES, true, read_ignore_status, 0 },
	{ "allowlist", 0, "SCANSTEP_ALLOWLIST", "FILE",
	  "Accept the findings that this file names, an allow-list of ours, of GitLab, clair-scanner or "
	  "Trivy; repeat it for several, with commas in the variable.",
	  NULL, FOR_JUDGES, true, read_allowlist, 0 },
	{ "allow-empty", 0, "SCANSTEP_ALLOW_EMPTY", NULL,
	  "An image in which nothing was recognised is complete, not status 4.",
	  "0", FOR_JUDGES, false, read_switch, OFFSET(allow_empty) },
	{ "allow-incomplete", 0, "SCANSTEP_ALLOW_INCOMPLETE", NULL,
	  "Gaps stay in the report, but do not make the exit status 4.",
	  "0", FOR_JUDGES, false, read_switch, OFFSET(allow_incomplete) },
	{ "platform", 0, "SCANSTEP_PLATFORM", "OS/ARCH[/VARIANT]",
	  "Which image of an index to take (default: this machine's).",
	  NULL, FOR_IMAGES, false, read_platform, 0 },
	{ "image", 0, "SCANSTEP_IMAGE", "NAME",
	  "Which image to take from an archive of several.",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(image) },
	{ "verify-diff-ids", 0, "SCANSTEP_VERIFY_DIFF_IDS", NULL,
	  "Verify the digest of each uncompressed layer too, not only that of its blob.",
	  "0", FOR_IMAGES, false, read_switch, OFFSET(verify_diff_ids) },
	{ "db", 0, "SCANSTEP_DB", "FILE",
	  "The advisory database (default: db/advisories.sqlite in the cache folder; if there is "
	  "none, a scan takes the built-in starter set).",
	  NULL, FOR_STORE, false, read_text, OFFSET(db) },
	{ "db-max-age", 0, "SCANSTEP_DB_MAX_AGE", "DAYS",
	  "Refuse a database that was built longer ago, with status 5.",
	  "5", FOR_IMAGES, false, read_days, 0 },
	{ "offline", 0, "SCANSTEP_OFFLINE", NULL,
	  "Neither fetch nor update the advisory database; images are still pulled.",
	  "0", FOR_IMAGES, false, read_switch, OFFSET(offline) },
	{ "from", 0, "SCANSTEP_FROM", "PATH|URL",
	  "Read this feed (default: what the feeds publish); repeat it for several, with commas in the "
	  "variable.",
	  NULL, FOR_DB_BUILD | FOR_CI, true, read_from, 0 },
	{ "ca-bundle", 0, "SCANSTEP_CA_BUNDLE", "FILE",
	  "Trust these certificates (PEM) besides the system's; the certificates themselves will do.",
	  NULL, FOR_IMAGES | FOR_DB_BUILD, false, read_text, OFFSET(ca_bundle) },
	{ "registry-plain-http", 0, "SCANSTEP_REGISTRY_PLAIN_HTTP", NULL,
	  "Speak to the image's registry without TLS.",
	  "0", FOR_IMAGES, false, read_switch, OFFSET(registry_plain_http) },
	{ "registry-skip-tls-verify", 0, "SCANSTEP_REGISTRY_SKIP_TLS_VERIFY", NULL,
	  "Do not verify the certificate of the image's registry.",
	  "0", FOR_IMAGES, false, read_switch, OFFSET(registry_skip_tls_verify) },
	{ "registry-username", 0, "SCANSTEP_REGISTRY_USERNAME", "NAME",
	  "Who pulls from the image's registry (default: as Docker's and Podman's login files say).",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(login.username) },
	{ "registry-password-file", 0, "SCANSTEP_REGISTRY_PASSWORD_FILE", "FILE",
	  "The password or token that goes with it stands in this file; - is standard input.",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(registry_password_file) },
	{ "registry-client-cert", 0, "SCANSTEP_REGISTRY_CLIENT_CERT", "FILE",
	  "The certificate (PEM) by which the image's registry knows us.",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(client_cert) },
	{ "registry-client-key", 0, "SCANSTEP_REGISTRY_CLIENT_KEY", "FILE",
	  "Its key (PEM), unless that stands in the same file.",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(client_key) },
	{ "trust-realm", 0, "SCANSTEP_TRUST_REALM", "HOST[:PORT]",
	  "A token service that may be given the user name and password though a registry of another "
	  "domain names it; repeat it for several, with commas in the variable.",
	  NULL, FOR_IMAGES, true, read_trust_realm, 0 },
	{ "mirror", 0, "SCANSTEP_MIRROR", "REGISTRY=HOST[:PORT][/PREFIX]",
	  "Ask this registry for images of that one first; repeat it for several, with commas in the "
	  "variable.",
	  NULL, FOR_IMAGES, true, read_mirror, 0 },
	{ "whole-layers", 0, "SCANSTEP_WHOLE_LAYERS", NULL,
	  "Read every layer whole, also one whose table of contents (eStargz, zstd:chunked) would do: "
	  "what the table leaves out is not seen.",
	  "0", FOR_IMAGES, false, read_switch, OFFSET(whole_layers) },
	{ "timeout", 0, "SCANSTEP_TIMEOUT", "MINUTES",
	  "Give up with status 3 when the image is not there after so long.",
	  "15", FOR_IMAGES, false, read_timeout, 0 },
	{ "gate-later", 0, "SCANSTEP_GATE_LATER", NULL,
	  "Exit with 0 in place of 1 and 4: a later \"scanstep ci gate\" judges the stored report (default: "
	  "on GitLab).",
	  "0", FOR_CI, false, read_switch, OFFSET(gate_later) },
	{ "no-cache", 0, "SCANSTEP_NO_CACHE", NULL,
	  "Neither read nor write what is known of layers.",
	  "0", FOR_IMAGES, false, read_switch, OFFSET(no_cache) },
	{ "quiet", 'q', "SCANSTEP_QUIET", NULL,
	  "No warnings on standard error, only errors.",
	  "0", FOR_ALL, false, read_quiet, 0 },
	{ "verbose", 'v', "SCANSTEP_VERBOSE", NULL,
	  "Say what is being done; -vv says how. The variable takes 0, 1 or 2.",
	  NULL, FOR_ALL, false, read_verbose, 0 },
	{ NULL, 0, "SCANSTEP_CACHE_DIR", "FOLDER",
	  "Where layers' inventories and the database are kept (default: scanstep in "
	  "$XDG_CACHE_HOME or in $HOME/.cache).",
	  NULL, FOR_STORE, false, read_text, OFFSET(cache_dir) },
	{ NULL, 0, "SCANSTEP_REGISTRY_PASSWORD", "SECRET",
	  "The password that goes with the user name.",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(login.password) },
	{ NULL, 0, "SCANSTEP_REGISTRY_TOKEN", "SECRET",
	  "A token for the registry itself, in place of user name and password.",
	  NULL, FOR_IMAGES, false, read_text, OFFSET(login.token) },
	{ NULL, 0, "SCANSTEP_SANDBOX", "on|off",
	  "For tests under sanitizers: off runs the analysis of layers without its sandbox.",
	  "on", FOR_IMAGES, false, read_sandbox, 0 },
	{ NULL, 0, "SCANSTEP_DEBUG_CRASH_LAYER", "N",
	  "For tests: the analysis of layer N (the base is 0) crashes.",
	  NULL, FOR_IMAGES, false, read_crash_layer, 0 },
	{ NULL, 0, "SCANSTEP_DEBUG_RETRY_MS", "N",
	  "For tests: how long to wait before a registry is asked again, doubled each time.",
	  "1000", FOR_IMAGES, false, read_retry_ms, 0 },
};
/* clang-format on */
const size_t noption_rows = ARRAY_LEN(option_rows);
_Static_assert(ARRAY_LEN(option_rows) <= OPTION_ROWS_MAX, "make OPTION_ROWS_MAX larger");

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab.c - GitLab CI: its predefined variables, and those of its own container-scanning analyzer
 *
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 * https://docs.gitlab.com/user/application_security/container_scanning/#available-cicd-variables
 * https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
 *
 * GitLab drops the security reports of a job that fails, so a scan ends with 0 whatever it found, and a
 * second job judges the stored report: --gate-later.
 *
 * Left out: CS_ANALYZER_IMAGE, CS_IMAGE_SUFFIX, CS_SCHEMA_MODEL, CS_TRIVY_..., which are about that analyzer's insides.
 */
#include "step/ci/ci.h"

#include <string.h>
#include <strings.h>
#include <time.h>

static bool
is_gitlab(void)
{
	const char *value = env_text("GITLAB_CI");

	return value && strcasecmp(value, "true") == 0;
}

/* Without CS_IMAGE: what Auto DevOps builds, as the analyzer has it. */
static void
find_image(struct ci_plan *p)
{
	const char *repository = env_text("CI_APPLICATION_REPOSITORY");
	const char *tag = env_text("CI_APPLICATION_TAG");
	const char *registry = env_text("CI_REGISTRY_IMAGE");
	const char *slug = env_text("CI_COMMIT_REF_SLUG"), *commit = env_text("CI_COMMIT_SHA");

	if (p->image)
		return;
	if (!repository && registry && slug)
		repository = arena_textf(p->arena, "%s/%s", registry, slug);
	if (repository && (tag || commit))
		ci_take_image(p, arena_textf(p->arena, "%s:%s", repository, tag ? tag : commit),
		    arena_textf(p->arena, "%s, %s",
			env_text("CI_APPLICATION_REPOSITORY")
			    ? "CI_APPLICATION_REPOSITORY"
			    : "CI_REGISTRY_IMAGE, CI_COMMIT_REF_SLUG",
			tag ? "CI_APPLICATION_TAG" : "CI_COMMIT_SHA"));
}

static const char *
find_server(struct ci_plan *p)
{
	const char *host = env_text("CI_SERVER_HOST"), *port = env_text("CI_SERVER_PORT");

	return host && port ? arena_textf(p->arena, "%s:%s", host, port) : host;
}

/* CI_REGISTRY_USER, or without it the user that goes with the job's token. */
static struct ci_credentials
own_credentials(struct ci_plan *p)
{
	struct ci_credentials own = { .site = env_text("CI_REGISTRY"),
		.username = env_text("CI_REGISTRY_USER"),
		.password = env_text("CI_REGISTRY_PASSWORD"),
		.token_host = find_server(p),
		.origin = "CI_REGISTRY_USER, CI_REGISTRY_PASSWORD" };

	if (!own.username && env_text("CI_JOB_TOKEN")) {
		own.username = "gitlab-ci-token";
		own.password = env_text("CI_JOB_TOKEN");
		own.origin = "CI_JOB_TOKEN";
	}
	return own;
}

/*
 * What the job got for a registry goes to that one and to no other: its own, and the proxy through which groups get
 * images of Docker Hub. GitLab itself is their token service.
 */
static void
find_credentials(struct ci_plan *p)
{
	struct ci_credentials own = own_credentials(p);
	struct ci_credentials proxy = { .site = env_text("CI_DEPENDENCY_PROXY_SERVER"),
		.username = env_text("CI_DEPENDENCY_PROXY_USER"),
		.password = env_text("CI_DEPENDENCY_PROXY_PASSWORD"),
		.token_host = find_server(p),
		.origin = "CI_DEPENDENCY_PROXY_USER, CI_DEPENDENCY_PROXY_PASSWORD" };

	if (own.site)
		ci_add_credentials(p, &own);
	if (proxy.site)
		ci_add_credentials(p, &proxy);
}

/* Unknown is the analyzer's word for everything. */
static void
read_threshold(struct ci_plan *p)
{
	static const char variable[] = "CS_SEVERITY_THRESHOLD";
	const char *value = env_text(variable);

	if (value)
		ci_set(p, "report-min", strcasecmp(value, "unknown") == 0 ? "negligible" : value,
		    variable);
}

static void
read_statuses(struct ci_plan *p)
{
	static const char variable[] = "CS_IGNORE_STATUSES";
	struct str rest = str_of(env_text(variable));

	while (rest.len > 0) {
		struct str status = str_trim(str_cut(&rest, ','));

		if (status.len > 0)
			ci_set(p, "ignore-status", arena_text(p->arena, status), variable);
	}
}

static int
read_end_of_life(struct ci_plan *p, struct err *err)
{
	static const char variable[] = "CS_REPORT_OS_EOL_SEVERITY";
	const char *severity = env_text(variable);
	bool wanted;

	if (ci_switch("CS_REPORT_OS_EOL", false, &wanted, err) < 0)
		return -1;
	if (wanted)
		ci_set(p, "gitlab-eol", severity ? severity : "medium",
		    severity ? variable : "CS_REPORT_OS_EOL");
	return 0;
}

static int
read_languages(struct ci_plan *p, struct err *err)
{
	bool disabled;

	if (ci_switch("CS_DISABLE_LANGUAGE_VULNERABILITY_SCAN", true, &disabled, err) < 0)
		return -1;
	if (!disabled)
		ci_remark(p, "CS_DISABLE_LANGUAGE_VULNERABILITY_SCAN is false, but packages of "
			     "programming languages are not read yet");
	return 0;
}

static int
read_switches(struct ci_plan *p, struct err *err)
{
	static const struct {
		const char *variable, *flag;
	} switches[] = {
		{ "CS_DOCKER_INSECURE", "registry-skip-tls-verify" },
		{ "CS_REGISTRY_INSECURE", "registry-plain-http" },
	};
	bool is, unfixed;

	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		if (ci_switch(switches[i].variable, false, &is, err) < 0)
			return -1;
		if (is)
			ci_set(p, switches[i].flag, "1", switches[i].variable);
	}
	/* What may have a fix that nobody has told of stays, there as here. */
	if (ci_switch("CS_IGNORE_UNFIXED", false, &unfixed, err) < 0)
		return -1;
	if (unfixed) {
		ci_set(p, "ignore-status", "unfixed", "CS_IGNORE_UNFIXED");
		ci_set(p, "ignore-status", "wont-fix", "CS_IGNORE_UNFIXED");
	}
	return 0;
}

static int
read_log_level(struct ci_plan *p, struct err *err)
{
	static const char variable[] = "SECURE_LOG_LEVEL";
	static const struct {
		const char *level, *flag, *value;
	} levels[] = {
		{ "fatal", "quiet", "1" },
		{ "error", "quiet", "1" },
		{ "warn", NULL, NULL },
		{ "info", NULL, NULL }, /* its default */
		{ "debug", "verbose", "2" },
	};
	const char *value = env_text(variable);

	for (size_t i = 0; value && i < ARRAY_LEN(levels); i++)
		if (strcasecmp(value, levels[i].level) == 0) {
			if (levels[i].flag)
				ci_set(p, levels[i].flag, levels[i].value, variable);
			return 0;
		}
	if (value)
		return err_set(err, ERR_USAGE, "%s: '%s' is not fatal, error, warn, info or debug",
		    variable, value);
	return 0;
}

/* A variable of the analyzer's that means nothing here, or a misspelt one, must not do so in silence. */
static void
find_strangers(struct ci_plan *p)
{
	static const char *const known[] = { "CS_IMAGE", "CS_REGISTRY_USER", "CS_REGISTRY_PASSWORD",
		"CS_REGISTRY_INSECURE", "CS_DOCKER_INSECURE", "CS_SEVERITY_THRESHOLD",
		"CS_IGNORE_UNFIXED", "CS_IGNORE_STATUSES", "CS_DEFAULT_BRANCH_IMAGE",
		"CS_DOCKERFILE_PATH", "CS_QUIET", "CS_REPORT_OS_EOL", "CS_REPORT_OS_EOL_SEVERITY",
		"CS_DISABLE_LANGUAGE_VULNERABILITY_SCAN" };
	extern char **environ;

	for (char **e = environ; e && *e; e++) {
		struct str rest = str_of(*e), name = str_cut(&rest, '=');
		bool is_known = !str_starts(name, "CS_");

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			is_known = is_known || str_is(name, known[i]);
		if (!is_known)
			ci_remark(p, "%s is set, but means nothing to scanstep",
			    arena_text(p->arena, name));
	}
}

static int
read_gitlab(struct ci_plan *p, struct err *err)
{
	static const struct ci_same same[] = {
		{ "CS_DEFAULT_BRANCH_IMAGE", "default-branch-image" },
		{ "CS_DOCKERFILE_PATH", "sarif-location" },
		{ "TRIVY_PLATFORM", "platform" },
	};

	find_image(p);
	find_credentials(p);
	find_strangers(p);
	ci_set_same(p, same, ARRAY_LEN(same));
	ci_set(p, "gate-later", "1", NULL);
	read_threshold(p);
	read_statuses(p);
	if (read_end_of_life(p, err) < 0 || read_languages(p, err) < 0 ||
	    read_switches(p, err) < 0 || read_log_level(p, err) < 0)
		return -1;
	return ci_switch("CS_QUIET", false, &p->no_table, err);
}

static void
begin_section(FILE *out, const char *name, const char *title, bool folded)
{
	fprintf(out, "\033[0Ksection_start:%lld:scanstep_%s%s\r\033[0K%s\n", (long long)time(NULL),
	    name, folded ? "[collapsed=true]" : "", title);
}

static void
end_section(FILE *out, const char *name)
{
	fprintf(out, "\033[0Ksection_end:%lld:scanstep_%s\r\033[0K\n", (long long)time(NULL), name);
}

static const struct ci_log gitlab_log = { begin_section, end_section };

static const char *const gitlab_outputs[] = {
	"table",
	"gitlab",
	"cyclonedx",
	"junit",
	"codequality",
	"dotenv",
	"html",
	"json=scanstep.json",
	NULL,
};

const struct ci_system ci_gitlab = {
	.name = "gitlab",
	.title = "GitLab CI",
	.is_here = is_gitlab,
	.outputs = gitlab_outputs,
	.stored = "scanstep.json",
	.checkout = "CI_PROJECT_DIR",
	.read = read_gitlab,
	.log = &gitlab_log,
};

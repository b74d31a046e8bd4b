/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clairinabox.c - the variables and files of ClairInABox, for those who only change the container's name
 *
 * https://github.com/iteratec/ClairInABox
 *
 *      IMAGE_TO_SCAN                switches this on; whatever scan takes
 *      IMAGE_TO_SCAN_REPO_URL       whose user name and password the next two are
 *      IMAGE_TO_SCAN_REPO_USERNAME, IMAGE_TO_SCAN_REPO_PASSWORD
 *      THRESHOLD                    Defcon1, Critical, High, Medium, Low, Negligible, Unknown
 *      WHITELIST                    the text of a clair-scanner whitelist
 *      PROJECT_NAME                 named its containers; there are none here
 *
 * Its reports lie in /result (here: or where SCANSTEP_RESULT_DIR says), those for people and machines also
 * in target/clair-result below the current folder, where that can be written.
 *
 * A threshold includes its own severity. Unknown stands below Negligible there: any other threshold lets
 * findings of unknown severity pass, which scanstep elsewhere never does.
 */
#include "step/ci/ci.h"

#include <string.h>
#include <strings.h>

#define RESULT_FOLDER "/result"
#define COPIES_FOLDER "target/clair-result"

static bool
is_clairinabox(void)
{
	return env_text("IMAGE_TO_SCAN") != NULL;
}

/* "https://registry.example.com/v2/" is registry.example.com, and Docker Hub has many names. */
static const char *
site_of(struct arena *a, const char *url)
{
	static const char *const schemes[] = { "https://", "http://" };
	struct str rest = str_of(url), site;

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (str_starts(rest, schemes[i]))
			rest = str_skip(rest, strlen(schemes[i]));
	site = str_cut(&rest, '/');
	return str_is(site, "index.docker.io") ? "docker.io" : arena_text(a, site);
}

static void
find_credentials(struct ci_plan *p)
{
	const char *url = env_text("IMAGE_TO_SCAN_REPO_URL");
	struct ci_credentials own = { .site = url ? site_of(p->arena, url) : NULL,
		.username = env_text("IMAGE_TO_SCAN_REPO_USERNAME"),
		.password = env_text("IMAGE_TO_SCAN_REPO_PASSWORD"),
		.origin = "IMAGE_TO_SCAN_REPO_USERNAME, IMAGE_TO_SCAN_REPO_PASSWORD" };

	ci_add_credentials(p, &own);
}

static int
read_threshold(struct ci_plan *p, struct err *err)
{
	static const char variable[] = "THRESHOLD";
	static const struct {
		const char *name, *fail_on, *unknown;
	} thresholds[] = {
		{ "Defcon1", "none", "pass" },
		{ "Critical", "critical", "pass" },
		{ "High", "high", "pass" },
		{ "Medium", "medium", "pass" },
		{ "Low", "low", "pass" },
		{ "Negligible", "negligible", "pass" },
		{ "Unknown", "negligible", "fail" },
	};
	const char *value = env_text(variable);

	const char *origin = value ? variable : "THRESHOLD is not set";

	value = value ? value : "Unknown";
	for (size_t i = 0; i < ARRAY_LEN(thresholds); i++) {
		if (strcasecmp(value, thresholds[i].name) != 0)
			continue;
		ci_set(p, "fail-on", thresholds[i].fail_on, origin);
		ci_set(p, "unknown", thresholds[i].unknown, origin);
		if (i == 0)
			ci_remark(p,
			    "THRESHOLD is Defcon1, a severity that no advisory has here: no "
			    "finding fails");
		else if (strcmp(value, thresholds[i].name) != 0)
			ci_remark(p, "THRESHOLD '%s' is taken as %s, which ClairInABox did not",
			    value, thresholds[i].name);
		return 0;
	}
	return err_set(err, ERR_USAGE,
	    "%s: '%s' is not Defcon1, Critical, High, Medium, Low, Negligible or Unknown", variable,
	    value);
}

/* Its folder may lie elsewhere: nobody but root makes /result. */
static void
place_reports(struct ci_plan *p)
{
	const char *folder = env_text("SCANSTEP_RESULT_DIR");
	size_t kept = 0;

	folder = folder ? folder : RESULT_FOLDER;
	p->folders[0] = (struct ci_folder){ folder, false };
	p->folders[1] = (struct ci_folder){ COPIES_FOLDER, true };
	p->nfolders = 2;
	for (size_t i = 0; i < p->nsettings; i++) {
		struct str file = str_of(p->settings[i].value), format = str_cut(&file, '=');

		/* Results that lie where the copies would need none. */
		if (str_starts(file, COPIES_FOLDER "/") && strcmp(folder, COPIES_FOLDER) == 0)
			continue;
		p->settings[kept] = p->settings[i];
		if (str_starts(file, RESULT_FOLDER "/"))
			p->settings[kept].value = arena_textf(p->arena, "%.*s=%s%s",
			    (int)format.len, format.ptr, folder, file.ptr + strlen(RESULT_FOLDER));
		kept++;
	}
	p->nsettings = kept;
}

static int
read_clairinabox(struct ci_plan *p, struct err *err)
{
	const char *image = env_text("IMAGE_TO_SCAN");

	if (p->image && strcmp(p->image, image) != 0)
		ci_remark(p, "IMAGE_TO_SCAN is scanned, and CS_IMAGE is not");
	ci_take_image(p, image, "IMAGE_TO_SCAN");
	find_credentials(p);
	if (p->reports)
		place_reports(p);
	p->whitelist = env_text("WHITELIST");
	if (p->whitelist && !strchr(p->whitelist, '\n') &&
	    (str_ends(str_of(p->whitelist), ".yml") || str_ends(str_of(p->whitelist), ".yaml")))
		return err_set(err, ERR_USAGE,
		    "WHITELIST: it holds the text of a whitelist, and '%s' is a file's name",
		    p->whitelist);
	p->whitelist_origin = "WHITELIST";
	return read_threshold(p, err);
}

static const char *const clairinabox_outputs[] = {
	"table",
	"clair=" RESULT_FOLDER "/clair-report.json",
	"html=" RESULT_FOLDER "/clair-report.html",
	"table=" RESULT_FOLDER "/clair-log.log",
	"clair=" COPIES_FOLDER "/clair-report.json",
	"html=" COPIES_FOLDER "/clair-report.html",
	NULL,
};

const struct ci_system ci_clairinabox = {
	.name = "clairinabox",
	.title = "ClairInABox's variables",
	.is_here = is_clairinabox,
	.outputs = clairinabox_outputs,
	.read = read_clairinabox,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.c - TABLE of commands
 */
#include "step/commands.h"

const struct command commands[] = {
	{ .name = "scan",
	    .bit = FOR_SCAN,
	    .operands = "IMAGE",
	    .summary = "find the vulnerable packages of a container image, and judge it",
	    .details =
		"IMAGE is a docker-save archive, an OCI layout (folder or tar), "
		"rootfs:FOLDER or rootfs:FILE for a root file system, - for an archive on standard "
		"input, docker:NAME or podman:NAME for an image of that engine, or a reference to a "
		"registry. What a file is, its content decides; a prefix (below) forces it. "
		"\"scanstep IMAGE\" is short for \"scanstep scan IMAGE\". Who pulls from a registry "
		"is looked for in the settings below, in DOCKER_AUTH_CONFIG (the text of a config.json), "
		"and in the files of docker login, podman login and skopeo login, credential helpers "
		"included (REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, HOME). The way there is "
		"that of https_proxy, http_proxy, all_proxy and no_proxy; certificates are those of the "
		"system (SSL_CERT_FILE, SSL_CERT_DIR), of --ca-bundle and of certs.d/HOST. Engines are "
		"found by DOCKER_HOST (with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH) and CONTAINER_HOST.",
	    .min = 1,
	    .max = 1,
	    .run = cmd_scan },
	/* Before ci, which would take it for an image. */
	{ .name = "ci gate",
	    .bit = FOR_CI_GATE,
	    .operands = "[REPORT]",
	    .summary = "judge the report that ci stored, in a later job",
	    .details =
		"REPORT is scanstep.json, unless another is named. The policy is that of "
		"\"scanstep ci\" in the same environment: its settings, and the allow-lists of "
		"the checkout.",
	    .min = 0,
	    .max = 1,
	    .run = cmd_ci_gate,
	    .refused = ci_refused },
	{ .name = "ci",
	    .bit = FOR_CI,
	    .operands = "[IMAGE]",
	    .summary =
		"scan as the CI system at hand wants it: GitLab, GitHub, Jenkins, ClairInABox",
	    .details =
		"Takes image, credentials, settings and the reports to write from the CI system's "
		"environment, allow-lists from the checkout, and brings the advisory database up to "
		"date. Flags and variables of scanstep win. Where no CI system is known, reports are "
		"those of scan. IMAGE_TO_SCAN in the environment switches the variables and files of "
		"ClairInABox on. In a later job, \"scanstep ci gate\" judges what was stored.",
	    .min = 0,
	    .max = 1,
	    .run = cmd_ci,
	    .refused = ci_refused },
	{ .name = "gate",
	    .bit = FOR_GATE,
	    .operands = "REPORT",
	    .summary = "judge a stored json report again, without the image",
	    .details = "REPORT is a file that \"scan -o json=FILE\" wrote, or - for standard "
		       "input. The exit status is 0, 1 or 4, as that of a scan would be.",
	    .min = 1,
	    .max = 1,
	    .run = cmd_gate },
	{ .name = "convert",
	    .bit = FOR_CONVERT,
	    .operands = "REPORT",
	    .summary = "render a stored json report in other formats",
	    .details = "REPORT is a file that \"scan -o json=FILE\" wrote, or - for standard "
		       "input. Its verdict stays what it was; the exit status is 0 when all "
		       "is written.",
	    .min = 1,
	    .max = 1,
	    .run = cmd_convert },
	{ .name = "formats",
	    .bit = FOR_FORMATS,
	    .operands = "",
	    .summary = "list the report formats",
	    .details =
		"Shows each format's name, where it goes without =FILE, what it is for, and the "
		"address of its definition.",
	    .min = 0,
	    .max = 0,
	    .run = cmd_formats },
	{ .name = "db build",
	    .bit = FOR_DB_BUILD,
	    .operands = "[PATH|URL]...",
	    .summary = "make an advisory database from published feeds",
	    .details =
		"Each PATH or URL is a feed's file, an archive of them or a folder; what it is, "
		"its content decides, and what no feed knows is skipped and counted. Without any, "
		"the documents that the feeds publish (below) are read. What comes from the web is "
		"kept in feeds/ in the cache folder, and transferred again only when it has changed. "
		"The database is written to --db, or to where a scan looks for it.",
	    .min = 0,
	    .max = SIZE_MAX,
	    .run = cmd_db_build },
	{ .name = "db status",
	    .bit = FOR_DB_STATUS,
	    .operands = "",
	    .summary = "say what the advisory database holds and how old it is",
	    .details = "Shows the database that a scan with the same settings would use.",
	    .min = 0,
	    .max = 0,
	    .run = cmd_db_status },
	{ .name = "compare",
	    .bit = FOR_COMPARE,
	    .operands = "SCHEME",
	    .summary = "compare pairs of versions",
	    .details = "Reads lines of two versions with a tab between them from standard input "
		       "and answers each with <, =, > or invalid.",
	    .min = 1,
	    .max = 1,
	    .run = cmd_compare },
};
const size_t ncommands = ARRAY_LEN(commands);

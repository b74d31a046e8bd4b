/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - every setting after flags, environment and defaults are merged
 */
#ifndef STEP_OPTIONS_H
#define STEP_OPTIONS_H

#include "formatters/formatter.h"
#include "step/base/base.h"
#include "step/image/image.h"
#include "step/model/model.h"

struct ci_log;
struct ci_plan;
struct ci_setting;
struct command;

/* One -o. */
struct output {
	const struct formatter *formatter;
	/* Where it goes, the format's default file included; NULL: standard output. */
	const char *file;
	/* Where the file goes that belongs beside it; NULL: none does. */
	const char *companion_file;
	const char *log_title; /* in a log that folds it is a section of this title; or NULL */
};

/*
 * All settings. What the command takes no flag for holds its default.
 * Text points into the arena, argv or the environment.
 */
struct options {
	/* The image. */
	const char *platform;  /* "os/arch[/variant]", or NULL: this machine's */
	const char *image;     /* which image of several in one archive, or NULL */
	bool verify_diff_ids;  /* verify the digest of every uncompressed layer too */
	bool no_cache;         /* inventories are neither read nor written */
	const char *cache_dir; /* or NULL: there is nowhere to keep anything */
	/* Certificates trusted besides the system's: a PEM file's path or its text; or NULL. */
	const char *ca_bundle;
	bool registry_plain_http;             /* the registry is spoken to without TLS */
	bool registry_skip_tls_verify;        /* its certificate is not verified */
	const char *client_cert, *client_key; /* PEM files by which it knows us, or NULL */
	const char **trusted_realms;          /* as in struct image_request */
	size_t ntrusted_realms;
	const char **mirrors;
	size_t nmirrors;
	bool whole_layers; /* none is read in part */
	unsigned timeout;  /* minutes to get the image in */

	/* The advisory database. */
	const char *db;         /* as named by the user, or NULL */
	const char *default_db; /* used if it exists and db is NULL; NULL without cache_dir */
	bool offline;           /* neither fetch nor update it */
	unsigned db_max_age;    /* days */
	const char **from;      /* files, folders and URLs to build one from; operands included */
	size_t nfrom;

	/* Policy. */
	enum severity fail_on; /* meaningless with fail_on_none */
	bool fail_on_none;
	bool unknown_passes;    /* unknown severity does not reach fail_on */
	bool only_fixed;        /* findings without a fix are accepted */
	unsigned ignore_states; /* findings of these are accepted: 1u << enum fix_state each */
	const char **allowlists;
	size_t nallowlists;
	const char **left_out; /* allow-lists of a checkout that are not taken: reports say so */
	size_t nleft_out;
	bool allow_empty;
	bool allow_incomplete;

	/*
	 * Reports. One goes to standard output, or several that share a log, and no two to the same
	 * file. What the terminal decides of format is not set yet.
	 */
	struct output *outputs;
	size_t noutputs;
	struct format_opts format;
	const char *output_dir; /* of outputs whose file has no folder; or NULL: the current one */
	bool gate_later;        /* ci: findings and gaps do not fail this job, a later one judges */
	int verbosity;          /* -1 quiet, 0, 1 (-v), 2 (-vv) */

	/*
	 * Secrets. These point into the environment block. Copies, some of them in encoded form, are
	 * in the memory of this process alone: the one that starts the sandboxes is begun before
	 * there are any, and wipes its own block.
	 */
	struct login login; /* for the image's registry */
	const char
	    *registry_password_file; /* its password stands there; "-": standard input; or NULL */
	const struct login *site_logins; /* of the CI system, each for its site */
	size_t nsite_logins;

	/* For tests. */
	bool sandbox;            /* false: SCANSTEP_SANDBOX=off */
	int debug_crash_layer;   /* the child of this layer (0 is the base) crashes; -1: none */
	unsigned debug_retry_ms; /* struct image_request.retry_ms */

	/* What is left of the command line: the image, the report, the scheme. */
	const char *const *operands;
	size_t noperands;

	/*
	 * Of the ci commands: what the CI system says, and every setting that is none by default; the
	 * value is NULL where it may be a secret.
	 */
	const struct ci_plan *ci; /* or NULL */
	const struct ci_setting *settings;
	size_t nsettings;
	bool refresh_db;              /* bring default_db up to date first */
	const struct ci_log *log;     /* how the log folds; or NULL */
	const char *whitelist;        /* the text of a clair-scanner whitelist, or NULL ... */
	const char *whitelist_origin; /* ... and what it is called in messages */

	/* Sentences about the environment that a person should read: main.c says them. */
	const char **warnings;
	size_t nwarnings;
};

/* Commands, as bits of option_row.commands. */
enum command_bit {
	FOR_SCAN = 1 << 0,
	FOR_GATE = 1 << 1,
	FOR_CONVERT = 1 << 2,
	FOR_DB_BUILD = 1 << 3,
	FOR_DB_STATUS = 1 << 4,
	FOR_COMPARE = 1 << 5,
	FOR_FORMATS = 1 << 6,
	FOR_CI = 1 << 7,
	FOR_CI_GATE = 1 << 8,
	FOR_ALL = (1 << 9) - 1,
};

/* A setting: what a person may write, and how it is read. */
struct option_row {
	const char *flag;     /* long, without dashes; NULL: environment only */
	char letter;          /* short, or 0 */
	const char *variable; /* environment, or NULL */
	const char *metavar;  /* its value in help; NULL: a switch, 1 or 0 in the environment */
	const char *help;     /* one or two sentences */
	const char *fallback; /* the default as it would be written, or NULL: none */
	unsigned commands;    /* bits of the commands that take it */

	bool list; /* each value adds to those before it; the variable has commas between them */

	/* Reads one value into o; err says what is wrong with it, without naming the setting. */
	int (*read)(struct options *o, const struct option_row *row, const char *value,
	    struct arena *a, struct err *err);
	size_t offset; /* of the field in struct options, for the readers that several rows share */
};

/* All settings, in the order --help lists them. */
extern const struct option_row option_rows[];
extern const size_t noption_rows;
#define OPTION_ROWS_MAX 64

/* What the command line asked for. */
enum request {
	REQUEST_RUN = 0,
	REQUEST_HELP,
	REQUEST_VERSION,
};

/*
 * Merge flags (argv[1] on), environment and defaults for one command. Flags beat the environment, which
 * beats what a CI system says, which beats defaults; a list given by flags replaces the
 * environment's whole list. An empty variable is an unset one. Errors are ERR_USAGE, name flag or
 * variable, and point to help. With REQUEST_HELP or REQUEST_VERSION ret is not to be used.
 */
int options_parse(const struct command *command, int argc, char **argv, struct arena *a,
    struct options *ret, enum request *ret_request, struct err *err) MUST_CHECK;

#endif

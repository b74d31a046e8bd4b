/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ci.h - the CI systems that scanstep knows, and what each makes of its environment
 *
 * Each is a row of systems.c and a file of its own. It reads variables and decides nothing
 * else: what it finds becomes settings, which scanstep's own variables and flags override.
 */
#ifndef STEP_CI_CI_H
#define STEP_CI_CI_H

#include "step/model/model.h"

#include <stdio.h>

/* A setting that the CI system makes, as if it were written on the command line. */
struct ci_setting {
	const char *flag;   /* of a row of option_rows, "fail-on" */
	const char *value;  /* as the row reads it */
	const char *origin; /* the variable it comes from, for messages; NULL: the system's own */
};

/* Who may pull, and where from. */
struct ci_credentials {
	const char *
	    site; /* for this host[:port] alone, as reference.h has it; NULL: the image's, whichever */
	const char *username, *password;
	const char *token_host; /* that they may be shown to besides the site's own; or NULL */
	const char *origin;     /* the variables' names, for the log: never their values */
};

/* A folder that reports go to. */
struct ci_folder {
	const char *path;
	bool optional; /* where it cannot be made, what goes there is left out */
};

/* What a CI system says. Text points into the environment or the arena. */
struct ci_plan {
	struct arena *arena;
	const struct ci_system *system;
	const char *image;        /* or NULL: it says nothing of an image */
	const char *image_origin; /* which variables said so */
	const char *checkout;     /* the folder whose allow-lists count */
	struct ci_setting *settings;
	size_t nsettings;
	struct ci_credentials *credentials;
	size_t ncredentials;
	bool reports;  /* it scans, and the system's reports are wanted */
	bool no_table; /* nor a table in the log */
	struct ci_folder folders[2];
	size_t nfolders;
	const char *whitelist;        /* the text of a clair-scanner whitelist, or NULL ... */
	const char *whitelist_origin; /* ... and the variable that has it */
	const char **remarks; /* sentences on what is understood in another way than there */
	size_t nremarks;
};

/* A report that was written. */
struct ci_file {
	const char *format;
	const char *path;
};

/* How a run ended. */
struct ci_result {
	const struct report *report; /* NULL: there is none */
	int exit_status;             /* the verdict's, or the error's */
	const char *error;           /* what went wrong, without a report */
	const struct ci_file *files;
	size_t nfiles;
};

/* Sections of a job's log that fold. */
struct ci_log {
	/* name: letters, digits and _; title: our own words. At least begin and end of one go to one stream. */
	void (*begin)(FILE *out, const char *name, const char *title, bool folded);
	void (*end)(FILE *out, const char *name);
};

struct ci_system {
	const char *name;  /* "gitlab" */
	const char *title; /* "GitLab CI" */
	bool (*is_here)(void);
	const char *const *outputs; /* reports that it reads, as -o takes them; ends with NULL */
	const char *stored;         /* the json that ci gate reads; NULL: it must be named */
	const char
	    *checkout; /* the variable that names the checkout, or NULL: the current folder */
	/* Its variables into the plan. ERR_USAGE naming the variable. NULL: none. */
	int (*read)(struct ci_plan *p, struct err *err) MUST_CHECK;
	const struct ci_log *log; /* or NULL: it folds nothing */
	/* Tell it how the run ended. ERR_OUTPUT. NULL: the exit status says it. */
	int (*deliver)(struct arena *a, const struct ci_result *result, struct err *err) MUST_CHECK;
};

/* In the order they are tried; the last one is always here. */
extern const struct ci_system *const ci_systems[];
extern const size_t nci_systems;
extern const struct ci_system ci_clairinabox, ci_gitlab, ci_github, ci_jenkins, ci_elsewhere;

/* The first that is here. */
const struct ci_system *ci_system_here(void);
/* What the environment says; with reports: which ones are to be written, too. */
int ci_plan_make(
    bool reports, struct arena *a, const struct ci_plan **ret, struct err *err) MUST_CHECK;

/* ---- For the files of the systems ---- */

/* 1, true, yes, on or y; 0, false, no, off or n; in any case. Unset is the fallback, else ERR_USAGE. */
int ci_switch(const char *name, bool fallback, bool *ret, struct err *err) MUST_CHECK;
void ci_set(struct ci_plan *p, const char *flag, const char *value, const char *origin);
void ci_take_image(struct ci_plan *p, const char *image, const char *origin);
/* Nothing if username is NULL; a missing password is empty. */
void ci_add_credentials(struct ci_plan *p, const struct ci_credentials *c);
void ci_remark(struct ci_plan *p, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* A variable whose value becomes a setting as it is. */
struct ci_same {
	const char *variable, *flag;
};
void ci_set_same(struct ci_plan *p, const struct ci_same *list, size_t n);

/* What every system takes from variables of GitLab's analyzer: CS_IMAGE, who pulls it, and TLS certificates. */
void ci_read_common(struct ci_plan *p);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ci_run.c - image, credentials, allow-lists and folders of a run in a pipeline
 */
#include "step/ci_run.h"

#include "step/base/io.h"
#include "step/image/image.h"
#include "step/image/reference.h"
#include "step/outputs.h"
#include "step/policy/policy.h"
#include "step/registry_login.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_current_folder(const char *path)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(".", &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Is the image a folder, rootfs:/ say, that the checkout lies in? */
static bool
is_in_image(const struct options *o, const char *checkout)
{
	const char *image = strchr(o->operands[0], ':');
	char folder[PATH_MAX], inner[PATH_MAX];
	size_t len;

	image = image ? image + 1 : o->operands[0];
	if (!realpath(image, folder) || !realpath(checkout, inner))
		return false;
	len = strlen(folder);
	return strncmp(folder, inner, len) == 0 &&
	       (inner[len] == '\0' || inner[len] == '/' || folder[len - 1] == '/');
}

/* Those of the checkout, unless somebody named others: never of the image. */
void
ci_find_allowlists(struct ci_run *run)
{
	struct options *o = &run->options;
	const char *folder = run->plan->checkout;

	o->whitelist = run->plan->whitelist;
	o->whitelist_origin = run->plan->whitelist_origin;
	if (o->nallowlists > 0)
		return;
	if (is_in_image(o, folder)) {
		say(SAY_WARNING, "no allow-list is taken from '%s': it is part of the image",
		    folder);
		return;
	}
	folder = is_current_folder(folder) ? "." : folder;
	allowlist_find(folder, run->arena, &o->allowlists, &o->nallowlists);
	allowlist_find_links(folder, run->arena, &o->left_out, &o->nleft_out);
}

/*
 * A merge request may bring a file that is called as the image of a registry: "registry.example.com/app:1".
 * Whoever means the file can say so.
 */
static int
check_ambiguous(const char *image, struct err *err)
{
	AUTO_ARENA a = arena_new();
	struct reference reference;
	struct err not_one;
	struct stat st;
	size_t first = strcspn(image, "/");
	bool has_host = image[first] == '/' && memchr(image, '.', first);

	if (strchr("./", image[0]) || stat(image, &st) < 0 ||
	    reference_parse(str_of(image), a, &reference, &not_one) < 0)
		return 0;
	if (!has_host && !strpbrk(image, ":@"))
		return 0;
	return err_set(err, ERR_USAGE,
	    "'%s' is a file here and could be a registry's image: write ./%s or registry:%s", image,
	    image, image);
}

int
ci_find_image(struct ci_run *run, struct err *err)
{
	const char **operand = arena_alloc(run->arena, sizeof(*operand));
	struct image_request request = { .name = NULL };

	if (run->options.noperands > 0 && strcmp(run->options.operands[0], "gate") == 0)
		return err_set(err, ERR_USAGE,
		    "gate stands right behind ci: \"scanstep ci gate [OPTION]...\"; an image of that "
		    "name is docker.io/library/gate");
	if (run->options.noperands == 0) {
		if (!run->plan->image)
			return err_set(err, ERR_USAGE,
			    "which image? Name it behind \"scanstep ci\", or set CS_IMAGE");
		*operand = run->plan->image;
		run->options.operands = operand;
		run->options.noperands = 1;
	}
	/* Before it is shown to anybody: it may hold a password. */
	request.reference = run->options.operands[0];
	return image_check(&request, err) < 0 ? -1 : check_ambiguous(request.reference, err);
}

static struct login
login_of(const struct ci_credentials *c)
{
	return (struct login){ .site = c->site,
		.username = c->username,
		.password = c->password,
		.token_host = c->token_host,
		.origin = c->origin };
}

/*
 * scanstep's own variables come first; then those of the CI system that are meant for the image; then Docker's and
 * Podman's files; then the CI system's for one host, which step/image/credentials.c gives to no other.
 */
void
ci_find_credentials(struct ci_run *run)
{
	struct options *o = &run->options;
	struct login *sites = arena_alloc(run->arena, run->plan->ncredentials * sizeof(*sites));
	bool is_named = registry_login_origin(o) != NULL;

	for (size_t i = 0; i < run->plan->ncredentials; i++) {
		const struct ci_credentials *c = &run->plan->credentials[i];

		if (c->site) {
			sites[o->nsite_logins++] = login_of(c);
		} else if (!is_named) {
			o->login = login_of(c);
			is_named = true;
		}
	}
	o->site_logins = sites;
}

/* Reports below this folder are not written. */
static void
leave_out(struct options *o, const char *folder)
{
	size_t len = strlen(folder), kept = 0;

	for (size_t i = 0; i < o->noutputs; i++) {
		const char *file = o->outputs[i].file;

		if (!file || strncmp(file, folder, len) != 0 || file[len] != '/')
			o->outputs[kept++] = o->outputs[i];
	}
	o->noutputs = kept;
}

int
ci_make_folders(struct ci_run *run, struct err *err)
{
	for (size_t i = 0; i < run->plan->nfolders; i++) {
		const struct ci_folder *f = &run->plan->folders[i];

		if (outputs_make_folder(f->path, err) == 0)
			continue;
		if (!f->optional)
			return -1;
		say(SAY_WARNING, "%s: what goes there is left out", err->text);
		leave_out(&run->options, f->path);
	}
	return 0;
}

/*
 * The CI system's reports that are not written, because they go elsewhere: a file of that name, of the checkout's
 * say, would be taken for one.
 */
void
ci_remove_others(struct ci_run *run)
{
	const struct options *o = &run->options;

	for (const char *const *out = run->plan->system->outputs; *out; out++) {
		struct str file = str_of(*out), name = str_cut(&file, '=');
		const char *path = file.len > 0 ? file.ptr : formatter_find(name)->file;
		bool is_written = false;
		struct stat st;

		for (size_t i = 0; i < o->noutputs; i++)
			is_written = is_written || text_compare(o->outputs[i].file, path) == 0;
		if (path && !is_written && path[0] != '/' && lstat(path, &st) == 0 &&
		    !S_ISDIR(st.st_mode) && unlink(path) == 0)
			say(SAY_WARNING, "'%s' is not this scan's, and was removed", path);
	}
}

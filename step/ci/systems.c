/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systems.c - TABLE of CI systems, and what their files share
 *
 * ClairInABox comes first: it ran within every other one, and IMAGE_TO_SCAN is its own.
 */
#include "formatters/formatter.h"
#include "step/ci/ci.h"

#include <string.h>
#include <strings.h>

const struct ci_system *const ci_systems[] = {
	&ci_clairinabox,
	&ci_gitlab,
	&ci_github,
	&ci_jenkins,
	&ci_elsewhere,
};
const size_t nci_systems = ARRAY_LEN(ci_systems);

int
ci_switch(const char *name, bool fallback, bool *ret, struct err *err)
{
	static const char *const words[2][5] = { { "0", "false", "no", "off", "n" },
		{ "1", "true", "yes", "on", "y" } };
	const char *value = env_text(name);

	*ret = fallback;
	if (!value)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(words[0]); i++)
		for (int is = 0; is < 2; is++)
			if (strcasecmp(value, words[is][i]) == 0) {
				*ret = is == 1;
				return 0;
			}
	return err_set(err, ERR_USAGE, "%s: '%s' is neither true nor false", name, value);
}

void
ci_set(struct ci_plan *p, const char *flag, const char *value, const char *origin)
{
	p->settings = arena_grow(p->arena, p->settings, p->nsettings, sizeof(*p->settings));
	p->settings[p->nsettings++] = (struct ci_setting){ flag, value, origin };
}

void
ci_set_same(struct ci_plan *p, const struct ci_same *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *value = env_text(list[i].variable);

		if (value)
			ci_set(p, list[i].flag, value, list[i].variable);
	}
}

void
ci_take_image(struct ci_plan *p, const char *image, const char *origin)
{
	p->image = image;
	p->image_origin = origin;
}

void
ci_add_credentials(struct ci_plan *p, const struct ci_credentials *c)
{
	if (!c->username)
		return;
	p->credentials =
	    arena_grow(p->arena, p->credentials, p->ncredentials, sizeof(*p->credentials));
	p->credentials[p->ncredentials++] = *c;
}

void
ci_remark(struct ci_plan *p, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	p->remarks = arena_grow(p->arena, p->remarks, p->nremarks, sizeof(*p->remarks));
	p->remarks[p->nremarks++] = arena_textv(p->arena, fmt, args);
	va_end(args);
}

/* archive://FILE is how GitLab's analyzer is told of a file. */
void
ci_read_common(struct ci_plan *p)
{
	static const char archive[] = "archive://";
	static const struct ci_same same[] = { { "ADDITIONAL_CA_CERT_BUNDLE", "ca-bundle" } };
	const char *image = env_text("CS_IMAGE");
	const struct ci_credentials named = { .username = env_text("CS_REGISTRY_USER"),
		.password = env_text("CS_REGISTRY_PASSWORD"),
		.origin = "CS_REGISTRY_USER, CS_REGISTRY_PASSWORD" };

	if (image && str_starts(str_of(image), archive)) {
		image += strlen(archive);
		/* A file, whatever else it could be taken for. */
		if (*image != '/' && *image != '.')
			image = arena_textf(p->arena, "./%s", image);
	}
	if (image)
		ci_take_image(p, image, "CS_IMAGE");
	ci_add_credentials(p, &named);
	ci_set_same(p, same, ARRAY_LEN(same));
}

const struct ci_system *
ci_system_here(void)
{
	size_t i = 0;

	while (!ci_systems[i]->is_here())
		i++;
	return ci_systems[i];
}

/* What a gate writes, too. */
static bool
goes_to_log(const char *output)
{
	const struct formatter *f = formatter_find(str_of(output));

	return f && !f->file;
}

int
ci_plan_make(bool reports, struct arena *a, const struct ci_plan **ret, struct err *err)
{
	struct ci_plan *p = arena_alloc(a, sizeof(*p));

	p->arena = a;
	p->system = ci_system_here();
	p->reports = reports;
	p->checkout = p->system->checkout ? env_text(p->system->checkout) : NULL;
	if (!p->checkout)
		p->checkout = ".";
	for (const char *const *out = p->system->outputs; *out; out++)
		if (reports || goes_to_log(*out))
			ci_set(p, "output", *out, NULL);
	ci_read_common(p);
	if (p->system->read && p->system->read(p, err) < 0)
		return -1;
	*ret = p;
	return 0;
}

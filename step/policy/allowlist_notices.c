/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allowlist_notices.c - what a report says about allow-lists: expired, unused, understood otherwise
 *
 * Where a list is another program's and that one would have decided otherwise, the report says so: who moves
 * to us, or runs both, must not have to find it out.
 */
#include "step/policy/allowlist.h"

#include <string.h>

#define KIND_EXPIRED "allowlist-expired"
#define KIND_UNUSED  "allowlist-unused"
#define KIND_NOTE    "allowlist-note"

void
allowlist_drop_notices(struct report_draft *d)
{
	report_draft_drop_notices(d, KIND_EXPIRED);
	report_draft_drop_notices(d, KIND_UNUSED);
	report_draft_drop_notices(d, KIND_NOTE);
}

/* Would the list's own program have taken the key for this image? */
static bool
peer_agrees(const struct allow_key *key, enum allow_form form, const struct image *image)
{
	struct str rest = str_of(image->reference);

	if (key->format == &allowlist_clair)
		return str_is(str_cut(&rest, ':'), key->name);
	return form == FORM_DIGEST || (form == FORM_NAME && !strchr(image->reference, '@'));
}

static void
say_key(struct report_draft *d, const struct allow_key *key)
{
	static const char *const forms[] = { [FORM_NAME] = "its reference without tag and digest",
		[FORM_DIGEST] = "its reference without the digest's digits",
		[FORM_FULL] = "its whole reference",
		[FORM_NORMAL] = "its name in full" };
	const struct image *image = &d->report.image;
	enum allow_form form = allow_form_of(key, image);

	if (form == FORM_NONE) {
		report_draft_notice(d, KIND_UNUSED,
		    "'%s' among the images of the allow-list %s names another image: what it lists "
		    "(%zu) covers nothing here",
		    key->name, key->path, key->nentries);
		return;
	}
	if (form == FORM_COLON)
		report_draft_notice(d, KIND_NOTE,
		    "'%s' among the images of the allow-list %s fits this image because it stands "
		    "before the first colon of '%s', as %s has it: it covers every image of that "
		    "host; for this one alone write its name",
		    key->name, key->path, image->reference, key->format->peer);
	else if (!peer_agrees(key, form, image))
		report_draft_notice(d, KIND_NOTE,
		    "'%s' among the images of the allow-list %s fits this image as %s; %s would not "
		    "take it for '%s'",
		    key->name, key->path, forms[form], key->format->peer, image->reference);
}

/* ", package zlib" for what the entry is bound to, else nothing. */
static const char *
bound_to(struct arena *a, const char *what, const char *value)
{
	return value ? arena_textf(a, ", %s %s", what, value) : "";
}

static void
say_entry(struct report_draft *d, const struct allow_entry *e, const char *kind, const char *what)
{
	struct arena *a = d->arena;

	report_draft_notice(d, kind, "entry %zu of the allow-list %s (%s%s%s%s%s) %s", e->number,
	    e->path, e->id, bound_to(a, "package", e->package),
	    bound_to(a, "image", e->key ? e->key->name : e->image),
	    bound_to(a, "path", e->paths ? e->paths[0] : NULL),
	    bound_to(a, "purl", e->purls ? e->purls[0] : NULL), what);
}

void
allowlist_say(struct report_draft *d, const struct allowlist *list, int64_t now,
    const struct allow_scope *scope)
{
	const char *unused =
	    d->ngaps > 0 ? "covers no finding in what could be looked at" : "covers no finding";

	for (size_t i = 0; i < list->nnotes; i++)
		report_draft_notice(d, KIND_NOTE, "%s", list->notes[i]);
	for (size_t i = 0; i < list->nkeys; i++)
		say_key(d, list->keys[i]);
	for (size_t i = 0; i < list->nentries; i++) {
		const struct allow_entry *e = &list->entries[i];

		/* Of another image's entries say_key() has told. */
		if (e->key && allow_form_of(e->key, &d->report.image) == FORM_NONE)
			continue;
		if (e->end <= now)
			say_entry(d, e, KIND_EXPIRED,
			    arena_textf(d->arena, "expired on %s and covers nothing", e->expires));
		else if (!allow_scope_used(scope, e))
			say_entry(d, e, KIND_UNUSED, unused);
	}
}

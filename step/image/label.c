/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label.c - the names that archives give their images: comparing and shortening them
 *
 *      alpine:3.20                      RepoTags of docker save
 *      docker.io/library/alpine:3.20    org.opencontainers.image.ref.name, the long form
 *      3.20                             the same as skopeo and umoci write it: a tag alone
 *
 * These are labels, never looked up anywhere, so they are compared and cut, not validated:
 * that is done by reference.c for what goes to a registry. What is typed may end in
 * "@sha256:...": a condition, which an image of another digest, or of none that is known, does not
 * meet.
 */
#include "step/image/label.h"

#include <string.h>

static bool
same(struct str a, struct str b)
{
	return str_compare(a, b) == 0;
}

/* The place of the tag's colon, or s.len: the last one behind the last slash. */
static size_t
tag_at(struct str s)
{
	for (size_t i = s.len; i > 0 && s.ptr[i - 1] != '/'; i--)
		if (s.ptr[i - 1] == ':')
			return i - 1;
	return s.len;
}

static struct str
without_digest(struct str s)
{
	return str_cut(&s, '@');
}

/* What stands behind the @; "" where nothing does. */
static struct str
digest_behind(struct str s)
{
	str_cut(&s, '@');
	return s;
}

/* The repository as short as it is still the same one. */
static struct str
short_repository(struct str s)
{
	static const char *const hosts[] = { "docker.io/", "index.docker.io/" };

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (str_starts(s, hosts[i])) {
			s = str_skip(s, strlen(hosts[i]));
			break;
		}
	return str_starts(s, "library/") ? str_skip(s, strlen("library/")) : s;
}

bool
label_chosen(struct str label, struct str digest, struct str typed)
{
	struct str wanted = digest_behind(typed);

	if (without_digest(typed).len < typed.len &&
	    (wanted.len == 0 || (!same(wanted, digest) && !same(wanted, digest_behind(label)))))
		return false;
	return label_matches(label, typed);
}

bool
label_matches(struct str label, struct str typed)
{
	struct str l = without_digest(label), t = without_digest(typed);
	size_t lt = tag_at(l), tt = tag_at(t);
	struct str ltag = lt < l.len ? str_skip(l, lt + 1) : STR("latest");

	if (same(label, typed))
		return true;
	if (!same(short_repository((struct str){ l.ptr, lt }),
		short_repository((struct str){ t.ptr, tt })))
		return false;
	return tt == t.len || same(ltag, str_skip(t, tt + 1));
}

struct str
label_repository(struct str label)
{
	struct str s = without_digest(label);
	size_t at = tag_at(s);
	bool has_slash = s.len && memchr(s.ptr, '/', s.len);

	if (at == s.len && !has_slash && s.len == label.len)
		return STR("");
	return (struct str){ s.ptr, at };
}

struct str
label_tag(struct str label)
{
	struct str s = without_digest(label);
	size_t at = tag_at(s);

	if (at < s.len)
		return str_skip(s, at + 1);
	return label_repository(label).len ? STR("") : s;
}

struct str
label_of_path(struct str path)
{
	static const char *const extensions[] = { ".gz", ".tgz", ".zst", ".zstd", ".tzst", ".tar",
		".oci", ".docker" };
	struct str s = path;
	bool cut = true;

	while (s.len && s.ptr[s.len - 1] == '/')
		s.len--;
	for (size_t i = s.len; i > 0; i--)
		if (s.ptr[i - 1] == '/') {
			s = str_skip(s, i);
			break;
		}
	while (cut) {
		cut = false;
		for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
			if (s.len > strlen(extensions[i]) && str_ends(s, extensions[i])) {
				s.len -= strlen(extensions[i]);
				cut = true;
			}
	}
	return s;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document.c - what index, manifest and config have in common, and the config itself
 *
 *      { "architecture": "amd64", "os": "linux",
 *        "rootfs": { "type": "layers", "diff_ids": [ "sha256:..." ] },
 *        "history": [ { "created_by": "COPY app /", "empty_layer": true } ] }
 *
 * Spec: https://github.com/opencontainers/image-spec/blob/main/config.md and descriptor.md
 *
 * A document is refused, not guessed at: one digest must not mean two images to two tools.
 * So no member that we read may be there twice or in another spelling, in the sense of
 * Go's reader: without regard to case, where U+017F is an s and U+212A a k.
 *
 * Left out: sha512 digests; a config's environment, user and labels.
 */
#include "step/image/document.h"
#include "step/base/doc.h"

#include <inttypes.h>
#include <string.h>

static int32_t
folded(const char **text)
{
	int32_t c = utf8_next(text);

	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 'a';
	if (c == 0x17f)
		return 's';
	return c == 0x212a ? 'k' : c;
}

/* Equal to a reader that ignores case. */
static bool
same_folded(const char *a, const char *b)
{
	int32_t ca, cb;

	do {
		ca = folded(&a);
		cb = folded(&b);
	} while (ca == cb && ca != 0);
	return ca == cb;
}

int
document_check_name(const char *key, const char *const *names, const char *what, struct err *err)
{
	for (const char *const *n = names; *n; n++)
		if (strcmp(key, *n) != 0 && same_folded(key, *n))
			return err_set(err, ERR_IMAGE,
			    "%s has a member '%.100s' that other tools read as '%s'", what, key,
			    *n);
	return 0;
}

int
document_check_names(
    const struct doc *map, const char *const *names, const char *what, struct err *err)
{
	for (void *i = doc_first(map); i; i = doc_next(map, i))
		if (document_check_name(doc_key(i), names, what, err) < 0)
			return -1;
	return 0;
}

int
document_parse(struct str bytes, const char *what, struct doc **ret, struct err *err)
{
	if (bytes.len > LIMIT_DOCUMENT)
		return err_set(err, ERR_IMAGE, "%s is larger than %" PRIu64 " MiB", what,
		    LIMIT_DOCUMENT / MIB);
	if (doc_parse_json(bytes, ERR_IMAGE, ret, err) < 0)
		return err_wrap(err, "%s", what);
	return 0;
}

char *
digest_of(struct str bytes, struct arena *a)
{
	char hex[SHA256_HEX];

	sha256_of(bytes, hex);
	return arena_textf(a, "sha256:%s", hex);
}

const char *
digest_in_name(const char *name, struct arena *a)
{
	const char *slash = strrchr(name, '/'), *digest;
	struct str s = str_of(slash ? slash + 1 : name);

	if (str_ends(s, ".json"))
		s.len -= strlen(".json");
	else if (str_ends(s, ".tar"))
		s.len -= strlen(".tar");
	if (str_starts(s, "sha256:"))
		s = str_skip(s, strlen("sha256:"));
	if (s.len != SHA256_HEX - 1)
		return NULL;
	digest = arena_textf(a, "sha256:%.*s", (int)s.len, s.ptr);
	return digest_valid(str_of(digest)) ? digest : NULL;
}

int
descriptor_verify(const struct descriptor *d, struct str bytes, struct err *err)
{
	char hex[SHA256_HEX];

	if (bytes.len != d->size)
		return err_set(err, ERR_IMAGE, "%s should be %" PRIu64 " bytes long and is %s%zu",
		    d->digest, d->size, bytes.len > d->size ? "at least " : "", bytes.len);
	sha256_of(bytes, hex);
	if (strcmp(d->digest + strlen("sha256:"), hex) != 0)
		return err_set(
		    err, ERR_IMAGE, "%s does not verify: the bytes are sha256:%s", d->digest, hex);
	return 0;
}

/* rootfs.diff_ids into ret. */
static int
diff_ids_read(const struct doc *root, struct arena *a, struct image_config *ret, struct err *err)
{
	static const char *const names[] = { "type", "diff_ids", NULL };
	const struct doc *rootfs = doc_get(root, "rootfs");
	const struct doc *list = doc_get(rootfs, "diff_ids");
	const char *type = doc_get_text(rootfs, "type");
	const char **ids;

	if (doc_kind(rootfs) != DOC_MAP)
		return err_set(err, ERR_IMAGE, "has no rootfs: it is not an image's");
	if (document_check_names(rootfs, names, "rootfs", err) < 0)
		return -1;
	if (type && strcmp(type, "layers") != 0)
		return err_set(err, ERR_IMAGE, "rootfs is of type '%.100s', not layers", type);
	if (doc_kind(list) != DOC_LIST && doc_kind(list) != DOC_NULL)
		return err_set(err, ERR_IMAGE, "rootfs.diff_ids is not a list");
	if (doc_len(list) > LIMIT_LAYERS)
		return err_set(err, ERR_IMAGE, "names %zu layers, more than the limit of %d",
		    doc_len(list), LIMIT_LAYERS);
	ids = arena_alloc(a, (doc_len(list) + 1) * sizeof(*ids));
	for (size_t i = 0; i < doc_len(list); i++) {
		const char *id = doc_text(doc_at(list, i));

		if (!id || !digest_valid(str_of(id)))
			return err_set(err, ERR_IMAGE,
			    "rootfs.diff_ids[%zu] is not a sha256 digest: '%.100s'", i,
			    id ? id : "");
		ids[i] = arena_text(a, str_of(id));
	}
	ret->diff_ids = ids;
	ret->nlayers = doc_len(list);
	return 0;
}

/* Build steps, where history tells exactly one for each layer: else they cannot be told apart. */
static void
commands_read(const struct doc *root, struct arena *a, struct image_config *ret)
{
	const struct doc *history = doc_get(root, "history");
	const char **commands = arena_alloc(a, (ret->nlayers + 1) * sizeof(*commands));
	size_t n = 0;

	ret->commands = commands;
	for (size_t i = 0; i < doc_len(history); i++)
		n += !doc_bool(doc_get(doc_at(history, i), "empty_layer"), false);
	if (n != ret->nlayers)
		return;
	n = 0;
	for (size_t i = 0; i < doc_len(history); i++) {
		const struct doc *step = doc_at(history, i);
		const char *by = doc_get_text(step, "created_by");

		if (doc_bool(doc_get(step, "empty_layer"), false))
			continue;
		commands[n++] = by && *by ? arena_text(a, str_of(by)) : NULL;
	}
}

int
image_config_read(struct str bytes, struct arena *a, struct image_config *ret, struct err *err)
{
	static const char *const names[] = { "os", "architecture", "variant", "rootfs", "history",
		NULL };
	AUTO_DOC root = NULL;
	struct platform p;

	*ret = (struct image_config){ 0 };
	if (document_parse(bytes, "config", &root, err) < 0)
		return -1;
	if (doc_kind(root) != DOC_MAP)
		return err_set(err, ERR_IMAGE, "config is not a JSON object");
	if (document_check_names(root, names, "config", err) < 0)
		return -1;
	if (diff_ids_read(root, a, ret, err) < 0)
		return err_wrap(err, "config");
	commands_read(root, a, ret);
	if (platform_of(doc_get_text(root, "os"), doc_get_text(root, "architecture"),
		doc_get_text(root, "variant"), a, &p))
		ret->platform = arena_copy(a, &p, sizeof(p));
	return 0;
}

int
image_config_check(
    const struct image_config *c, const char *platform, struct arena *a, struct err *err)
{
	struct platform want;

	if (!platform)
		return 0;
	if (platform_parse(str_of(platform), a, &want, err) < 0)
		return -1;
	if (c->platform && platform_rank(&want, c->platform) < 0)
		return err_set(err, ERR_IMAGE, "the image is for %.100s, not for %.100s",
		    platform_text(c->platform, a), platform_text(&want, a));
	return 0;
}

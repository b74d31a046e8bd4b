/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.c - one index or manifest document, checked
 *
 *      index     { "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
 *                  "manifests": [ { "mediaType": "...", "digest": "sha256:...", "size": 527,
 *                      "platform": { "os": "linux", "architecture": "arm", "variant": "v7" } } ] }
 *      manifest  { "schemaVersion": 2, "config": { descriptor }, "layers": [ { descriptor } ] }
 *
 * Spec: https://github.com/opencontainers/image-spec/blob/main/image-index.md and manifest.md;
 *       https://distribution.github.io/distribution/spec/manifest-v2-2/
 *
 * Attestations (unknown/unknown) and entries of types that are no manifests are passed over. An
 * annotation alone hides nothing: what runs images goes by the platform. A manifest that is no
 * image's is told by its config's, its layers' or its own type.
 *
 * Left out: schema 1; a descriptor's "urls" (never contacted); sha512.
 */
#include "step/base/base64.h"
#include "step/base/doc.h"
#include "step/image/document.h"
#include "step/image/toc.h"

#include <inttypes.h>
#include <string.h>

#define SCHEMA1_TEXT "is of Docker schema 1, which is not supported; push the image again"

static const struct {
	const char *media_type;
	enum document_kind kind;
} media_types[] = {
	{ "application/vnd.oci.image.index.v1+json", DOCUMENT_INDEX },
	{ "application/vnd.docker.distribution.manifest.list.v2+json", DOCUMENT_INDEX },
	{ "application/vnd.oci.image.manifest.v1+json", DOCUMENT_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v2+json", DOCUMENT_MANIFEST },
	{ "application/vnd.docker.distribution.manifest.v1+json", DOCUMENT_SCHEMA1 },
	{ "application/vnd.docker.distribution.manifest.v1+prettyjws", DOCUMENT_SCHEMA1 },
};

static enum document_kind
kind_of(const char *media_type)
{
	if (!media_type)
		return DOCUMENT_UNSAID;
	for (size_t i = 0; i < ARRAY_LEN(media_types); i++)
		if (strcmp(media_types[i].media_type, media_type) == 0)
			return media_types[i].kind;
	return DOCUMENT_OTHER;
}

/* The bytes themselves, where the descriptor holds them: they are verified as if they had been fetched. */
static int
data_read(const struct doc *d, const char *where, struct arena *a, struct descriptor *ret,
    struct err *err)
{
	const struct doc *data = doc_get(d, "data");
	const char *text = doc_text(data);

	if (!data || doc_kind(data) == DOC_NULL)
		return 0;
	if (!text || !base64_decode(str_of(text), a, &ret->data))
		return err_set(err, ERR_IMAGE, "%s.data is not base64", where);
	ret->has_data = true;
	return descriptor_verify(ret, ret->data, err) < 0 ? err_wrap(err, "%s.data", where) : 0;
}

static const char *const descriptor_names[] = { "mediaType", "digest", "size", "platform",
	"annotations", "data", "urls", NULL };

/* A descriptor's fields; max bounds its size. where names it in errors. */
static int
descriptor_read(const struct doc *d, const char *where, uint64_t max, struct arena *a,
    struct descriptor *ret, struct err *err)
{
	const char *type = doc_get_text(d, "mediaType");
	const char *digest = doc_get_text(d, "digest");
	int64_t size = doc_integer(doc_get(d, "size"), -1);

	*ret = (struct descriptor){ .size = 0 };
	if (doc_kind(d) != DOC_MAP)
		return err_set(err, ERR_IMAGE, "%s is not a descriptor", where);
	if (document_check_names(d, descriptor_names, where, err) < 0)
		return -1;
	if (!digest || !digest_valid(str_of(digest)))
		return err_set(err, ERR_IMAGE, "%s.digest is not a sha256 digest: '%.100s'", where,
		    digest ? digest : "");
	if (size < 0)
		return err_set(err, ERR_IMAGE, "%s.size is not a size", where);
	if ((uint64_t)size > max)
		return err_set(err, ERR_IMAGE,
		    "%s.size is %" PRId64 ", more than the limit of %" PRIu64, where, size, max);
	ret->media_type = type ? arena_text(a, str_of(type)) : NULL;
	ret->digest = arena_text(a, str_of(digest));
	ret->size = (uint64_t)size;
	return data_read(d, where, a, ret, err);
}

/* ---- Which kind of document ---- */

/* type/subtype: words of a server's that are anything else are not ours to say. */
static bool
is_media_type(const char *type)
{
	struct str s = str_of(type);
	size_t slashes = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool plain =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (c == '/' && i > 0 && i + 1 < s.len)
			slashes++;
		else if (!plain && (c == '\0' || !strchr("!#$&-^_.+", c)))
			return false;
	}
	return slashes == 1 && s.len <= 100;
}

int
artifact_refuse(const char *what, const char *type, struct err *err)
{
	if (!is_media_type(type))
		return err_set(err, ERR_IMAGE, "is an artifact, not an image");
	return err_set(err, ERR_IMAGE, "is an artifact, not an image (%s %s)", what, type);
}

/* The document's own word and the carrier's (or NULL) agree, and it is one of ours. */
static int
check_types(const char *own, const char *carrier, struct err *err)
{
	enum document_kind kind = kind_of(own ? own : carrier);

	if (own && carrier && strcmp(own, carrier) != 0 && kind_of(carrier) != DOCUMENT_OTHER)
		return err_set(err, ERR_IMAGE, "is of media type %.100s, but was said to be %.100s",
		    is_media_type(own) ? own : "that is none", carrier);
	if (kind == DOCUMENT_SCHEMA1)
		return err_set(err, ERR_IMAGE, SCHEMA1_TEXT);
	if (own && kind == DOCUMENT_OTHER)
		return artifact_refuse("media type", own, err);
	return 0;
}

/* What its members make it; DOCUMENT_UNSAID: two things at once. */
static enum document_kind
kind_by_members(const struct doc *root)
{
	bool has_manifests = doc_get(root, "manifests") != NULL;
	bool has_layers = doc_get(root, "layers") || doc_get(root, "config");

	if (has_manifests && has_layers)
		return DOCUMENT_UNSAID;
	if (doc_get(root, "fsLayers") || doc_integer(doc_get(root, "schemaVersion"), 2) == 1)
		return DOCUMENT_SCHEMA1;
	if (has_manifests)
		return DOCUMENT_INDEX;
	return has_layers ? DOCUMENT_MANIFEST : DOCUMENT_OTHER;
}

int
document_kind(const struct doc *root, const char *carrier, enum document_kind *ret, struct err *err)
{
	static const char *const names[] = { "schemaVersion", "mediaType", "manifests", "layers",
		"config", "artifactType", "fsLayers", NULL };
	const char *own = doc_get_text(root, "mediaType");
	enum document_kind said = kind_of(own ? own : carrier), is = kind_by_members(root);

	if (doc_kind(root) != DOC_MAP)
		return err_set(err, ERR_IMAGE, "is not a JSON object");
	if (document_check_names(root, names, "it", err) < 0 || check_types(own, carrier, err) < 0)
		return -1;
	if (is == DOCUMENT_UNSAID)
		return err_set(err, ERR_IMAGE, "is an index and a manifest at once");
	if (is == DOCUMENT_SCHEMA1)
		return err_set(err, ERR_IMAGE, SCHEMA1_TEXT);
	if (is == DOCUMENT_OTHER ||
	    ((said == DOCUMENT_INDEX || said == DOCUMENT_MANIFEST) && said != is))
		return err_set(err, ERR_IMAGE, "is neither an index nor a manifest");
	*ret = is;
	return 0;
}

/* ---- Manifests ---- */

static bool
is_image_config(const char *type)
{
	return !type || strcmp(type, "application/vnd.oci.image.config.v1+json") == 0 ||
	       strcmp(type, "application/vnd.docker.container.image.v1+json") == 0;
}

/* By its beginning: compressions come and go, and the bytes say which it is. */
static bool
is_image_layer(const char *type)
{
	struct str s = str_of(type);

	return !type || str_starts(s, "application/vnd.oci.image.layer.") ||
	       str_starts(s, "application/vnd.docker.image.rootfs.");
}

/* What a manifest holds that is no image, or NULL. */
const char *
manifest_artifact(const struct doc *root)
{
	const struct doc *layers = doc_get(root, "layers");
	const char *type = doc_get_text(root, "artifactType");

	if (type && *type)
		return type;
	type = doc_get_text(doc_get(root, "config"), "mediaType");
	if (!is_image_config(type))
		return type;
	for (size_t i = 0; i < doc_len(layers); i++) {
		type = doc_get_text(doc_at(layers, i), "mediaType");
		if (!is_image_layer(type))
			return type;
	}
	return NULL;
}

/* ---- Tables of contents ---- */

/* "OFFSET:LENGTH:LENGTH-OF-THE-JSON:1": where the table lies in its layer. */
static bool
read_position(struct str s, struct image_layer *l)
{
	uint64_t json, type;

	return str_number(str_cut(&s, ':'), l->size, &l->toc_offset) &&
	       str_number(str_cut(&s, ':'), LIMIT_TOC, &l->toc_size) &&
	       str_number(str_cut(&s, ':'), LIMIT_TOC, &json) && str_number(s, 1, &type) &&
	       type == 1 && l->toc_offset > 0 && l->toc_size > 0 &&
	       l->toc_size <= l->size - l->toc_offset;
}

/* By which table of contents the layer can be read in part, if the annotations name one; malformed ones name none. */
static void
toc_named(const struct doc *notes, struct arena *a, struct image_layer *l)
{
	/* By which containers/storage calls them now, and by which it did. */
	static const char *const zstd[][2] = {
		{ "io.github.containers.zstd-chunked.manifest-checksum",
		    "io.github.containers.zstd-chunked.manifest-position" },
		{ "io.containers.zstd-chunked.manifest-checksum",
		    "io.containers.zstd-chunked.manifest-position" },
	};
	const char *digest = NULL;

	for (size_t i = 0; i < ARRAY_LEN(zstd) && !digest; i++) {
		digest = doc_get_text(notes, zstd[i][0]);
		if (digest && read_position(str_of(doc_get_text(notes, zstd[i][1])), l))
			l->toc_format = TOC_ZSTD_CHUNKED;
	}
	if (!digest) {
		digest = doc_get_text(notes, "containerd.io/snapshot/stargz/toc.digest");
		l->toc_format = TOC_ESTARGZ;
	}
	if (digest && l->toc_format && digest_valid(str_of(digest)))
		l->toc_digest = arena_text(a, str_of(digest));
	else
		l->toc_format = NULL;
}

/* A layer that its maker did not want registries to have: its manifest says where it is instead. */
static bool
is_foreign(const struct doc *layer)
{
	const char *type = doc_get_text(layer, "mediaType");

	return doc_len(doc_get(layer, "urls")) > 0 ||
	       (type && (strstr(type, ".nondistributable.") || strstr(type, ".foreign.")));
}

int
manifest_read(const struct doc *root, struct arena *a, struct manifest *ret, struct err *err)
{
	const struct doc *list = doc_get(root, "layers");
	size_t n = doc_len(list);

	if (descriptor_read(
		doc_get(root, "config"), "config", LIMIT_DOCUMENT, a, &ret->config, err) < 0)
		return -1;
	if (doc_kind(list) != DOC_LIST && doc_kind(list) != DOC_NULL)
		return err_set(err, ERR_IMAGE, "layers is not a list");
	if (n > LIMIT_LAYERS)
		return err_set(
		    err, ERR_IMAGE, "names %zu layers, more than the limit of %d", n, LIMIT_LAYERS);
	ret->layers = arena_alloc(a, (n + 1) * sizeof(*ret->layers));
	ret->nlayers = n;
	for (size_t i = 0; i < n; i++) {
		struct descriptor d;
		char where[32];

		snprintf(where, sizeof(where), "layers[%zu]", i);
		if (descriptor_read(doc_at(list, i), where, LIMIT_BLOB, a, &d, err) < 0)
			return -1;
		if (d.media_type && str_ends(str_of(d.media_type), "+encrypted"))
			return err_set(err, ERR_IMAGE, "%s is encrypted", where);
		ret->layers[i].digest = ret->layers[i].blob_digest = d.digest;
		ret->layers[i].size = d.size;
		ret->layers[i].foreign = is_foreign(doc_at(list, i));
		toc_named(doc_get(doc_at(list, i), "annotations"), a, &ret->layers[i]);
	}
	return 0;
}

static bool
is_unknown(const char *part)
{
	return part && strcmp(part, "unknown") == 0;
}

static int
entry_read(const struct doc *d, size_t i, struct arena *a, struct index_entry *ret, struct err *err)
{
	const struct doc *p = doc_get(d, "platform"), *notes = doc_get(d, "annotations");
	static const char *const names[] = { "os", "architecture", "variant", NULL };
	const char *name = doc_get_text(notes, "org.opencontainers.image.ref.name");
	const char *full = doc_get_text(notes, "io.containerd.image.name");
	const char *os = doc_get_text(p, "os"), *arch = doc_get_text(p, "architecture");
	char where[32];

	snprintf(where, sizeof(where), "manifests[%zu]", i);
	*ret = (struct index_entry){ 0 };
	ret->full_name = full ? arena_text(a, str_of(full)) : NULL;
	ret->ref_name = name ? arena_text(a, str_of(name)) : ret->full_name;
	if (document_check_names(d, descriptor_names, where, err) < 0 ||
	    document_check_names(p, names, "platform", err) < 0)
		return -1;
	if (doc_kind(d) == DOC_MAP && kind_of(doc_get_text(d, "mediaType")) == DOCUMENT_OTHER) {
		ret->none = "is of a type that is no image's";
		return 0;
	}
	if (descriptor_read(d, where, LIMIT_DOCUMENT, a, &ret->d, err) < 0)
		return -1;
	if (is_unknown(os) && is_unknown(arch))
		ret->none = "is an attestation";
	else
		ret->has_platform =
		    platform_of(os, arch, doc_get_text(p, "variant"), a, &ret->platform);
	return 0;
}

int
index_read_all(const struct doc *root, struct arena *a, struct index_entry **ret, size_t *ret_count,
    struct err *err)
{
	const struct doc *list = doc_get(root, "manifests");
	size_t n = doc_len(list);

	if (doc_kind(list) != DOC_LIST)
		return err_set(err, ERR_IMAGE, "manifests is not a list");
	if (n > LIMIT_INDEX)
		return err_set(err, ERR_IMAGE, "names %zu manifests, more than the limit of %d", n,
		    LIMIT_INDEX);
	*ret = arena_alloc(a, (n + 1) * sizeof(**ret));
	for (size_t i = 0; i < n; i++)
		if (entry_read(doc_at(list, i), i, a, *ret + i, err) < 0)
			return -1;
	*ret_count = n;
	return 0;
}

int
index_read(const struct doc *root, struct arena *a, struct index_entry **ret, size_t *ret_count,
    struct err *err)
{
	size_t all = 0, n = 0;

	if (index_read_all(root, a, ret, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all; i++)
		if (!(*ret)[i].none)
			(*ret)[n++] = (*ret)[i];
	if (n == 0)
		return err_set(err, ERR_IMAGE,
		    "holds no image (%zu entries that are attestations or other artifacts)", all);
	*ret_count = n;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.c - the layers of an engine's image, out of the archive that it makes of it
 *
 *      GET /v1.47/images/sha256:.../get
 *
 *      Docker since 25   blobs/sha256/HEX     HEX is the layer's diff_id
 *      Podman            HEX.tar              the same; ID/layer.tar are links to them
 *      Docker before     ID/layer.tar         ID says nothing of the bytes
 *      Docker with the images of containerd
 *                        blobs/sha256/HEX     mostly compressed, HEX is the digest of that
 *
 * Of the first two the layers are handed over while they arrive, and nothing is written anywhere: the
 * name says which layer it is, and whoever reads it finds out whether it is. Of the others only
 * manifest.json tells, mostly the last member. As soon as a member shows that, all of the archive goes into
 * a nameless file in TMPDIR, and is read as an archive of docker save is (src_docker.c). So it does where the
 * stream ended and a layer is missing. What is compressed there is handed over decoded, as its diff_id is
 * what was announced.
 *
 * The config has the image's id for its digest; that it is so, and that it names the layers the engine
 * named, is verified both ways. With the images of containerd the id is another document's: which config
 * is the image's only manifest.json tells, so all of that goes by way of the file, compressed or not.
 */
#include "step/image/export.h"

#include "step/image/manifest.h"
#include "step/image/sources.h"
#include "step/image/tarfile.h"
#include "step/image/tarstream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 600000 /* an engine writes all layers to its disk first */

struct export
{
	const struct engine *engine;
	const char *id;
	bool id_is_config;
	const struct image_layer *layers;
	size_t nlayers;

	/* Of one time through it. */
	struct arena *arena;
	struct tarstream *tar;        /* while it streams */
	struct opened_image *spooled; /* or all of it in a file */
	bool *came;                   /* by layer */
	bool saw_id;                  /* the document with that digest came */
};

/* What a member of the archive is. */
enum member {
	MEMBER_OTHER = 0,
	MEMBER_ID,      /* the document with the image's id */
	MEMBER_LAYER,   /* one that is wanted */
	MEMBER_UNKNOWN, /* a layer, and its name does not tell which */
	MEMBER_ERROR = -1,
};

struct export *
export_new(const struct engine *engine, const char *id, bool id_is_config,
    const struct image_layer *layers, size_t nlayers)
{
	struct export *x = xalloc(sizeof(*x));

	*x = (struct export){ .engine = engine,
		.id = id,
		.id_is_config = id_is_config,
		.layers = layers,
		.nlayers = nlayers,
		.arena = arena_new(),
		.came = xalloc((nlayers + 1) * sizeof(*x->came)) };
	return x;
}

static void
forget(struct export *x)
{
	tarstream_free(x->tar);
	x->tar = NULL;
	image_close(x->spooled);
	x->spooled = NULL;
	x->saw_id = false;
	memset(x->came, 0, x->nlayers * sizeof(*x->came));
	arena_reset(x->arena);
}

void
export_free(struct export *x)
{
	forget(x);
	arena_free(x->arena);
	free(x->came);
	free(x);
}

/* The archive from its first byte on. */
static int
ask(struct export *x, struct stream **ret, struct err *err)
{
	const char *path = arena_textf(x->arena, "images/%s/get", x->id);
	struct http_response response;

	if (engine_get(x->engine, path, PATIENCE_MS, x->arena, &response, err) < 0)
		return -1;
	if (response.status != 200) {
		engine_refused(x->engine, &response, "the request for the image's layers", err);
		stream_close(response.body);
		return -1;
	}
	*ret = stream_with_limit(response.body, LIMIT_IMAGE, ERR_IMAGE, "the archive");
	return 0;
}

static int
wrap(const struct export *x, struct err *err)
{
	return err_wrap(err, "what %s exports", x->engine->kind->name);
}

/* ---- As it streams ---- */

static bool
wants_more(const struct export *x, const bool *wanted)
{
	for (size_t i = 0; i < x->nlayers; i++)
		if (wanted[i] && !x->came[i])
			return true;
	return false;
}

/* The layer that is wanted and has this digest. */
static bool
find_layer(const struct export *x, const char *digest, const bool *wanted, size_t *ret)
{
	for (*ret = 0; *ret < x->nlayers; ++*ret)
		if (wanted[*ret] && !x->came[*ret] && strcmp(x->layers[*ret].diff_id, digest) == 0)
			return true;
	return false;
}

static enum member
member_of(struct export *x, const struct tar_entry *m, const bool *wanted, size_t *ret_layer,
    struct err *err)
{
	const char *digest = digest_in_name(m->name, x->arena);
	struct str head;

	if (m->kind != TAR_FILE)
		return MEMBER_OTHER;
	if (str_ends(str_of(m->name), "/layer.tar"))
		return MEMBER_UNKNOWN;
	if (!digest)
		return MEMBER_OTHER;
	if (x->id_is_config && strcmp(digest, x->id) == 0)
		return MEMBER_ID;
	if (!x->id_is_config)
		return MEMBER_UNKNOWN;
	if (find_layer(x, digest, wanted, ret_layer))
		return MEMBER_LAYER;
	if (tarstream_peek(x->tar, ENCODING_HEAD, &head, err) < 0)
		return MEMBER_ERROR;
	return encoding_of(head) == ENCODING_NONE ? MEMBER_OTHER : MEMBER_UNKNOWN;
}

/* Are the layers those that the engine named? */
static int
check_layers(const struct export *x, const char *const *diff_ids, size_t n, struct err *err)
{
	bool same = n == x->nlayers;

	for (size_t i = 0; same && i < n; i++)
		same = strcmp(diff_ids[i], x->layers[i].diff_id) == 0;
	return same ? 0
		    : err_set(err, ERR_IMAGE,
			  "its config names other layers than the engine said the image has");
}

/* The document whose digest is the image's id. */
static int
check_document(struct export *x, struct str bytes, struct err *err)
{
	const struct descriptor d = { .digest = x->id, .size = bytes.len };
	struct image_config config;

	if (descriptor_verify(&d, bytes, err) < 0)
		return err_wrap(err, "the image's config");
	x->saw_id = true;
	if (!x->id_is_config)
		return 0;
	return image_config_read(bytes, x->arena, &config, err) < 0
		   ? -1
		   : check_layers(x, config.diff_ids, config.nlayers, err);
}

static int
take_document(struct export *x, struct err *err)
{
	AUTO_STREAM s = tarstream_open(x->tar);
	struct str bytes;

	if (stream_whole(s, LIMIT_DOCUMENT, ERR_IMAGE, x->arena, &bytes, err) < 0)
		return err_wrap(err, "the image's config");
	return check_document(x, bytes, err);
}

/* This layer comes now, and with it all that are like it: they lie there once. */
static int
hand_over(struct export *x, size_t layer, size_t *ret_layer)
{
	for (size_t i = 0; i < x->nlayers; i++)
		x->came[i] |= strcmp(x->layers[i].diff_id, x->layers[layer].diff_id) == 0;
	*ret_layer = layer;
	return 1;
}

/* The next layer that is wanted: 1, or 0 at the end or where names do not tell any more. */
static int
next_streamed(
    struct export *x, const bool *wanted, size_t *ret_layer, struct stream **ret, struct err *err)
{
	while (wants_more(x, wanted) || (x->id_is_config && !x->saw_id)) {
		struct tar_entry m;
		enum member kind;
		int got = tarstream_next(x->tar, &m, err);

		if (got <= 0)
			return got;
		kind = member_of(x, &m, wanted, ret_layer, err);
		if (kind == MEMBER_LAYER) {
			*ret = tarstream_open(x->tar);
			return hand_over(x, *ret_layer, ret_layer);
		}
		if (kind == MEMBER_ERROR || (kind == MEMBER_ID && take_document(x, err) < 0))
			return -1;
		if (kind == MEMBER_UNKNOWN && wants_more(x, wanted))
			return 0;
	}
	return 0;
}

/* ---- From a file ---- */

/* The decoded bytes of a layer that is compressed; it owns both streams. */
struct decoded_stream {
	struct stream stream;
	struct stream *raw, *plain;
};

static ssize_t
decoded_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	return stream_read(((struct decoded_stream *)s)->plain, buf, len, err);
}

static void
decoded_close(struct stream *s)
{
	stream_close(((struct decoded_stream *)s)->plain);
	stream_close(((struct decoded_stream *)s)->raw);
	free(s);
}

static struct stream *
decoded_new(struct stream *raw)
{
	struct decoded_stream *d = xalloc(sizeof(*d));

	*d = (struct decoded_stream){ { decoded_read, decoded_close }, raw,
		stream_with_limit(stream_decode(raw, false, ERR_CONTENT), LIMIT_IMAGE, ERR_CONTENT,
		    "the layer") };
	return &d->stream;
}

static int
next_spooled(
    struct export *x, const bool *wanted, size_t *ret_layer, struct stream **ret, struct err *err)
{
	const struct image_layer *layers = x->spooled->layers;
	struct stream *raw;
	size_t i = 0;

	while (i < x->nlayers && (!wanted[i] || x->came[i]))
		i++;
	if (i == x->nlayers)
		return 0;
	if (x->spooled->open_layer(x->spooled, i, NULL, &raw, err) < 0)
		return wrap(x, err);
	*ret = strcmp(layers[i].blob_digest, layers[i].diff_id) == 0 ? raw : decoded_new(raw);
	return hand_over(x, i, ret_layer);
}

/* The image's id and layers once more, now of a file. */
static int
check_spooled(struct export *x, const struct image_input *in, struct err *err)
{
	const char **diff_ids = arena_alloc(x->arena, (x->nlayers + 1) * sizeof(*diff_ids));
	const char *hex = strchr(x->id, ':') + 1;
	const char *name = arena_textf(x->arena, "%s.json", hex);
	struct tarfile tar;
	struct str bytes;

	for (size_t i = 0; i < x->spooled->nlayers && i < x->nlayers; i++)
		diff_ids[i] = x->spooled->layers[i].diff_id;
	if (check_layers(x, diff_ids, x->spooled->nlayers, err) < 0 ||
	    tarfile_open(in->fd, in->size, x->arena, &tar, err) < 0)
		return -1;
	if (!tarfile_member(&tar, name))
		name = arena_textf(x->arena, LAYOUT_BLOBS "%s", hex);
	if (!x->id_is_config && !tarfile_member(&tar, name))
		return 0;
	if (tarfile_whole(&tar, name, LIMIT_DOCUMENT, x->arena, &bytes, err) < 0)
		return -1;
	return check_document(x, bytes, err);
}

/* All of the archive to a file; s is closed. */
static int
spool(struct export *x, struct stream *s, struct err *err)
{
	const struct image_request req = { .reference = "image" };
	struct image_input in = { .path = "image", .fd = -1 };
	AUTO_FD fd = stream_spool(s, &in.size, err);

	in.fd = fd;
	if (fd < 0 || source_docker.open(&req, &in, &x->spooled, err) < 0 ||
	    check_spooled(x, &in, err) < 0)
		return wrap(x, err);
	return 0;
}

/* By way of a file: of what has arrived and the rest, or all anew where too much has passed. */
static int
go_by_file(struct export *x, struct err *err)
{
	struct stream *s = tarstream_whole(x->tar);

	x->tar = NULL;
	if (!s && ask(x, &s, err) < 0)
		return -1;
	return spool(x, s, err);
}

static int
begin(struct export *x, struct err *err)
{
	struct stream *s;

	forget(x);
	if (ask(x, &s, err) < 0)
		return -1;
	x->tar = tarstream_new(s);
	return 0;
}

int
export_next(struct export *x, bool first, const bool *wanted, size_t *ret_layer,
    struct stream **ret, struct err *err)
{
	int got;

	if (first && begin(x, err) < 0)
		return -1;
	if (x->tar) {
		got = next_streamed(x, wanted, ret_layer, ret, err);
		if (got != 0)
			return got < 0 ? wrap(x, err) : got;
		if (wants_more(x, wanted) && go_by_file(x, err) < 0)
			return -1;
	}
	if (x->spooled)
		return next_spooled(x, wanted, ret_layer, ret, err);
	if (x->id_is_config && !x->saw_id) {
		err_set(err, ERR_IMAGE, "holds no config with the image's id %s", x->id);
		return wrap(x, err);
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.h - an image as later stages see it, and what a source must provide
 */
#ifndef STEP_IMAGE_IMAGE_H
#define STEP_IMAGE_IMAGE_H

#include "step/base/io.h"
#include "step/model/model.h"

struct http_tls; /* step/base/http.h */

/* A user of a registry, as somebody named it. */
struct login {
	const char *site;     /* the only registry it is for, "HOST[:PORT]"; NULL: the image's */
	const char *username; /* or NULL */
	const char *password; /* or NULL */
	const char *token;    /* sent as it is (Bearer) in place of both, or NULL */
	/* "HOST" or "HOST:PORT", no registry's, whose token service may be given them over https; or NULL. */
	const char *token_host;
	const char *origin; /* what set it, for messages: "SCANSTEP_REGISTRY_PASSWORD" */
};

/* What to open, and how. */
struct image_request {
	/* As typed: [PREFIX:]PATH, "-" for standard input, or a registry reference. */
	const char *reference;
	const char *platform; /* "os/arch[/variant]", or NULL: this machine's */
	const char *name;     /* --image: which of several in one archive, or NULL */
	struct login login;   /* for the image's registry, and never for another */
	/* For exactly their sites, after all that files and helpers name (credentials.h). */
	const struct login *site_logins;
	size_t nsite_logins;
	/* Token services, "HOST" or "HOST:PORT", that may be given any of them; NULL-terminated, or NULL. */
	const char *const *trusted_realms;
	/* "REGISTRY=HOST[:PORT][/PREFIX]", each asked before the registry; NULL-terminated, or NULL. */
	const char *const *mirrors;
	const char *documents;   /* a folder of manifests that were had before, or NULL */
	const char *client_cert; /* PEM files by which the image's registry knows us, or NULL */
	const char *client_key;
	int64_t deadline_ms; /* of monotonic_ms(), 0: none */
	unsigned retry_ms;   /* before something is asked for again; doubled each time */
	unsigned timeout; /* the minutes that deadline_ms stands for, for messages; 0: not said */
	/*
	 * Told at once, in one sentence, from any thread: what a registry has us wait for, where that is a second or
	 * more; which mirror does not give a layer. Or NULL.
	 */
	void (*tell)(void *context, const char *text);
	void *tell_context; /* needed until the image is closed */
	bool whole_layers;  /* none is read in part */
	/* Whose certificates are believed, or NULL: the system's; needed until the image is closed. */
	const struct http_tls *tls;
	bool plain_http;      /* the registry's own host is spoken to without TLS */
	bool skip_tls_verify; /* nor is the certificate of that host verified */
};

/* One layer as a source hands it over. */
struct image_layer {
	const char *digest; /* what reports call it (struct layer); NULL: root filesystem */
	/* "sha256:..." of the bytes that open delivers; NULL: nothing names them. */
	const char *blob_digest;
	uint64_t size;       /* of those bytes, or IMAGE_SIZE_UNKNOWN */
	const char *diff_id; /* "sha256:..." of the uncompressed tar, or NULL */
	bool diff_id_only;   /* the image names nothing but diff_id: it must be verified */
	bool foreign;        /* not distributable: its maker did not want registries to have it */
	const char *command; /* the build step that made it, or NULL */
	/* It can be read in part (open_part), by a table of contents with this digest, of this format
	 * ("eStargz", "zstd:chunked"); or NULL both. */
	const char *toc_digest, *toc_format;
	uint64_t toc_offset, toc_size; /* of zstd:chunked: where in the blob it lies */
};
#define IMAGE_SIZE_UNKNOWN UINT64_MAX

/*
 * Which paths of a layer matter. A source that can skip (a folder) asks it;
 * others deliver everything. Path: relative, no leading "./".
 */
struct path_filter {
	bool (*matters)(const struct path_filter *f, const char *path);
};

/*
 * An open image. A source embeds it as the first member and fills it in its open().
 * All text lives until close.
 */
struct opened_image {
	const char *name;     /* struct image.name */
	const char *tag;      /* struct image.tag */
	const char *digest;   /* manifest digest, or NULL */
	const char *platform; /* "linux/amd64", or NULL: root filesystem */
	const struct image_layer *layers;
	size_t nlayers;
	const struct notice *notice; /* why it cannot quite be believed to be that image, or NULL */
	/* What a log should tell of how it was had (credentials' source, mirror, rate limit); NULL-terminated, or NULL. */
	const char *const *remarks;
	bool remote; /* bytes come over a network */

	/*
	 * The bytes of a layer's blob. The caller verifies blob_digest and
	 * size. May be called several times for a layer and from several threads. filter or NULL.
	 * A blob that is missing or cannot be transferred is ERR_IMAGE, then or on reading.
	 */
	int (*open_layer)(struct opened_image *img, size_t layer, const struct path_filter *filter,
	    struct stream **ret, struct err *err) MUST_CHECK;
	/*
	 * Of a layer with toc_digest: a tar of what matters in it, fetched and verified piece by piece, as
	 * open_layer has it otherwise. An error of any kind means only that it has to be read whole. Or NULL.
	 */
	int (*open_part)(struct opened_image *img, size_t layer, const struct path_filter *filter,
	    struct stream **ret, struct err *err) MUST_CHECK;
	/*
	 * In place of open_layer, of a source whose layers come in one stream, in an order of its own: the
	 * next one of wanted[] (by layer; one that is not wanted is passed over). 1, 0 when no more come, or
	 * -1. The stream before must be closed. first begins anew. One thread. Or NULL.
	 */
	int (*next_layer)(struct opened_image *img, bool first, const bool *wanted,
	    size_t *ret_layer, struct stream **ret, struct err *err) MUST_CHECK;
	void (*close)(struct opened_image *img);
};

/* Something local that a source may recognise. */
struct image_input {
	const char *path; /* without prefix; "-" is standard input */
	bool is_folder;
	int fd; /* of a file: seekable, decoded if it was gzip or zstd; the caller's; -1: a folder */
	uint64_t size; /* bytes behind fd */
};

struct image_source {
	const char *prefix;  /* "docker-archive", "oci", "rootfs", "registry" */
	const char *summary; /* one line for --help */
	bool remote;         /* takes no local path: of its input there is only the path */
	bool undecoded;      /* its files are handed over as they are, compressed or not */

	/* Is the reference well-formed, without reaching for it? ERR_USAGE. NULL: nothing to check. */
	int (*check)(const struct image_request *req, const char *path, struct err *err) MUST_CHECK;
	/* Is this local thing one of mine? By content. NULL: only with the prefix. */
	bool (*claims)(const struct image_input *in);
	/* Open it. Everything refused or missing is ERR_IMAGE, a malformed reference ERR_USAGE. */
	int (*open)(const struct image_request *req, const struct image_input *in,
	    struct opened_image **ret, struct err *err) MUST_CHECK;
};

extern const struct image_source *const image_sources[];
extern const size_t nimage_sources;

/* Find the source for a reference (forced by prefix; else an existing path; else a registry) and open it. */
int image_open(
    const struct image_request *req, struct opened_image **ret, struct err *err) MUST_CHECK;
/* Is the request well-formed? Nothing is opened. ERR_USAGE. */
int image_check(const struct image_request *req, struct err *err) MUST_CHECK;
void image_close(struct opened_image *img); /* NULL is a no-op */

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_manifest.c - platforms, labels, and image_resolve() over documents in memory
 *
 * What whole archives make of it is in tests/cases/image.sh; here are the rules that need
 * many small cases, and what a source of documents may do wrong.
 */
#include "step/base/base64.h"
#include "step/image/label.h"
#include "step/image/manifest.h"
#include "step/image/platform.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Platforms ---- */

static void
platforms_are_read(void **state)
{
	static const struct {
		const char *text, *wanted; /* NULL: refused */
	} table[] = {
		{ "linux/amd64", "linux/amd64" },
		{ "linux/amd64/v1", "linux/amd64" },
		{ "linux/amd64/v3", "linux/amd64/v3" },
		{ "Linux/X86_64", "linux/amd64" },
		{ "linux/arm64/v8", "linux/arm64" },
		{ "linux/arm64/8", "linux/arm64" },
		{ "linux/aarch64", "linux/arm64" },
		{ "linux/arm", "linux/arm/v7" },
		{ "linux/arm/v7", "linux/arm/v7" },
		{ "linux/armel", "linux/arm/v6" },
		{ "linux/arm/6", "linux/arm/v6" },
		{ "windows/amd64", "windows/amd64" },
		{ "", NULL },
		{ "linux", NULL },
		{ "linux/", NULL },
		{ "/amd64", NULL },
		{ "linux/amd64/", NULL },
		{ "linux/amd64/v1/x", NULL },
		{ "linux/am d64", NULL },
		{ "linux/../x", NULL },
		{ "linux/\x1b[1m", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_ARENA a = arena_new();
		struct platform p;
		struct err err;

		if (platform_parse(str_of(table[i].text), a, &p, &err) < 0) {
			if (table[i].wanted)
				fail_msg("%s: %s", table[i].text, err.text);
			assert_int_equal(err.kind, ERR_USAGE);
		} else {
			if (!table[i].wanted)
				fail_msg("%s is accepted", table[i].text);
			assert_string_equal(platform_text(&p, a), table[i].wanted);
		}
	}
}

static void
platforms_are_ranked(void **state)
{
	static const struct {
		const char *want, *have;
		int rank;
	} table[] = {
		{ "linux/amd64", "linux/amd64", 0 },
		{ "linux/amd64", "linux/amd64/v1", 0 },
		{ "linux/amd64", "linux/amd64/v2", -1 },
		{ "linux/amd64/v3", "linux/amd64", 2 },
		{ "linux/arm64", "linux/arm64/v8", 0 },
		{ "linux/arm64/v9", "linux/arm64", 1 },
		{ "linux/arm/v8", "linux/arm/v7", 1 },
		{ "linux/arm/v8", "linux/arm/v6", 2 },
		{ "linux/arm", "linux/arm/v7", 0 },
		{ "linux/arm", "linux/arm/v6", 1 },
		{ "linux/arm", "linux/arm/v5", 2 },
		{ "linux/arm", "linux/arm/v4", -1 },
		{ "linux/arm/v6", "linux/arm/v7", -1 },
		{ "linux/arm/v6", "linux/arm/v5", 1 },
		{ "linux/amd64", "linux/arm64", -1 },
		{ "linux/amd64", "windows/amd64", -1 },
		{ "linux/mips64/softfloat", "linux/mips64/softfloat", 0 },
		{ "linux/mips64/softfloat", "linux/mips64", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_ARENA a = arena_new();
		struct platform want, have;
		struct err err;

		assert_int_equal(platform_parse(str_of(table[i].want), a, &want, &err), 0);
		assert_int_equal(platform_parse(str_of(table[i].have), a, &have, &err), 0);
		assert_int_equal(platform_rank(&want, &have), table[i].rank);
	}
}

/* ---- Labels ---- */

static void
labels_match(void **state)
{
	static const struct {
		const char *label, *typed;
		bool wanted;
	} table[] = {
		{ "alpine:3.20", "alpine:3.20", true },
		{ "alpine:3.20", "alpine", true },
		{ "alpine:3.20", "docker.io/library/alpine:3.20", true },
		{ "docker.io/library/alpine:3.20", "alpine:3.20", true },
		{ "index.docker.io/library/alpine:3.20", "library/alpine:3.20", true },
		{ "alpine:3.20", "alpine:3.2", false },
		{ "alpine:3.20", "alpin", false },
		{ "alpine", "alpine:latest", true },
		{ "alpine:3.20", "alpine:latest", false },
		{ "127.0.0.1:5000/app:1", "127.0.0.1:5000/app", true },
		{ "127.0.0.1:5000/app", "127.0.0.1:5000/app:latest", true },
		{ "127.0.0.1:5000/app:1", "app:1", false },
		{ "1.0", "1.0", true },
		{ "app@sha256:1", "app", true },
		{ "", "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (label_matches(str_of(table[i].label), str_of(table[i].typed)) !=
		    table[i].wanted)
			fail_msg("%s and %s", table[i].label, table[i].typed);
}

/* A digest that was typed is a condition. */
static void
labels_are_pinned(void **state)
{
	static const struct {
		const char *label, *digest, *typed;
		bool wanted;
	} table[] = {
		{ "app:1", "sha256:1", "app:1", true },
		{ "app:1", "sha256:1", "app:1@sha256:1", true },
		{ "app:1", "sha256:1", "app@sha256:1", true },
		{ "app:1", "sha256:1", "app:1@sha256:2", false },
		{ "app:1", "sha256:1", "app:2@sha256:1", false },
		{ "app:1", "", "app:1@sha256:1", false },
		{ "app:1", "", "app:1@", false },
		{ "app:1", "sha256:1", "app:1@sha256", false },
		{ "app@sha256:1", "", "app@sha256:1", true },
		{ "app@sha256:1", "sha256:2", "app:latest@sha256:1", true },
		{ "app@sha256:1", "sha256:2", "app@sha256:2", true },
		{ "app@sha256:1", "sha256:2", "app@sha256:3", false },
		{ "app@sha256:1", "", "app", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (label_chosen(str_of(table[i].label), str_of(table[i].digest),
			str_of(table[i].typed)) != table[i].wanted)
			fail_msg("%s, %s and %s", table[i].label, table[i].digest, table[i].typed);
}

static void
labels_are_cut(void **state)
{
	static const struct {
		const char *label, *repository, *tag;
	} labels[] = {
		{ "alpine:3.20", "alpine", "3.20" },
		{ "127.0.0.1:5000/app", "127.0.0.1:5000/app", "" },
		{ "127.0.0.1:5000/a/b:1", "127.0.0.1:5000/a/b", "1" },
		{ "app:1@sha256:0", "app", "1" },
		{ "app@sha256:0", "app", "" },
		{ "latest", "", "latest" },
		{ "3.20", "", "3.20" },
		{ "", "", "" },
	};
	static const struct {
		const char *path, *name;
	} paths[] = {
		{ "build/app.tar", "app" },
		{ "app.tar.gz", "app" },
		{ "./app-1.2.oci.tar.zst", "app-1.2" },
		{ "/srv/image/", "image" },
		{ "app.tgz", "app" },
		{ ".tar", ".tar" },
		{ "/", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
		struct str label = str_of(labels[i].label);

		assert_true(str_is(label_repository(label), labels[i].repository));
		assert_true(str_is(label_tag(label), labels[i].tag));
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_true(str_is(label_of_path(str_of(paths[i].path)), paths[i].name));
}

/* ---- Documents in memory ---- */

struct memory {
	struct document_source source;
	struct str documents[8];
	size_t n, fetches;
};

static int
memory_fetch(struct document_source *from, const struct descriptor *d, struct arena *a,
    struct str *ret, struct err *err)
{
	struct memory *m = (struct memory *)from;

	m->fetches++;
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(digest_of(m->documents[i], a), d->digest) == 0) {
			*ret = m->documents[i];
			return 0;
		}
	return err_set(err, ERR_IMAGE, "%s is not there", d->digest);
}

static struct str
memory_add(struct memory *m, const char *text)
{
	m->source.fetch = memory_fetch;
	m->documents[m->n] = str_of(text);
	return m->documents[m->n++];
}

#define LAYER "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define DIFF  "sha256:2222222222222222222222222222222222222222222222222222222222222222"

static const char config_text[] =
    "{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\",\"rootfs\":{\"type\":\"layers\","
    "\"diff_ids\":[\"" DIFF "\"]},\"history\":[{\"created_by\":\"x\",\"empty_layer\":true},"
    "{\"created_by\":\"y\"}]}";

/* A manifest of one layer with that config; more is put before its closing brace. */
static char *
manifest_text(struct arena *a, const char *more)
{
	struct str config = str_of(config_text);

	return arena_textf(a,
	    "{\"schemaVersion\":2,\"config\":{\"digest\":\"%s\",\"size\":%zu},"
	    "\"layers\":[{\"digest\":\"" LAYER "\",\"size\":5}]%s}",
	    digest_of(config, a), config.len, more);
}

static void
a_manifest_is_resolved(void **state)
{
	AUTO_ARENA a = arena_new();
	struct image_choice choice = { 0 };
	struct memory m = { 0 };
	struct resolved_image image;
	struct str top = str_of(manifest_text(a, ""));
	struct err err;

	(void)state;
	memory_add(&m, config_text);
	assert_int_equal(image_resolve(&m.source, top, NULL, &choice, a, &image, &err), 0);
	assert_string_equal(image.digest, digest_of(top, a));
	assert_string_equal(image.platform, "linux/arm/v7");
	assert_int_equal(image.nlayers, 1);
	assert_string_equal(image.layers[0].digest, LAYER);
	assert_string_equal(image.layers[0].blob_digest, LAYER);
	assert_int_equal(image.layers[0].size, 5);
	assert_string_equal(image.layers[0].diff_id, DIFF);
	assert_false(image.layers[0].diff_id_only);
	assert_string_equal(image.layers[0].command, "y");
	assert_null(image.ref_name);
}

static void
a_carrier_may_not_lie(void **state)
{
	static const struct {
		const char *own, *carrier;
		bool wanted;
	} table[] = {
		{ NULL, NULL, true },
		{ NULL, "application/vnd.oci.image.manifest.v1+json", true },
		{ NULL, "application/json", true },
		{ "application/vnd.oci.image.manifest.v1+json", "text/plain", true },
		{ "application/vnd.oci.image.manifest.v1+json",
		    "application/vnd.docker.distribution.manifest.v2+json", false },
		{ NULL, "application/vnd.oci.image.index.v1+json", false },
		{ "application/vnd.oci.image.index.v1+json", NULL, false },
		{ "application/x-thing", NULL, false },
		{ NULL, "application/vnd.docker.distribution.manifest.v1+json", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_ARENA a = arena_new();
		struct image_choice choice = { 0 };
		struct memory m = { 0 };
		struct resolved_image image;
		const char *more =
		    table[i].own ? arena_textf(a, ",\"mediaType\":\"%s\"", table[i].own) : "";
		struct err err;
		int got;

		memory_add(&m, config_text);
		got = image_resolve(&m.source, str_of(manifest_text(a, more)), table[i].carrier,
		    &choice, a, &image, &err);
		if ((got == 0) != table[i].wanted)
			fail_msg("%s carried as %s", table[i].own, table[i].carrier);
		if (got < 0)
			assert_int_equal(err.kind, ERR_IMAGE);
	}
}

/* Nothing is fetched by a name that was not checked first. */
static void
bad_digests_are_never_fetched(void **state)
{
	static const char *const digests[] = { "", "sha256:", "sha256:../../x", "x",
		"sha256:111111111111111111111111111111111111111111111111111111111111111g",
		"SHA256:1111111111111111111111111111111111111111111111111111111111111111",
		"sha256:1111111111111111111111111111111111111111111111111111111111111111/x" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		AUTO_ARENA a = arena_new();
		struct image_choice choice = { 0 };
		struct memory m = { .source = { memory_fetch } };
		struct resolved_image image;
		struct err err;
		const char *index =
		    arena_textf(a, "{\"manifests\":[{\"digest\":\"%s\",\"size\":5}]}", digests[i]);
		const char *manifest = arena_textf(
		    a, "{\"config\":{\"digest\":\"%s\",\"size\":5},\"layers\":[]}", digests[i]);

		assert_int_equal(
		    image_resolve(&m.source, str_of(index), NULL, &choice, a, &image, &err), -1);
		assert_int_equal(
		    image_resolve(&m.source, str_of(manifest), NULL, &choice, a, &image, &err), -1);
		assert_int_equal(m.fetches, 0);
	}
}

/* Any value may stand anywhere: all that must come of it is an answer. */
static void
nulls_are_survived(void **state)
{
	static const char *const values[] = { "null", "0", "\"\"", "[]", "{}", "[null]", "[{}]",
		"[[]]", "true" };
	static const char *const forms[] = { "%s", "{\"manifests\":%s}", "{\"layers\":%s}",
		"{\"config\":%s}", "{\"config\":%s,\"layers\":[]}", "{\"mediaType\":%s}",
		"{\"manifests\":[{\"platform\":%s}]}", "{\"manifests\":[{\"annotations\":%s}]}",
		"{\"schemaVersion\":%s,\"fsLayers\":[]}", "{\"rootfs\":%s}",
		"{\"rootfs\":{\"diff_ids\":%s}}", "{\"rootfs\":{\"diff_ids\":[]},\"history\":%s}",
		"{\"os\":%s,\"architecture\":%s,\"rootfs\":{}}" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values) * ARRAY_LEN(forms); i++) {
		AUTO_ARENA a = arena_new();
		struct image_choice choice = { 0 };
		struct memory m = { .source = { memory_fetch } };
		const char *form = forms[i / ARRAY_LEN(values)];
		const char *value = values[i % ARRAY_LEN(values)];
		struct resolved_image image;
		struct image_config config;
		struct err err;
		char *text = arena_alloc(a, strlen(form) + 2 * strlen(value) + 1);

		for (const char *f = form; *f; f++) {
			if (f[0] == '%' && f[1] == 's') {
				memcpy(text + strlen(text), value, strlen(value));
				f++;
			} else {
				text[strlen(text)] = *f;
			}
		}
		assert_int_equal(
		    image_resolve(&m.source, str_of(text), NULL, &choice, a, &image, &err), -1);
		if (image_config_read(str_of(text), a, &config, &err) == 0)
			assert_int_equal(config.nlayers, 0);
	}
}

/* What a registry must not get past us, in one place: {CONFIG} is the right descriptor of the config. */
static void
documents_are_judged(void **state)
{
#define OTHER "\"digest\":\"" LAYER "\",\"size\":5"
	static const struct {
		const char *text, *refusal; /* NULL: accepted; with $: its end */
	} table[] = {
		{ "{\"config\":{CONFIG},\"layers\":[]}", "names 0 layers" },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER "}]}", NULL },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER
		  ",\"urls\":[\"http://169.254.169.254/\"]}]}",
		    NULL },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER ",\"URLs\":[]}]}",
		    "other tools read" },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER ",\"data\":\"aGVsbG8=\"}]}",
		    "does not verify" },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER ",\"data\":\"aGVsbG8h\"}]}",
		    "should be 5 bytes long" },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER ",\"data\":\"*\"}]}",
		    "is not base64" },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER ",\"data\":7}]}", "is not base64" },
		{ "{\"config\":{CONFIG},\"layers\":[{" OTHER ",\"data\":null}]}", NULL },
		{ "{\"config\":{CONFIG},\"layers\":[{\"digest\":\"" LAYER "\",\"size\":-1}]}",
		    "is not a size" },
		{ "{\"config\":{CONFIG},\"layers\":[{\"digest\":\"" LAYER "\",\"size\":0.5}]}",
		    "is not a size" },
		{ "{\"config\":{CONFIG},\"layers\":[{\"digest\":\"" LAYER "\",\"size\":1e400}]}",
		    "" },
		{ "{\"config\":{CONFIG},\"layers\":[{\"digest\":\"" LAYER
		  "\",\"size\":18446744073709551616}]}",
		    "" },
		{ "{\"config\":{CONFIG},\"layers\":[],\"manifests\":[]}", "at once" },
		{ "{\"config\":{CONFIG},\"layers\":[],\"Layers\":[]}", "other tools read" },
		{ "{\"config\":{CONFIG},\"layers\":[],\"layers\":[]}", "duplicate" },
		{ "{\"schemaVersion\":1,\"fsLayers\":[]}", "Docker schema 1" },
		{ "{\"mediaType\":\"application/vnd.docker.distribution.manifest.v1+prettyjws\"}",
		    "Docker schema 1" },
		{ "{\"mediaType\":\"application/vnd.cncf.helm.chart\",\"config\":{CONFIG},\"layers\":[]}",
		    "artifact, not an image (media type application/vnd.cncf.helm.chart)" },
		{ "{\"artifactType\":\"application/spdx+json\",\"config\":{CONFIG},\"layers\":[]}",
		    "artifact, not an image (type application/spdx+json)" },
		{ "{\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\",CONFIG},"
		  "\"layers\":[]}",
		    "artifact, not an image (type application/vnd.cncf.helm.config.v1+json)" },
		{ "{\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",CONFIG},\"layers\":[]}",
		    "artifact" },
		{ "{\"config\":{CONFIG},\"layers\":[{\"mediaType\":"
		  "\"application/vnd.dev.cosign.simplesigning.v1+json\"," OTHER "}]}",
		    "artifact" },
		{ "{\"manifests\":[]}", "holds no image" },
		{ "{\"manifests\":[{" OTHER
		  ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}]}",
		    "holds no image" },
		{ "{\"manifests\":[{" OTHER
		  ",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}}]}",
		    "is not there" },
		{ "{\"manifests\":[{" OTHER
		  ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"amd64\"}}]}",
		    "is not there" },
		{ "{\"artifactType\":\"a/b: c\",\"config\":{CONFIG},\"layers\":[]}",
		    "artifact, not an image$" },
		{ "{\"artifactType\":\"a/b/c\",\"config\":{CONFIG},\"layers\":[]}",
		    "artifact, not an image$" },
		{ "{\"artifactType\":\"a/\",\"config\":{CONFIG},\"layers\":[]}",
		    "artifact, not an image$" },
		{ "{\"artifactType\":\"word\",\"config\":{CONFIG},\"layers\":[]}",
		    "artifact, not an image$" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		AUTO_ARENA a = arena_new();
		struct image_choice choice = { 0 };
		struct memory m = { 0 };
		struct resolved_image image;
		struct str config = memory_add(&m, config_text);
		const char *at = strstr(table[i].text, "CONFIG");
		char *text = arena_string(a, str_of(table[i].text));
		struct err err = { ERR_NONE, "" };
		int status;

		if (at)
			text = arena_textf(a, "%.*s\"digest\":\"%s\",\"size\":%zu%s",
			    (int)(at - table[i].text), text, digest_of(config, a), config.len,
			    at + strlen("CONFIG"));
		status = image_resolve(&m.source, str_of(text), NULL, &choice, a, &image, &err);
		if ((status == 0) != !table[i].refusal ||
		    (table[i].refusal &&
			!strstr(arena_textf(a, "%s$", err.text), table[i].refusal)))
			fail_msg("%s: %d %s", text, status, err.text);
	}
}

/* A config that stands in its descriptor is not asked for. */
static void
data_saves_a_request(void **state)
{
	AUTO_ARENA a = arena_new();
	struct image_choice choice = { 0 };
	struct memory m = { .source = { memory_fetch } };
	struct resolved_image image;
	struct str config = str_of(config_text);
	struct err err;
	const char *top = arena_textf(a,
	    "{\"config\":{\"digest\":\"%s\",\"size\":%zu,\"data\":\"%s\"},"
	    "\"layers\":[{\"digest\":\"" LAYER "\",\"size\":5,\"urls\":[\"https://x/\"]}]}",
	    digest_of(config, a), config.len, base64_encode(a, config));

	(void)state;
	assert_int_equal(image_resolve(&m.source, str_of(top), NULL, &choice, a, &image, &err), 0);
	assert_int_equal(m.fetches, 0);
	assert_string_equal(image.layers[0].diff_id, DIFF);
	assert_true(image.layers[0].foreign);
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
names_state_digests(void **state)
{
	static const struct {
		const char *name;
		bool states;
	} table[] = {
		{ "blobs/sha256/" HEX, true },
		{ HEX ".json", true },
		{ HEX ".tar", true },
		{ "sha256:" HEX, true },
		{ HEX, true },
		{ "images/" HEX ".json", true },
		{ HEX "/layer.tar", false },
		{ HEX "/json", false },
		{ HEX ".tar.gz", false },
		{ HEX "0", false },
		{ "A" HEX, false },
		{ "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef.json", false },
		{ "manifest.json", false },
		{ ".json", false },
		{ "", false },
	};
	AUTO_ARENA a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *digest = digest_in_name(table[i].name, a);

		if (!digest != !table[i].states)
			fail_msg("%s: %s", table[i].name, digest ? digest : "none");
		if (digest)
			assert_string_equal(digest, "sha256:" HEX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(platforms_are_read),
		cmocka_unit_test(platforms_are_ranked),
		cmocka_unit_test(labels_match),
		cmocka_unit_test(labels_are_pinned),
		cmocka_unit_test(labels_are_cut),
		cmocka_unit_test(a_manifest_is_resolved),
		cmocka_unit_test(a_carrier_may_not_lie),
		cmocka_unit_test(bad_digests_are_never_fetched),
		cmocka_unit_test(nulls_are_survived),
		cmocka_unit_test(documents_are_judged),
		cmocka_unit_test(data_saves_a_request),
		cmocka_unit_test(names_state_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

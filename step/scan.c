/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c - an image in, a sealed report out: the stages in order
 */
#include "step/scan.h"
#include "step/analyse.h"
#include "step/base/http.h"
#include "step/base/io.h"
#include "step/checkout.h"
#include "step/image/image.h"
#include "step/layers_tell.h"
#include "step/match/match.h"
#include "step/outputs.h"
#include "step/policy_settings.h"
#include "step/reader/reader.h"
#include "step/refresh.h"
#include "step/registry_login.h"
#include "step/release.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct scan {
	const struct options *options;
	struct arena *arena; /* the report's */
	int64_t now;         /* the real clock */
	int64_t deadline_ms; /* of monotonic_ms() */
	struct layers_log log;
	struct allowlist *allowlist;
	struct login login; /* for the image's registry */
	struct http_tls tls;
	struct store *store;
	struct cache *cache;
	struct layers layers; /* image and helper, too */
	struct merged merged;
	struct report_draft *draft;
};

/* ---- What is needed before the image ---- */

static int
check_hands(const char *path, const struct stat *st, struct err *err)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(err, ERR_DATABASE,
		    "'%s' belongs to another user: name it with --db to trust it", path);
	if (st->st_mode & 022)
		return err_set(err, ERR_DATABASE,
		    "'%s' can be written by others: name it with --db to trust it, or take that "
		    "from its mode (chmod go-w)",
		    path);
	return 0;
}

/*
 * A database that nobody named is only believed from us or root, and if nobody else can write it: in a shared
 * cache anybody may have put it there.
 */
static int
check_owner(const char *path, struct err *err)
{
	AUTO_FREE char *folder = file_folder(path);
	AUTO_FD fd = folder_find(folder, ERR_DATABASE, err);
	struct stat file, around;

	if (fd < 0)
		return -1;
	if (fstat(fd, &around) < 0 ||
	    fstatat(fd, strrchr(path, '/') + 1, &file, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(err, ERR_DATABASE, "'%s': %s", path, strerror(errno));
	if (!S_ISREG(file.st_mode))
		return err_set(err, ERR_DATABASE,
		    "'%s' is no regular file: name it with --db to trust it", path);
	return check_hands(folder, &around, err) < 0 ? -1 : check_hands(path, &file, err);
}

/*
 * Before anything in the cache folder is looked at. A runner restores it open to all, and a pipeline has nobody
 * beside it who could have used that; elsewhere somebody may have.
 */
static int
check_cache(struct scan *s, struct err *err)
{
	static const char *const folders[] = { "db", "documents", "feeds", "layers" };
	const struct options *o = s->options;

	if (!o->cache_dir || (o->db && o->no_cache))
		return 0;
	if (checkout_check(o->cache_dir, err) < 0)
		return -1;
	for (size_t i = 0; o->refresh_db && i < ARRAY_LEN(folders); i++)
		folder_take_back(arena_textf(s->arena, "%s/%s", o->cache_dir, folders[i]));
	return 0;
}

/* In a pipeline the database is brought up to date first, unless --db or --offline says otherwise. */
static int
refresh(struct scan *s, struct err *err)
{
	struct refresh done;

	say_progress("bringing the advisory database up to date");
	if (refresh_database(s->options, &s->tls, s->now, s->arena, &done, err) < 0)
		return -1;
	if (done.outcome == REFRESH_KEPT)
		report_draft_notice(s->draft, "database-kept", "%s", done.text);
	else if (done.text)
		say(SAY_INFO, "%s", done.text);
	if (done.trouble)
		say(SAY_WARNING, "%s", done.trouble);
	return 0;
}

/* The database named, else the one built before, else the starter set, which is never stale. */
static int
open_database(struct scan *s, struct err *err)
{
	const struct options *o = s->options;
	const char *path = o->db;
	struct database_facts facts;

	if (o->refresh_db && refresh(s, err) < 0)
		return -1;
	if (!path && o->default_db && access(o->default_db, F_OK) == 0)
		path = o->default_db;
	if (path && path != o->db && check_owner(path, err) < 0)
		return -1;
	if (store_open(path, &s->store, err) < 0)
		return -1;
	store_facts(s->store, s->arena, &facts);
	s->draft->report.database = facts.database;
	if (path)
		return store_check_age(&facts, path, s->now, o->db_max_age, err);
	report_draft_notice(s->draft, "starter-database",
	    "matched with the built-in starter set of well-known vulnerabilities alone: "
	    "for a full result build a database with \"scanstep db build\"");
	return 0;
}

static void
open_cache(struct scan *s)
{
	const struct options *o = s->options;
	struct err err;

	if (o->no_cache || !o->cache_dir)
		return;
	if (cache_open(arena_textf(s->arena, "%s/layers", o->cache_dir), &s->cache, &err) < 0)
		say(SAY_WARNING, "layers are not cached: %s", err.text);
}

static void
tell_step(void *context, const char *text)
{
	(void)context;
	say(SAY_STEP, "%s", text);
}

static struct image_request
request_of(const struct scan *s)
{
	const struct options *o = s->options;

	return (struct image_request){
		.reference = o->operands[0],
		.platform = o->platform,
		.name = o->image,
		.login = s->login,
		.site_logins = o->site_logins,
		.nsite_logins = o->nsite_logins,
		.trusted_realms = o->trusted_realms,
		.mirrors = o->mirrors,
		.documents = s->cache ? arena_textf(s->arena, "%s/documents", o->cache_dir) : NULL,
		.client_cert = o->client_cert,
		.client_key = o->client_key,
		.deadline_ms = s->deadline_ms,
		.timeout = o->timeout,
		.retry_ms = o->debug_retry_ms,
		.tell = tell_step,
		.whole_layers = o->whole_layers || o->verify_diff_ids,
		.tls = &s->tls,
		.plain_http = o->registry_plain_http,
		.skip_tls_verify = o->registry_skip_tls_verify,
	};
}

static int
check_client(const struct options *o, struct err *err)
{
	if (o->client_cert)
		return http_tls_check_client(o->client_cert, o->client_key, err);
	return o->client_key ? err_set(err, ERR_USAGE,
				   "--registry-client-key needs --registry-client-cert beside it")
			     : 0;
}

static int
prepare(struct scan *s, struct err *err)
{
	const struct options *o = s->options;
	struct image_request request;

	if (!o->sandbox)
		say(SAY_WARNING, "SCANSTEP_SANDBOX=off: layers are read without a sandbox");
	/* First of all: what forks the readers of layers must never have seen more than this. */
	if (helper_start(analysis_child, o->sandbox, &s->layers.helper, err) < 0)
		return -1;
	if (allowlists_of(o, s->arena, &s->allowlist, err) < 0 ||
	    registry_login(o, s->arena, &s->login, err) < 0)
		return -1;
	request = request_of(s);
	/* What is not understood must not have removed a report. */
	if (http_tls_load(o->ca_bundle, s->arena, &s->tls, err) < 0 || check_client(o, err) < 0 ||
	    image_check(&request, err) < 0 || outputs_clear(o, err) < 0 ||
	    check_cache(s, err) < 0 || open_database(s, err) < 0)
		return -1;
	open_cache(s);
	return 0;
}

/* ---- The image ---- */

static int
read_image(struct scan *s, struct err *err)
{
	const struct options *o = s->options;
	struct image_request request;

	s->deadline_ms = monotonic_ms() + INT64_C(60000) * o->timeout;
	request = request_of(s);
	say_progress("opening %s", o->operands[0]);
	if (image_open(&request, &s->layers.image, err) < 0)
		return -1;
	say(SAY_INFO, "%s: %zu layer%s", s->layers.image->name, s->layers.image->nlayers,
	    s->layers.image->nlayers == 1 ? "" : "s");
	for (const char *const *r = s->layers.image->remarks; r && *r; r++)
		say(SAY_STEP, "%s", *r);
	if (s->layers.image->notice)
		report_draft_notice(
		    s->draft, s->layers.image->notice->kind, "%s", s->layers.image->notice->text);
	s->layers.cache = s->cache;
	s->layers.verify_diff_ids = o->verify_diff_ids;
	s->layers.crash_layer = o->debug_crash_layer;
	s->layers.progress = layers_tell_progress;
	s->layers.layer_done = layers_tell_done;
	s->layers.context = &s->log;
	s->log.began_ms = s->log.told_ms = monotonic_ms();
	if (layers_merge(&s->layers, &s->merged, err) < 0)
		return -1;
	say_progress(NULL);
	if (s->layers.cache_trouble)
		say(SAY_WARNING, "layers are not cached: %s", s->layers.cache_trouble);
	return 0;
}

static const char *
copy_text(struct scan *s, const char *text)
{
	return text ? arena_text(s->arena, str_of(text)) : NULL;
}

/* That some were read in part, and by what. */
static void
notice_parts(struct scan *s, const struct layer *layers, size_t n)
{
	const char *formats = NULL;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!layers[i].toc)
			continue;
		count++;
		if (!formats)
			formats = layers[i].toc;
		else if (!strstr(formats, layers[i].toc))
			formats = arena_textf(s->arena, "%s, %s", formats, layers[i].toc);
	}
	if (count)
		report_draft_notice(s->draft, "layers-in-part",
		    "%zu of %zu layers were read in part, by their tables of contents (%s): a table "
		    "that differs from its layer is not noticed; --whole-layers reads all",
		    count, n, formats);
}

static void
describe_image(struct scan *s)
{
	const struct opened_image *from = s->layers.image;
	struct image *to = &s->draft->report.image;
	struct layer *layers = arena_alloc(s->arena, from->nlayers * sizeof(*layers));
	struct distro *distro;

	for (size_t i = 0; i < from->nlayers; i++)
		layers[i] = (struct layer){
			.digest = copy_text(s, from->layers[i].digest),
			.command = copy_text(s, from->layers[i].command),
			.toc = layers_outcome(&s->layers, i)->toc,
		};
	notice_parts(s, layers, from->nlayers);
	to->reference = copy_text(s, s->options->operands[0]);
	to->name = copy_text(s, from->name);
	to->tag = copy_text(s, from->tag);
	to->digest = copy_text(s, from->digest);
	to->platform = copy_text(s, from->platform);
	to->layers = layers;
	to->nlayers = from->nlayers;
	if (!s->merged.distro)
		return;
	distro = arena_alloc(s->arena, sizeof(*distro));
	distro->id = copy_text(s, s->merged.distro->id);
	distro->version = copy_text(s, s->merged.distro->version);
	distro->codename = copy_text(s, s->merged.distro->codename);
	distro->name = copy_text(s, s->merged.distro->name);
	distro_complete(s->arena, distro);
	to->distro = distro;
}

/* Of an image with packages that nobody reads it must not be said that it is empty. */
static bool
is_read(const char *type)
{
	for (size_t i = 0; type && i < nreaders; i++)
		if (readers[i]->type && strcmp(readers[i]->type, type) == 0)
			return true;
	return !type;
}

static void
add_packages(struct scan *s)
{
	const struct image *image = &s->draft->report.image;
	size_t kept = s->merged.npackages;

	if (kept > LIMIT_PACKAGES) {
		report_draft_gap(s->draft, NULL, NULL,
		    "more than %d packages: the rest is left out", LIMIT_PACKAGES);
		kept = LIMIT_PACKAGES;
	}
	for (size_t i = 0; i < kept; i++) {
		const struct merged_package *from = &s->merged.packages[i];
		struct package p = {
			.type = copy_text(s, from->package->type),
			.name = copy_text(s, from->package->name),
			.version = copy_text(s, from->package->version),
			.arch = copy_text(s, from->package->arch),
			.source_name = copy_text(s, from->package->source_name),
			.source_version = copy_text(s, from->package->source_version),
			.path = copy_text(s, from->path),
			.layer = image->layers[from->since].digest,
		};

		report_draft_package(s->draft, &p, image->distro);
	}
	if (s->merged.npackages == 0 && image->distro && !is_read(image->distro->package_type))
		report_draft_gap(s->draft, NULL, NULL,
		    "packages of the type %s, which %s installs, are not read yet",
		    image->distro->package_type, image->distro->name);
	if (s->merged.npackages == 0 && !s->options->allow_empty)
		report_draft_add_gap(
		    s->draft, &(struct gap){ .kind = GAP_EMPTY, .reason = GAP_EMPTY_REASON });
}

/* What the layers' analyses could not look at, as far as it is still there in the merged tree. */
static void
add_gaps(struct scan *s)
{
	const struct image *image = &s->draft->report.image;
	uint64_t size = 0;

	for (size_t i = 0; i < image->nlayers; i++) {
		const struct layer_outcome *out = &s->layers.outcomes[i];
		const struct inventory *inv = out->inventory;

		if (out->gap)
			report_draft_gap(s->draft, image->layers[i].digest, NULL, "%s", out->gap);
		for (size_t k = 0; inv && k < inv->ngaps; k++)
			report_draft_gap(s->draft, image->layers[i].digest,
			    copy_text(s, inv->gaps[k].path), "%s", inv->gaps[k].reason);
		size += inv ? inv->size : 0;
	}
	if (size > LIMIT_IMAGE)
		report_draft_gap(s->draft, NULL, NULL,
		    "the layers are larger than the limit of %llu bytes, uncompressed",
		    (unsigned long long)LIMIT_IMAGE);
	for (size_t i = 0; i < s->merged.nfiles; i++) {
		const struct merged_file *f = &s->merged.files[i];

		for (size_t k = 0; k < f->file->ngaps; k++)
			report_draft_gap(s->draft, image->layers[f->layer].digest,
			    copy_text(s, f->path), "%s", f->file->gaps[k]);
	}
	for (size_t i = 0; i < s->merged.ngaps; i++)
		report_draft_gap(s->draft, NULL, copy_text(s, s->merged.gaps[i].path), "%s",
		    s->merged.gaps[i].reason);
}

/* ---- The verdict ---- */

static void
notice_end_of_life(struct scan *s)
{
	const struct distro *d = s->draft->report.image.distro;
	int64_t end;

	if (d && d->eol && time_parse(str_of(d->eol), &end) && s->now >= end + DAY)
		report_draft_notice(s->draft, NOTICE_END_OF_LIFE,
		    "%s has had no support since %s: what was found after that is not fixed, and "
		    "may not even be published",
		    d->name, d->eol);
}

/* Reproducible reports: https://reproducible-builds.org/specs/source-date-epoch/ */
static int64_t
time_to_write(const struct scan *s)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (epoch && str_number(str_of(epoch), INT32_MAX * UINT64_C(8), &seconds))
		return (int64_t)seconds;
	return s->now;
}

static int
conclude(struct scan *s, const struct report **ret, struct err *err)
{
	const struct options *o = s->options;
	struct report *r = &s->draft->report;

	r->policy = policy_of(o);
	r->scanned_at = time_text(s->arena, time_to_write(s));
	r->tool_version = SCANSTEP_VERSION;
	describe_image(s);
	add_packages(s);
	add_gaps(s);
	notice_end_of_life(s);
	if (match_packages(s->draft, s->store, err) < 0)
		return -1;
	policy_apply(s->draft, s->allowlist, s->now);
	*ret = report_seal(s->draft);
	return 0;
}

int
scan_image(const struct options *o, struct arena *a, const struct report **ret, struct err *err)
{
	struct scan s = {
		.options = o, .arena = a, .now = (int64_t)time(NULL), .draft = report_draft_new(a)
	};
	int result = prepare(&s, err);

	if (result == 0)
		result = read_image(&s, err);
	if (result == 0)
		result = conclude(&s, ret, err);
	layers_release(&s.layers);
	image_close(s.layers.image);
	helper_stop(s.layers.helper);
	cache_close(s.cache);
	store_close(s.store);
	return result;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feeds.c - the table of feeds, the most authoritative first
 *
 * A distribution's own tracker is believed before what was collected from it, and
 * all published data before the set that the program carries.
 */
#include "step/advisory/feed.h"

extern const struct feed_ops feed_debian;
extern const struct feed_ops feed_alpine;
extern const struct feed_ops feed_osv;
extern const struct feed_ops feed_starter;

const struct feed_ops *const feeds[] = {
	&feed_debian,
	&feed_alpine,
	&feed_osv,
	&feed_starter,
};
const size_t nfeeds = ARRAY_LEN(feeds);

const struct feed_document *
feed_documents(struct arena *a)
{
	struct feed_document *list = NULL;
	size_t n = 0;

	for (size_t k = 0; k < nfeeds; k++)
		for (const struct feed_document *d = feeds[k]->documents; d && d->url; d++) {
			list = arena_grow(a, list, n, sizeof(*list));
			list[n++] = *d;
		}
	list = arena_grow(a, list, n, sizeof(*list));
	list[n] = (struct feed_document){ NULL, NULL, NULL };
	return list;
}

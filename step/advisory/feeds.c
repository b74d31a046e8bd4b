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

const char *
feed_document(size_t i)
{
	for (size_t k = 0; k < nfeeds; k++)
		for (size_t n = 0; feeds[k]->documents && feeds[k]->documents[n]; n++)
			if (i-- == 0)
				return feeds[k]->documents[n];
	return NULL;
}

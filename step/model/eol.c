/* SPDX-License-Identifier: Apache-2.0 */
/*
 * eol.c - until when each release of a distribution gets security fixes
 *
 * The last day, as the distributor has published it: of the support that every user
 * gets, so without what is sold or asked for (Ubuntu's ESM, Red Hat's ELS). Debian's
 * is the end of its LTS. A release without a published day is not here; nor are
 * those that roll (edge, sid).
 *
 * Sources: https://alpinelinux.org/releases/, https://wiki.debian.org/LTS,
 * https://ubuntu.com/about/release-cycle, https://access.redhat.com/support/policy/updates/errata,
 * https://wiki.almalinux.org/release-notes/, https://wiki.rockylinux.org/rocky/version/,
 * https://www.suse.com/lifecycle, https://en.opensuse.org/Lifetime,
 * https://aws.amazon.com/amazon-linux-2/faqs/, https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf
 */
#include "step/model/eol.h"

struct date {
	const char *version, *last_day;
};

// clang-format off
static const struct date almalinux[] = {
	{ "8", "2029-03-01" }, { "9", "2032-05-31" }, { "10", "2035-05-31" },
};

static const struct date alpine[] = {
	{ "2.0", "2012-04-01" }, { "2.1", "2012-11-01" }, { "2.2", "2013-05-01" },
	{ "2.3", "2013-11-01" }, { "2.4", "2014-05-01" }, { "2.5", "2014-11-01" },
	{ "2.6", "2015-05-01" }, { "2.7", "2015-11-01" }, { "3.0", "2016-05-01" },
	{ "3.1", "2016-11-01" }, { "3.2", "2017-05-01" }, { "3.3", "2017-11-01" },
	{ "3.4", "2018-05-01" }, { "3.5", "2018-11-01" }, { "3.6", "2019-05-01" },
	{ "3.7", "2019-11-01" }, { "3.8", "2020-05-01" }, { "3.9", "2020-11-01" },
	{ "3.10", "2021-05-01" }, { "3.11", "2021-11-01" }, { "3.12", "2022-05-01" },
	{ "3.13", "2022-11-01" }, { "3.14", "2023-05-01" }, { "3.15", "2023-11-01" },
	{ "3.16", "2024-05-23" }, { "3.17", "2024-11-22" }, { "3.18", "2025-05-09" },
	{ "3.19", "2025-11-01" }, { "3.20", "2026-04-01" }, { "3.21", "2026-12-05" },
	{ "3.22", "2027-04-30" }, { "3.23", "2027-11-01" },
};

static const struct date amzn[] = {
	{ "1", "2023-12-31" }, { "2", "2026-06-30" }, { "2023", "2028-03-15" },
	{ "2017", "2023-12-31" }, { "2018", "2023-12-31" },
};

static const struct date centos[] = {
	{ "3", "2010-10-31" }, { "4", "2012-02-29" }, { "5", "2017-03-31" },
	{ "6", "2020-11-30" }, { "7", "2024-06-30" }, { "8", "2021-12-31" },
	{ "9", "2027-05-31" },
};

static const struct date debian[] = {
	{ "4", "2010-02-15" }, { "5", "2012-02-06" }, { "6", "2016-02-29" },
	{ "7", "2018-05-31" }, { "8", "2020-06-30" }, { "9", "2022-06-30" },
	{ "10", "2024-06-30" }, { "11", "2026-08-14" }, { "12", "2028-06-10" },
	{ "13", "2030-06-30" },
};

static const struct date ol[] = {
	{ "3", "2011-12-31" }, { "4", "2013-12-31" }, { "5", "2017-12-31" },
	{ "6", "2021-03-21" }, { "7", "2024-12-31" }, { "8", "2029-07-18" },
	{ "9", "2032-07-18" },
};

static const struct date opensuse_leap[] = {
	{ "42.1", "2017-05-17" }, { "42.2", "2018-01-26" }, { "42.3", "2019-06-30" },
	{ "15.0", "2019-12-03" }, { "15.1", "2020-11-30" }, { "15.2", "2021-11-30" },
	{ "15.3", "2022-11-30" }, { "15.4", "2023-11-30" }, { "15.5", "2024-12-31" },
	{ "15.6", "2025-12-31" }, { "16.0", "2027-10-31" },
};

static const struct date photon[] = {
	{ "1.0", "2022-02-28" }, { "2.0", "2022-12-31" }, { "3.0", "2024-03-31" },
	{ "4.0", "2026-03-31" },
};

static const struct date rhel[] = {
	{ "4", "2017-05-31" }, { "5", "2020-11-30" }, { "6", "2024-06-30" },
	{ "7", "2024-06-30" }, { "8", "2029-05-31" }, { "9", "2032-05-31" },
	{ "10", "2035-05-31" },
};

static const struct date rocky[] = {
	{ "8", "2029-05-31" }, { "9", "2032-05-31" },
};

static const struct date sle_micro[] = {
	{ "5.0", "2022-03-31" }, { "5.1", "2025-10-31" }, { "5.2", "2026-04-30" },
	{ "5.3", "2026-10-30" }, { "5.4", "2027-04-30" }, { "5.5", "2027-10-31" },
	{ "6.0", "2028-06-30" }, { "6.1", "2028-11-30" }, { "6.2", "2029-11-30" },
};

static const struct date sles[] = {
	{ "10", "2007-12-31" }, { "10.1", "2008-11-30" }, { "10.2", "2010-04-11" },
	{ "10.3", "2011-10-11" }, { "10.4", "2013-07-31" }, { "11", "2010-12-31" },
	{ "11.1", "2012-08-31" }, { "11.2", "2014-01-31" }, { "11.3", "2016-01-31" },
	{ "11.4", "2019-03-31" }, { "12", "2016-06-30" }, { "12.1", "2017-05-31" },
	{ "12.2", "2018-03-31" }, { "12.3", "2019-01-30" }, { "12.4", "2020-06-30" },
	{ "12.5", "2024-10-31" }, { "15", "2019-12-31" }, { "15.1", "2021-01-31" },
	{ "15.2", "2021-12-31" }, { "15.3", "2022-12-31" }, { "15.4", "2023-12-31" },
	{ "15.5", "2024-12-31" }, { "15.6", "2025-12-31" }, { "15.7", "2031-07-31" },
	{ "16.0", "2027-11-30" }, { "16.1", "2028-11-30" },
};

static const struct date ubuntu[] = {
	{ "4.10", "2006-04-30" }, { "5.04", "2006-10-31" }, { "5.10", "2007-04-13" },
	{ "6.06", "2011-06-01" }, { "6.10", "2008-04-25" }, { "7.04", "2008-10-19" },
	{ "7.10", "2009-04-18" }, { "8.04", "2013-05-09" }, { "8.10", "2010-04-30" },
	{ "9.04", "2010-10-23" }, { "9.10", "2011-04-29" }, { "10.04", "2015-04-29" },
	{ "10.10", "2012-04-10" }, { "11.04", "2012-10-28" }, { "11.10", "2013-05-09" },
	{ "12.04", "2017-04-28" }, { "12.10", "2014-05-16" }, { "13.04", "2014-01-27" },
	{ "13.10", "2014-07-17" }, { "14.04", "2019-04-25" }, { "14.10", "2015-07-23" },
	{ "15.04", "2016-01-23" }, { "15.10", "2016-07-22" }, { "16.04", "2021-04-21" },
	{ "16.10", "2017-07-20" }, { "17.04", "2018-01-13" }, { "17.10", "2018-07-19" },
	{ "18.04", "2023-05-31" }, { "18.10", "2019-07-18" }, { "19.04", "2020-01-18" },
	{ "19.10", "2020-07-17" }, { "20.04", "2025-05-31" }, { "20.10", "2021-07-22" },
	{ "21.04", "2022-01-20" }, { "21.10", "2022-07-14" }, { "22.04", "2027-04-23" },
	{ "22.10", "2023-07-20" }, { "23.04", "2024-01-20" }, { "23.10", "2024-06-30" },
	{ "24.04", "2029-05-31" }, { "24.10", "2025-07-09" }, { "25.04", "2026-01-16" },
	{ "25.10", "2026-07-01" }, { "26.04", "2031-05-31" },
};

static const struct lifetime {
	const char *id;    /* as in os-release */
	unsigned parts;    /* of a version that name a release: 2 for "3.20" of "3.20.3" */
	const struct date *dates;
	size_t ndates;
} lifetimes[] = {
	{ "almalinux", 1, almalinux, ARRAY_LEN(almalinux) },
	{ "alpine", 2, alpine, ARRAY_LEN(alpine) },
	{ "amzn", 1, amzn, ARRAY_LEN(amzn) },
	{ "centos", 1, centos, ARRAY_LEN(centos) },
	{ "debian", 1, debian, ARRAY_LEN(debian) },
	{ "ol", 1, ol, ARRAY_LEN(ol) },
	{ "opensuse-leap", 2, opensuse_leap, ARRAY_LEN(opensuse_leap) },
	{ "photon", 2, photon, ARRAY_LEN(photon) },
	{ "rhel", 1, rhel, ARRAY_LEN(rhel) },
	{ "rocky", 1, rocky, ARRAY_LEN(rocky) },
	{ "sle-micro", 2, sle_micro, ARRAY_LEN(sle_micro) },
	{ "sl-micro", 2, sle_micro, ARRAY_LEN(sle_micro) },
	{ "sles", 2, sles, ARRAY_LEN(sles) },
	{ "ubuntu", 2, ubuntu, ARRAY_LEN(ubuntu) },
};
// clang-format on

/* The first parts of a version. */
static struct str
first_parts(const char *version, unsigned parts)
{
	struct str rest = str_of(version);
	size_t len = 0;

	for (unsigned i = 0; i < parts && rest.len > 0; i++)
		len += str_cut(&rest, '.').len + (i > 0);
	return (struct str){ version, len };
}

const char *
eol_date(const char *id, const char *version)
{
	for (size_t i = 0; i < ARRAY_LEN(lifetimes); i++) {
		const struct lifetime *l = &lifetimes[i];
		struct str release = first_parts(version, l->parts);

		for (size_t k = 0; str_is(str_of(id), l->id) && k < l->ndates; k++)
			if (str_is(release, l->dates[k].version))
				return l->dates[k].last_day;
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_fields.c - TABLE of the texts in our json
 */
#include "formatters/json_fields.h"

#include <string.h>

/* A table, which stays as it is laid out. */
/* clang-format off */

/* The key is the field's own name. */
#define FIELD(of, key, need) { #key, offsetof(struct of, key), need }
#define END { NULL, 0, JSON_NULLABLE }

const struct json_field json_report_fields[] = {
	FIELD(report, scanned_at, JSON_TIME),
	END
};

const struct json_field json_image_fields[] = {
	FIELD(image, reference, JSON_TEXT),
	FIELD(image, name, JSON_TEXT),
	FIELD(image, tag, JSON_NULLABLE),
	FIELD(image, digest, JSON_NULLABLE),
	FIELD(image, platform, JSON_NULLABLE),
	END
};

const struct json_field json_distro_fields[] = {
	FIELD(distro, id, JSON_TEXT),
	FIELD(distro, version, JSON_NULLABLE),
	FIELD(distro, codename, JSON_NULLABLE),
	FIELD(distro, name, JSON_TEXT),
	FIELD(distro, release, JSON_NULLABLE),
	FIELD(distro, eol, JSON_NULLABLE),
	END
};

const struct json_field json_layer_fields[] = {
	FIELD(layer, digest, JSON_NULLABLE),
	FIELD(layer, command, JSON_NULLABLE),
	FIELD(layer, toc, JSON_NULLABLE),
	END
};

const struct json_field json_database_fields[] = {
	FIELD(database, source, JSON_WORD),
	FIELD(database, built, JSON_TIME),
	END
};

const struct json_field json_feed_fields[] = {
	FIELD(database_feed, name, JSON_WORD),
	END
};

const struct json_field json_package_fields[] = {
	FIELD(package, type, JSON_WORD),
	FIELD(package, name, JSON_WORD),
	FIELD(package, version, JSON_WORD),
	FIELD(package, arch, JSON_NULLABLE),
	FIELD(package, source_name, JSON_TEXT),
	FIELD(package, source_version, JSON_TEXT),
	FIELD(package, purl, JSON_WORD),
	FIELD(package, layer, JSON_NULLABLE),
	FIELD(package, path, JSON_TEXT),
	END
};

const struct json_field json_vulnerability_fields[] = {
	FIELD(vulnerability, id, JSON_WORD),
	FIELD(vulnerability, title, JSON_NULLABLE),
	FIELD(vulnerability, details, JSON_NULLABLE),
	FIELD(vulnerability, url, JSON_URL),
	FIELD(vulnerability, feed, JSON_TEXT),
	FIELD(vulnerability, kev, JSON_NULLABLE),
	END
};

const struct json_field json_finding_fields[] = {
	FIELD(finding, fixed_version, JSON_NULLABLE),
	FIELD(finding, upgrade_to, JSON_NULLABLE),
	END
};

const struct json_field json_decision_fields[] = {
	FIELD(decision, reason, JSON_NULLABLE),
	FIELD(decision, justification, JSON_NULLABLE),
	FIELD(decision, owner, JSON_NULLABLE),
	FIELD(decision, expires, JSON_NULLABLE),
	FIELD(decision, source, JSON_NULLABLE),
	END
};

const struct json_field json_gap_fields[] = {
	FIELD(gap, layer, JSON_NULLABLE),
	FIELD(gap, path, JSON_NULLABLE),
	FIELD(gap, reason, JSON_TEXT),
	END
};

const struct json_field json_notice_fields[] = {
	FIELD(notice, kind, JSON_WORD),
	FIELD(notice, text, JSON_TEXT),
	END
};

/* clang-format on */

const char *
json_field_get(const struct json_field *f, const void *base)
{
	const char *text;

	memcpy(&text, (const char *)base + f->offset, sizeof(text));
	return text;
}

void
json_field_set(const struct json_field *f, void *base, const char *text)
{
	memcpy((char *)base + f->offset, &text, sizeof(text));
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_fields.h - which key of our json is which field of the model, for writing and reading
 */
#ifndef FORMATTERS_JSON_FIELDS_H
#define FORMATTERS_JSON_FIELDS_H

#include "step/model/model.h"

#define JSON_SCHEMA_MAJOR   "1."
#define JSON_SCHEMA_VERSION "1.0"

enum json_need {
	JSON_NULLABLE = 0,
	JSON_TEXT, /* not null */
	JSON_WORD, /* not null, not empty */
	JSON_TIME, /* RFC 3339 */
	JSON_URL,  /* http or https, or null */
};

/* One text of a struct. */
struct json_field {
	const char *key;
	size_t offset; /* of a const char * */
	enum json_need need;
};

/* Each ends with a NULL key; the order is the order in the document. */
extern const struct json_field json_report_fields[];
extern const struct json_field json_image_fields[];
extern const struct json_field json_distro_fields[];
extern const struct json_field json_layer_fields[];
extern const struct json_field json_database_fields[];
extern const struct json_field json_feed_fields[];
extern const struct json_field json_package_fields[];
extern const struct json_field json_vulnerability_fields[];
extern const struct json_field json_finding_fields[];
extern const struct json_field json_decision_fields[];
extern const struct json_field json_gap_fields[];
extern const struct json_field json_notice_fields[];

/* The text that f is in the struct at base. */
const char *json_field_get(const struct json_field *f, const void *base);
void json_field_set(const struct json_field *f, void *base, const char *text);

#endif

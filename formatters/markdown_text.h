/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown_text.h - hostile text in Markdown, where GitHub and GitLab render it
 *
 * Text is text whatever it holds: no markup, no table cell, no link that is not ours, no mention,
 * no reference to an issue, no emoji. All of it is one line; max is in code points. Results are in
 * the arena. They may stand anywhere but at the beginning of a line.
 */
#ifndef FORMATTERS_MARKDOWN_TEXT_H
#define FORMATTERS_MARKDOWN_TEXT_H

#include "step/base/base.h"

/* Prose; a word that GitHub or GitLab would make something of is shown as code. */
char *markdown_text(struct arena *a, const char *text, size_t max);
/* A name, version or path: as code, every blank of it; "" for "". */
char *markdown_code(struct arena *a, const char *text, size_t max);
/* text as a link, where url is an address that web_link() takes, else as prose; url or NULL. */
char *markdown_link(struct arena *a, const char *text, size_t max, const char *url);

#endif

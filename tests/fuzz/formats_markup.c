/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats_markup.c - XML and HTML, read back with libxml2
 *
 * The parser sees what a browser or a test reporter would: whatever a stranger's text made besides text
 * is an element, an attribute, a comment or an address that is none of ours.
 */
#include "tests/fuzz/formats.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <string.h>

/* All names of XML's and HTML's that are written, and no other; a blank on both sides of each. */
static const char junit_elements[] =
    " testsuites testsuite properties property testcase failure error skipped system-out system-err ";
static const char junit_attrs[] =
    " name package id hostname timestamp tests failures errors skipped time classname type message "
    "value ";
static const char html_elements[] =
    " html head meta title link style script body header main section nav footer h1 h2 p ul ol li dl dt "
    "dd table thead tbody tr th td a code details summary div fieldset legend input label button span "
    "strong svg rect path ";
static const char html_attrs[] =
    " lang charset name content http-equiv rel href id class hidden scope colspan type value "
    "placeholder role checked width height viewbox x d fill stroke stroke-linecap stroke-linejoin "
    "stroke-width vector-effect preserveaspectratio ";
/* A field of another document that is HTML; the parser puts a page around it. */
static const char fragment_elements[] = " html body p ul li a ";
static const char fragment_attrs[] = " href ";

static bool
is_one_of(const xmlChar *name, const char *names)
{
	const char *text = (const char *)name, *found = names;
	size_t len = strlen(text);

	while ((found = strstr(found, text)) != NULL) {
		if (found[-1] == ' ' && found[len] == ' ')
			return true;
		found += len;
	}
	return false;
}

/* Attributes that only tell what an element is. */
static bool
is_aria(const xmlChar *name)
{
	return str_starts(str_of((const char *)name), "aria-");
}

/* What a walk over a document counts. */
struct counts {
	unsigned scripts, styles, links;
	unsigned cases, failures, errors, skipped;
};

static void
count(struct counts *c, const char *name)
{
	c->scripts += strcmp(name, "script") == 0;
	c->styles += strcmp(name, "style") == 0;
	c->links += strcmp(name, "link") == 0;
	c->cases += strcmp(name, "testcase") == 0;
	c->failures += strcmp(name, "failure") == 0;
	c->errors += strcmp(name, "error") == 0;
	c->skipped += strcmp(name, "skipped") == 0;
}

/* An address a person may follow: the web's, a place of the page, or the companion. */
static bool
is_safe(const char *url)
{
	struct str s = str_of(url);

	return str_starts(s, "https://") || str_starts(s, "http://") || str_starts(s, "#") ||
	       strcmp(url, "report.css") == 0;
}

/* Attributes of elements; an address is safe. */
static void
check_attr(const xmlAttr *attr, const char *attrs)
{
	bool is_address = strcmp((const char *)attr->name, "href") == 0;
	xmlChar *value = xmlNodeListGetString(attr->doc, attr->children, 1);

	must(is_one_of(attr->name, attrs) || (attrs == html_attrs && is_aria(attr->name)));
	must(!is_address || (value && is_safe((const char *)value)));
	xmlFree(value);
}

/* Every node in the order of the document. */
static void
check_nodes(const xmlNode *top, const char *elements, const char *attrs, struct counts *c)
{
	const xmlNode *node = top;

	while (node) {
		must(
		    node->type == XML_ELEMENT_NODE || node->type == XML_TEXT_NODE ||
		    node->type == XML_CDATA_SECTION_NODE); /* libxml2's way with script and style */
		must(node->type != XML_CDATA_SECTION_NODE || elements == html_elements);
		if (node->type == XML_ELEMENT_NODE) {
			must(is_one_of(node->name, elements));
			count(c, (const char *)node->name);
			for (const xmlAttr *a = node->properties; a; a = a->next)
				check_attr(a, attrs);
		}
		if (node->type == XML_ELEMENT_NODE && node->children) {
			node = node->children;
			continue;
		}
		while (node != top && !node->next)
			node = node->parent;
		node = node == top ? NULL : node->next;
	}
}

static unsigned
attr_number(const xmlNode *node, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	uint64_t n = UINT64_MAX;

	must(value && str_number(str_of((const char *)value), UINT32_MAX, &n));
	xmlFree(value);
	return (unsigned)n;
}

static void
check_suite(const xmlNode *suite)
{
	struct counts c = { .cases = 0 };

	check_nodes(suite, junit_elements, junit_attrs, &c);
	must(attr_number(suite, "tests") == c.cases);
	must(attr_number(suite, "failures") == c.failures);
	must(attr_number(suite, "errors") == c.errors);
	must(attr_number(suite, "skipped") == c.skipped);
	must(c.cases > c.failures + c.errors + c.skipped); /* one passes always */
}

void
check_junit(const struct rendered *x)
{
	xmlDoc *doc = xmlReadMemory(
	    x->text.ptr, (int)x->text.len, "in.xml", NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
	struct counts c = { .cases = 0 };
	const xmlNode *root;

	must(doc != NULL && doc->intSubset == NULL);
	root = xmlDocGetRootElement(doc);
	must(root && root == doc->children && !root->next);
	must(strcmp((const char *)root->name, "testsuites") == 0);
	check_nodes(root, junit_elements, junit_attrs, &c);
	must(c.failures <= x->r->nfindings);
	for (const xmlNode *suite = root->children; suite; suite = suite->next)
		if (suite->type == XML_ELEMENT_NODE)
			check_suite(suite);
	xmlFreeDoc(doc);
}

void
check_html(const struct rendered *x)
{
	htmlDocPtr doc = htmlReadMemory(x->text.ptr, (int)x->text.len, "in.html", "utf-8",
	    HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	struct counts c = { .scripts = 0 };
	const xmlNode *root;

	must(doc != NULL);
	root = xmlDocGetRootElement(doc);
	must(root && strcmp((const char *)root->name, "html") == 0);
	check_nodes(root, html_elements, html_attrs, &c);
	must(c.scripts == 1 && c.styles == 1 && c.links == 1);
	xmlFreeDoc(doc);
}

void
check_fragment(const char *html)
{
	htmlDocPtr doc = NULL;
	struct counts c = { .cases = 0 };

	must(html != NULL);
	if (*html == '\0')
		return;
	doc = htmlReadMemory(html, (int)strlen(html), "in.html", "utf-8",
	    HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
	must(doc != NULL);
	check_nodes(xmlDocGetRootElement(doc), fragment_elements, fragment_attrs, &c);
	xmlFreeDoc(doc);
}

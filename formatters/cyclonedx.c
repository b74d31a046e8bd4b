/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cyclonedx.c - CycloneDX 1.6 as JSON: the packages, the vulnerabilities, and what was decided about them
 *
 * Spec: https://cyclonedx.org/docs/1.6/json/
 *
 * 1.6 is the newest that GitLab takes. Every finding is in, whatever --report-min says. What the
 * format has no field for is a scanstep: property.
 *
 * GitLab takes 5 MB. What does not fit is left out step by step, and the metadata says what:
 * enum cyclonedx_level has the order. Findings go, the least severe first, as long as those that
 * stay have a quarter of the room; then packages that none of these is of, from the end. The
 * document is made in memory, at most as large as that and an element, anew for each step.
 */
#include "formatters/cyclonedx_fit.h"
#include "formatters/cyclonedx_text.h"
#include "formatters/formatter.h"
#include "step/base/io.h"

static int
write_cyclonedx(const struct report *r, const struct format_opts *o, FILE *out, struct err *err)
{
	AUTO_ARENA arena = arena_new();
	AUTO_ARENA scratch = arena_new();
	AUTO_FREE char *bytes = NULL;
	struct cyclonedx c = { .r = r, .arena = arena, .scratch = scratch };
	size_t capacity = 0, len;
	FILE *memory = open_memstream(&bytes, &capacity);
	int result;

	(void)o;
	if (!memory)
		return err_set(err, ERR_INTERNAL, "no memory for a CycloneDX document");
	cyclonedx_open(&c);
	jsonout_init(&c.j, memory);
	result = cyclonedx_fit(&c, err);
	len = cyclonedx_size(&c);
	if (fclose(memory) != 0 && result == 0)
		result = err_set(err, ERR_INTERNAL, "no memory for a CycloneDX document");
	if (result == 0)
		fwrite(bytes, 1, len, out);
	return result;
}

const struct formatter formatter_cyclonedx = {
	.name = "cyclonedx",
	.summary = "CycloneDX 1.6: packages, vulnerabilities and decisions, under 5 MB",
	.spec = "https://cyclonedx.org/docs/1.6/json/",
	.file = "gl-sbom.cdx.json",
	.write = write_cyclonedx,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_auth_file.c - files of logins as anything at all may have left them
 *
 * The input's first line is a reference, where it is one; the rest is the file. Asserted: what is found can
 * be sent, a helper and a login do not come together, and trouble tells of the place and the registry alone.
 */
#include "step/image/auth_file.h"
#include "tests/fuzz/must.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_login(const struct credentials *c)
{
	must(!c->username || (*c->username && !strchr(c->username, ':') && c->password));
	must(!c->password || c->username);
	must(!c->identity_token || *c->identity_token);
	must(!c->registry_token || credentials_token_valid(c->registry_token));
	must_be_utf8(c->identity_token);
}

/* Every sentence of the file's own is known by how it begins, and no longer than its reason. */
static void
check_trouble(const char *trouble, const struct reference *ref)
{
	struct str rest = str_of(trouble);

	must_be_utf8(trouble);
	if (str_starts(rest, "is passed over: ")) {
		must(rest.len < 120);
		return;
	}
	must(str_starts(rest, "has a login for "));
	rest = str_skip(rest, strlen("has a login for "));
	must(str_starts(rest, ref->site));
	rest = str_skip(rest, strlen(ref->site));
	must(str_starts(rest, " that is passed over: ") && rest.len < 120);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = arena_new();
	struct str text = { (const char *)data, size }, rest = text, first = str_cut(&rest, '\n');
	struct reference ref;
	struct auth_found found;
	struct err err;

	if (reference_parse(first, a, &ref, &err) == 0)
		text = rest;
	else if (reference_parse(STR("registry.example.com/team/app"), a, &ref, &err) < 0)
		must(false);
	auth_file_find(text, &ref, a, &found);
	must(auth_same_site(str_of(ref.site), str_of(ref.site)));
	must(!found.helper || (*found.helper && !credentials_any(&found.credentials)));
	check_login(&found.credentials);
	if (found.trouble)
		check_trouble(found.trouble, &ref);
	return 0;
}

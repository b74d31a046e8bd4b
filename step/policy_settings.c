/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy_settings.c - what the settings say of policy, the same for a scan and for a stored report
 */
#include "step/policy_settings.h"

struct policy_summary
policy_of(const struct options *o)
{
	return (struct policy_summary){ .fail_on = o->fail_on,
		.fail_on_none = o->fail_on_none,
		.unknown_passes = o->unknown_passes,
		.ignore_states = o->ignore_states | (o->only_fixed ? FIX_STATES_WITHOUT : 0),
		.allow_empty = o->allow_empty,
		.allow_incomplete = o->allow_incomplete };
}

int
allowlists_of(const struct options *o, struct arena *a, struct allowlist **ret, struct err *err)
{
	if (allowlist_read(o->allowlists, o->nallowlists, a, ret, err) < 0)
		return -1;
	if (o->whitelist &&
	    allowlist_add_text(ret, o->whitelist_origin, str_of(o->whitelist), a, err) < 0)
		return -1;
	for (size_t i = 0; i < o->nleft_out; i++)
		allowlist_left_out(ret, o->left_out[i], a);
	return 0;
}

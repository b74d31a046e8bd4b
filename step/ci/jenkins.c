/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jenkins.c - Jenkins: reports for its Warnings, JUnit and HTML Publisher plugins
 *
 * Credentials and settings come as scanstep's own variables: the shared library
 * (ci-templates/jenkins) sets them.
 */
#include "step/ci/ci.h"

/* A controller without a configured address sets no JENKINS_URL; every build has the other two. */
static bool
is_jenkins(void)
{
	return env_text("JENKINS_URL") || (env_text("BUILD_TAG") && env_text("JOB_NAME"));
}

static const char *const jenkins_outputs[] = {
	"table",
	"json=scanstep.json",
	"jenkins",
	"junit",
	"html",
	NULL,
};

const struct ci_system ci_jenkins = {
	.name = "jenkins",
	.title = "Jenkins",
	.is_here = is_jenkins,
	.outputs = jenkins_outputs,
	.stored = "scanstep.json",
	.checkout = "WORKSPACE",
};

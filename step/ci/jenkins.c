/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jenkins.c - Jenkins: reports for its Warnings, JUnit and HTML Publisher plugins; and no CI system at all
 *
 * Credentials and settings come as scanstep's own variables: the shared library
 * (ci-templates/jenkins) sets them.
 */
#include "step/ci/ci.h"

/* Controllers without a configured address set no JENKINS_URL, agents of all set JENKINS_HOME or NODE_NAME. */
static bool
is_jenkins(void)
{
	return ci_variable("JENKINS_URL") || (ci_variable("BUILD_TAG") && ci_variable("JOB_NAME"));
}

static const char *const jenkins_outputs[] = {
	"table",
	"json=scanstep.json",
	"jenkins",
	"junit",
	"html",
	NULL,
};

const struct ci_platform ci_jenkins = {
	.name = "jenkins",
	.title = "Jenkins",
	.is_here = is_jenkins,
	.outputs = jenkins_outputs,
	.checkout = "WORKSPACE",
};

static bool
is_anywhere(void)
{
	return true;
}

static const char *const no_outputs[] = { NULL };

const struct ci_platform ci_elsewhere = {
	.name = "elsewhere",
	.title = "no CI system that is known",
	.is_here = is_anywhere,
	.outputs = no_outputs,
};

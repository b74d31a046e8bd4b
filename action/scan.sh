#!/bin/sh
# scan.sh - the action's scan: inputs become settings, and "scanstep ci" does the rest
#
# The step never fails for what the scan says: its exit status becomes the output "status", and the action's last step ends with
# it. So the outputs, the reports and the cache are there when the build is red, too.

. "$(dirname "$0")/lib.sh"

# What stands if nobody can say otherwise: an input is wrong, scanstep is killed.
put status 2
put verdict error

# An empty input is no setting: a variable of the job, or the default, holds. Lists may have an item a line.
for name in ALLOWLIST DB FAIL_ON FROM IGNORE_STATUS OUTPUT OUTPUT_DIR PLATFORM REGISTRY_PASSWORD REGISTRY_USERNAME \
	REPORT_MIN SARIF_LOCATION UNKNOWN; do
	value=
	eval "value=\${IN_$name-}"
	unset "IN_$name"
	case $name in
	ALLOWLIST | FROM | IGNORE_STATUS | OUTPUT) value=$(printf '%s' "$value" | tr '\n' ,) ;;
	esac
	[ -z "$value" ] || export "SCANSTEP_$name=$value"
done
for name in ALLOW_EMPTY ALLOW_INCOMPLETE OFFLINE ONLY_FIXED; do
	value=$(tell "IN_$name")
	case $value in
	true) export "SCANSTEP_$name=1" ;;
	false) export "SCANSTEP_$name=0" ;;
	esac
done
[ "${RUNNER_DEBUG:-}" != 1 ] || export SCANSTEP_VERBOSE="${SCANSTEP_VERBOSE:-2}"

status=0
"$PROGRAM" ci ${IN_IMAGE:+-- "$IN_IMAGE"} || status=$?
put status "$status"

# shellcheck shell=sh
# What the action's scripts share; each reads it first.
#
#	fail TEXT         ends the step, and says why where a job's page shows it; TEXT is our own words alone
#	put NAME VALUE    an output of the step
#	tell IN_NAME      a switch: prints true, false, or nothing if the input is empty; what else it holds is an error
#
# What an input holds comes from whoever wrote the workflow, and often from a branch's name or a title before
# that. So it arrives in variables, IN_<INPUT>, is never part of a command's text, and is never printed by us.

set -euf

fail()
{
	echo "::error title=scanstep::$1"
	exit 2
}

# In two lines the second could be an output of somebody else's.
put()
{
	case $2 in
	*'
'*) fail "the output '$1' would have a line break" ;;
	esac
	printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

tell()
{
	value=
	eval "value=\${$1-}"
	case $value in
	true | false | '') echo "$value" ;;
	*)
		echo "::error title=scanstep::the input '$(echo "${1#IN_}" | tr 'A-Z_' 'a-z-')' is neither true nor false" >&2
		exit 2
		;;
	esac
}

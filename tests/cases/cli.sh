# The command line: what is understood, what is refused with status 2 and a sentence, who wins.
. tests/lib.sh

# What a wrong command line says: name, pattern, arguments.
refused()
{
	name=$1
	pattern=$2
	shift 2
	check_status 2 "$name: status 2" "$SCANSTEP" "$@"
	check_text "$name: says so" "$pattern" "$TMPDIR/stderr"
}

# The same by the environment: name, pattern, VARIABLE=VALUE.
refused_variable()
{
	check_status 2 "$1: status 2" env "$3" "$SCANSTEP" scan /nonexistent
	check_text "$1: says so" "$2" "$TMPDIR/stderr"
}

refused "no image" 'IMAGE is missing; try "scanstep scan --help"' scan
refused "two images" "'b' is one operand too many" scan a b
refused "an empty image" 'an operand is empty' scan ''
refused "an unknown flag" '^scanstep: --nope is no option' scan --nope a
refused "an unknown letter" '^scanstep: -z is no option' scan -z a
refused "a flag of another command" 'is no option' db status --platform linux/amd64
refused "a flag without its value" 'fail-on needs a value' scan a --fail-on
refused "no such severity" "'hihg' is not none, negligible" scan --fail-on hihg a
refused "unknown is no threshold" "'unknown' is not none" scan --fail-on unknown a
refused "report-min none" "'none' is not negligible" scan --report-min none a
refused "no such format" "there is no format 'xml'; there are table, json" scan -o xml a
refused "two on standard output" 'cannot both go to standard output' scan -o table -o json a
refused "two in one file" 'cannot both go to x' scan -o json=x -o sarif=x a
refused "an empty file name" 'no file is named behind json=' scan -o json= a
refused "a platform without architecture" 'is not a platform' scan --platform linux a
refused "a platform of four parts" 'is not a platform' scan --platform a/b/c/d a
refused "days that are no number" 'is not a number of days' scan --db-max-age 5d a
refused "a switch that is neither on nor off" "'yes' is neither 1 nor 0" scan --offline=yes a
refused "an empty database name" 'the value is empty' scan --db= a
refused "a group without its command" 'there is no such command' db
refused "no such command of a group" 'bild: there is no such command' db bild
refused "nothing to build from" 'nothing to build from' db build
check_status 2 "no arguments at all: status 2" "$SCANSTEP"

refused_variable "a switch in the environment" "SCANSTEP_OFFLINE: 'true' is neither 1 nor 0" SCANSTEP_OFFLINE=true
refused_variable "a severity in the environment" "SCANSTEP_FAIL_ON: 'bad' is not" SCANSTEP_FAIL_ON=bad
refused_variable "a format in the environment" "there is no format 'nope'" SCANSTEP_OUTPUT=json=x,nope
refused_variable "the sandbox's switch" "SCANSTEP_SANDBOX: '0' is neither on nor off" SCANSTEP_SANDBOX=0

# Accepted: the image is what fails then, with 3.
accepted()
{
	name=$1
	shift
	check_status 3 "$name" "$@" scan "$TMPDIR/nonexistent.tar"
}

accepted "an empty variable is unset" env SCANSTEP_FAIL_ON= SCANSTEP_DB= "$SCANSTEP"
accepted "switches are 1 or 0" env SCANSTEP_OFFLINE=1 SCANSTEP_NO_CACHE=0 "$SCANSTEP"
check_status 3 "a flag beats the environment" env SCANSTEP_OUTPUT=table,json "$SCANSTEP" scan -o table "$TMPDIR/no"
check_status 3 "scanstep IMAGE is scan IMAGE" "$SCANSTEP" "$TMPDIR/nonexistent.tar"
check_status 3 "flags may come first" "$SCANSTEP" --fail-on high -v "$TMPDIR/nonexistent.tar"
accepted "a misspelt variable" env SCANSTEP_FAILON=high "$SCANSTEP"
check_text "a misspelt variable is told" 'warning: SCANSTEP_FAILON is set, but is no setting' "$TMPDIR/stderr"
accepted "no home" env -u HOME "$SCANSTEP"
check_text "no home is told" 'nothing is cached' "$TMPDIR/stderr"

for c in scan gate convert "db build" "db status" compare; do
	# shellcheck disable=SC2086
	check "help of $c" "$SCANSTEP" $c --help
	check_text "help of $c begins with its usage" "^Usage: scanstep $c " "$TMPDIR/stdout"
done
check "help" "$SCANSTEP" --help
check "version" "$SCANSTEP" --version
check_text "version is a number" '^scanstep [0-9]*\.[0-9]*\.[0-9]*$' "$TMPDIR/stdout"
check_status 6 "a full disk under standard output" sh -c '"$1" --help >/dev/full' sh "$SCANSTEP"
check "standard files may be closed" sh -c '"$1" --version >&- 2>&- <&-' sh "$SCANSTEP"

# Roff spells a dash \-.
"$SCANSTEP" --man | tr -d '\\' >"$TMPDIR/man"
"$SCANSTEP" --list-options | cut -f 1 | grep -v '^-$' | while read -r flag; do
	grep -q -e "^.B.*--$flag" "$TMPDIR/man" || echo "$flag"
done >"$TMPDIR/missing"
: >"$TMPDIR/none"
check_same "the manual page names each flag" "$TMPDIR/none" "$TMPDIR/missing"
finish

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
refused "an unknown flag" '^scanstep: there is no option --nope; try' scan --nope a
refused "an unknown letter" '^scanstep: there is no option -z; try' scan -z a
refused "a flag of another command" 'there is no option --platform' db status --platform linux/amd64
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
check_text "a group tells its commands" '^  db status' "$TMPDIR/stderr"
refused "a location elsewhere" 'is not the name of a file within the checkout' scan --sarif-location /etc/passwd:3 a
refused "a location above" 'leads out of the checkout' scan --sarif-location a/../../b:3 a
refused "a location that is a line" 'is not the name of a file within the checkout' convert --sarif-location ./:3 a
refused "an end of life of no severity" "'soon' is not none, negligible" scan --gitlab-eol soon a
refused "an empty folder for reports" 'the value is empty' scan --output-dir= a
refused "an empty allow-list" 'the value is empty' scan --allowlist= a
refused "a gate for later, without one" 'there is no option --gate-later' scan --gate-later a
refused "later or not" "'yes' is neither 1 nor 0" ci --gate-later=yes a
refused "two reports for the gate" "'b' is one operand too many" ci gate a b
refused "suppressed or not" "'yes' is neither include nor omit" gate --sarif-suppressed yes a
refused "a companion's place" 'html and json cannot both go to d/report.css' scan -o html=d/x.html -o json=d/report.css a
refused "a companion's place, the other way round" 'json and html cannot both go to report.css' scan -o json=report.css -o html a
refused "github twice" 'github and github cannot both go to standard output' scan -o github -o github a
refused "github and json" 'json and github cannot both go to standard output' scan -o json -o github a
refused "how several flags begin" '^scanstep: there is no option --allow; flags are written out' scan --allow a
refused "how one flag begins" '^scanstep: there is no option --sarif-loc; flags are written out' scan --sarif-loc=x a
refused "that without its value" '^scanstep: there is no option --outp; flags are written out' scan --outp
refused "that of a flag without one" '^scanstep: there is no option --hel; flags are written out' scan --hel=x
# secret FLAG: is none, and what stands behind it is not told.
secret()
{
	refused "$1, a secret" "^scanstep: there is no option $1: no flag takes a secret, use SCANSTEP_REGISTRY_$2 or " \
		scan "$1" s3cret-PW a
	check_no_text "$1: is not told" s3cret "$TMPDIR/stderr"
	refused "$1=, a secret" "^scanstep: there is no option $1: no flag takes a secret" scan "$1=s3cret-PW" a
	check_no_text "$1=: is not told" s3cret "$TMPDIR/stderr"
}
secret --registry-password PASSWORD
secret --registry-pass PASSWORD
secret --password PASSWORD
secret --registry-token PASSWORD
refused "a secret where there is no registry" 'there is no option --password; try' gate --password s3cret-PW a
for minutes in 0 1441 30s -1 99999999999999999999; do
	refused "no timeout: $minutes" 'is not a number of minutes from 1 to 1440' scan --timeout="$minutes" a
done
refused "a switch that is neither" "'2' is neither 1 nor 0" scan --whole-layers=2 a
refused "a key without its certificate" 'needs --registry-client-cert beside it' \
	scan --registry-client-key README.md 127.0.0.1:1/a
refused "a certificate that is not there" 'nosuch.pem' scan --registry-client-cert nosuch.pem 127.0.0.1:1/a
refused "a certificate that is none" 'README.md' scan --registry-client-cert README.md 127.0.0.1:1/a
refused "one of several, of a registry" '127.0.0.1:1/a is none' scan --image x 127.0.0.1:1/a
refused "a password for its file" '^scanstep: --registry-password-file: No such file' \
	scan --registry-username robin --registry-password-file s3cret-PW 127.0.0.1:1/a
check_no_text "is not told" s3cret "$TMPDIR/stderr"
refused "--severity" 'there is no option --severity; write --fail-on SEVERITY' scan --severity=HIGH a
refused "--exit-code" 'there is no option --exit-code; write --fail-on SEVERITY' scan --exit-code 1 a
refused "--format" 'there is no option --format; write -o FORMAT' scan --format json a
refused "-f" 'there is no option -f; write -o FORMAT' gate -f json a
refused "--severity where nothing is judged" 'there is no option --severity; try' convert --severity x a
refused "a file for a format" "there is no format 'report.json'; did you mean json=report.json" scan -o report.json a
refused "a file of another ending for a format" 'did you mean junit=report.xml' scan -o report.xml a
refused "a file for a format, elsewhere" "did you mean sarif=out/x.sarif" scan -o out/x.sarif a
refused "no such command" "^scanstep: 'image' is no command; to scan: scanstep alp.tar" image alp.tar

# Spellings of other tools, and what is written here.
(
	cd "$TMPDIR" && mkdir -p oci1 dir:here:too && : >oci1/oci-layout
)
foreign()
{
	refused "$1" "'$2' is no prefix of scanstep; $3" "$1"
}
foreign docker://alpine:3 docker:// 'write registry:alpine:3'
foreign registry://alpine:3 registry:// 'write registry:alpine:3'
foreign dir:folder dir: 'write rootfs:folder'
foreign oci-archive:x.tar oci-archive: 'write oci:x.tar'
foreign oci-dir:x oci-dir: 'write oci:x'
foreign podman://alpine podman:// 'write podman:alpine'
foreign docker-daemon:alpine docker-daemon: 'write docker:alpine'
foreign containers-storage:alpine containers-storage: 'write podman:alpine'
check_status 2 "an image of a layout, as other tools name it" sh -c 'cd "$2" && "$1" oci1:alp' sh "$SCANSTEP" "$TMPDIR"
check_text "is told how to" "use oci1 --image alp" "$TMPDIR/stderr"
check_status 3 "a file that begins like a foreign prefix" sh -c 'cd "$2" && "$1" dir:here:too' sh "$SCANSTEP" "$TMPDIR"
head -c 30000 /dev/zero >"$TMPDIR/zeros"
(cd "$TMPDIR" && tar cf whole.tar zeros && head -c 20000 whole.tar >cut.tar)
check_status 3 "a tar that is cut" "$SCANSTEP" "$TMPDIR/cut.tar"
check_text "is told as such" 'cut.tar: the archive ends early$' "$TMPDIR/stderr"
check_status 3 "an absolute folder" "$SCANSTEP" "$TMPDIR/dir:here:too"
check_no_text "is no image of a registry" 'registry:' "$TMPDIR/stderr"
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
accepted "severities in any case" env SCANSTEP_FAIL_ON=HIGH SCANSTEP_REPORT_MIN=Low "$SCANSTEP"
accepted "none in any case" env SCANSTEP_FAIL_ON=None "$SCANSTEP"
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
check "help of db" "$SCANSTEP" db --help
check_text "help of db tells build" '^  db build' "$TMPDIR/stdout"
check_text "help of db tells status" '^  db status' "$TMPDIR/stdout"
check "help of db build" "$SCANSTEP" db build --help
check_text "it names a feed's address" '^ *https://[^ ]*/json$' "$TMPDIR/stdout"
check_text "and an example" '^  scanstep db build https://' "$TMPDIR/stdout"
check "help db build" "$SCANSTEP" help db build
check_text "is that of db build" '^Usage: scanstep db build ' "$TMPDIR/stdout"
check "version as a word" "$SCANSTEP" version
check_text "is the version" '^scanstep [0-9]' "$TMPDIR/stdout"
check "help as a word" "$SCANSTEP" help
cp "$TMPDIR/stdout" "$TMPDIR/help"
check "help" "$SCANSTEP" --help
check_same "help as a word is the help" "$TMPDIR/help" "$TMPDIR/stdout"
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

# Allow-lists of others: tests/fixtures/policy/clair-scanner.tsv, one truth a line, and policy/peers/CASE: files by the names
# that their programs look for, applied to policy/findings.tsv as if found in a checkout, give CASE/out; CASE/image
# holds an image's reference and name. What is hostile and large is made here.
# shellcheck shell=sh
. tests/lib.sh

case $BUILD in
/*) driver=$BUILD/tests/drivers/allowlist ;;
*) driver=$PWD/$BUILD/tests/drivers/allowlist ;;
esac
fixtures=$PWD/tests/fixtures/policy
tab=$(printf '\t')
now=2026-06-15T12:00:00Z

# ---- clair-scanner, line by line ----

while IFS=$tab read -r vector what threshold reference name list findings standings said; do
	case $vector in '#'*) continue ;; esac
	echo "$findings" | tr ',' '\n' | sed 's/^\([a-z]*\):\(.*\)/\1\tp\tp\t\2/' >"$TMPDIR/findings"
	[ "$list" != - ] || list=
	printf '%b' "$list" | (cd "$TMPDIR" && "$driver" - findings "$threshold" "$now" "$reference" "$name") >"$TMPDIR/got" 2>&1
	case $standings in
	error*) sed 's/:.*//' "$TMPDIR/got" >"$TMPDIR/standings" ;;
	*) awk -F '\t' 'NF == 4 { print $1 "=" $4 }' "$TMPDIR/got" >"$TMPDIR/standings" ;;
	esac
	echo "$standings" | tr ',' '\n' >"$TMPDIR/wanted"
	# Where no reason is wanted, any will do.
	paste "$TMPDIR/wanted" "$TMPDIR/standings" | awk -F '\t' '{ if ($1 !~ /=/) sub(/=.*/, "", $2); print $2 }' >"$TMPDIR/compared"
	check_same "vector $vector, $what" "$TMPDIR/wanted" "$TMPDIR/compared"
	if [ "$said" = - ]; then
		check_no_text "vector $vector, $what: nothing is said" '^allowlist' "$TMPDIR/got"
	else
		check_text "vector $vector, $what: said" "$said" "$TMPDIR/got"
	fi
done <"$fixtures/clair-scanner.tsv"

# ---- Files by their names ----

# apply FOLDER: the lists of a folder, as they are found in it, into $TMPDIR/got.
apply()
{
	reference=registry.example/app:1
	name=registry.example/app
	[ ! -f "$1/image" ] || IFS=$tab read -r reference name <"$1/image"
	(
		cd "$1" || exit
		lists=$("$driver" --find .)
		# What bears no such name is the only file there.
		[ -n "$lists" ] || lists=$(find . -type f ! -name out ! -name image | sed 's/^\.\///')
		# shellcheck disable=SC2086
		set -- $lists
		first=$1
		shift
		timeout 60 "$driver" "$first" "$fixtures/findings.tsv" medium "$now" "$reference" "$name" "$@"
	) >"$TMPDIR/got" 2>&1
}

for dir in "$fixtures"/peers/*/; do
	case=${dir%/}
	apply "$case"
	check_same "${case##*/}" "$case/out" "$TMPDIR/got"
done

# ---- In a checkout ----

checkout=$TMPDIR/checkout
mkdir -p "$checkout/.git" "$checkout/lists" "$TMPDIR/elsewhere"
for name in scanstep-allowlist.yml scanstep-allowlist.yaml vulnerability-allowlist.yml clair-whitelist.yml clair-whitelist.yaml \
	.trivyignore .trivyignore.yaml .trivyignore.yml; do
	: >"$checkout/$name"
	echo "$name" >>"$TMPDIR/names"
done
: >"$checkout/whitelist.yml"
(cd "$checkout" && "$driver" --find .) >"$TMPDIR/got"
check_same "all names, in the table's order" "$TMPDIR/names" "$TMPDIR/got"
sed "s|^|$checkout/|" "$TMPDIR/names" >"$TMPDIR/wanted"
"$driver" --find "$checkout" >"$TMPDIR/got"
check_same "and of another folder" "$TMPDIR/wanted" "$TMPDIR/got"

cd "$checkout" || exit 1
rm ./*.y*ml .trivyignore*
: >lists/ours
echo secret >"$TMPDIR/elsewhere/file"
echo secret >.git/config
mkdir clair-whitelist.yml
mkfifo .trivyignore.yml
ln -s lists/ours scanstep-allowlist.yml
ln -s "$TMPDIR/elsewhere/file" scanstep-allowlist.yaml
ln -s .git/config vulnerability-allowlist.yml
ln -s lists clair-whitelist.yaml
ln -s nowhere .trivyignore
ln -s .trivyignore.yaml .trivyignore.yaml
"$driver" --find . >"$TMPDIR/got"
echo scanstep-allowlist.yml >"$TMPDIR/wanted"
check_same "a link within the checkout, none out of it, into .git, to a folder, to nothing or itself" "$TMPDIR/wanted" "$TMPDIR/got"
"$driver" --find "$TMPDIR/absent" >"$TMPDIR/got"
check "a folder that is not there" test ! -s "$TMPDIR/got"
cd "$OLDPWD" || exit 1

# ---- Hostile ----

# hostile NAME: $TMPDIR/NAME, applied in a minute at most.
hostile()
{
	(cd "$TMPDIR" && timeout 60 "$driver" "$1" "$fixtures/findings.tsv" medium "$now") >"$TMPDIR/got" 2>&1
}

# refused NAME WHAT PATTERN: it is an error of status 2 that says so.
refused()
{
	hostile "$1"
	check_text "$1: $2" "^error 2: allow-list $1: .*$3" "$TMPDIR/got"
}

for name in clair-whitelist.yml vulnerability-allowlist.yml .trivyignore.yaml; do
	awk 'BEGIN { printf "images: "; for (i = 0; i < 20000; i++) printf "{a: " }' >"$TMPDIR/$name"
	refused "$name" "20,000 open maps" "nested deeper than 32"
	printf 'images: &a {x: {CVE-1: y}}\ngeneral: *a\n' >"$TMPDIR/$name"
	refused "$name" "an anchor" "anchors are not allowed"
	printf 'images: {<<: {CVE-1: y}}\n' >"$TMPDIR/$name"
	refused "$name" "a merge key" "merge keys are not allowed"
	printf 'images: {x: {"CVE-1\\0": y}}\n' >"$TMPDIR/$name"
	refused "$name" "a NUL" "a NUL within a text"
	printf 'images: {x: {CVE-1: caf\351}}\n' >"$TMPDIR/$name"
	refused "$name" "Latin-1" "UTF-8"
	printf 'images: {x: y}\n---\na: b\n' >"$TMPDIR/$name"
	refused "$name" "two documents" "a second document\|images is no map\|it is no map"
	{ head -c 1048577 /dev/zero | tr '\0' '#'; } >"$TMPDIR/$name"
	refused "$name" "a byte more than 1 MiB" "larger than the limit of 1048576 bytes"
	printf '\357\273\277vulnerabilities:\r\n- id: CVE-2024-0002\r\ngeneralallowlist:\r\n  CVE-2024-0002: x\r\ngeneralwhitelist:\r\n' >"$TMPDIR/$name"
	hostile "$name"
	check_text "$name: a mark and CR LF" "^allowed${tab}zlib1g${tab}CVE-2024-0002${tab}" "$TMPDIR/got"
done
head -c 1048577 /dev/zero | tr '\0' '#' >"$TMPDIR/.trivyignore"
refused .trivyignore "a byte more than 1 MiB" "larger than the limit of 1048576 bytes"
head -c 1048577 /dev/zero | tr '\0' '#' >"$TMPDIR/got.in"
"$driver" - "$fixtures/findings.tsv" medium "$now" <"$TMPDIR/got.in" >"$TMPDIR/got"
check_text "WHITELIST: a byte more than 1 MiB" "^error 2: allow-list WHITELIST: larger than the limit" "$TMPDIR/got"

# Many entries, many findings of one id: the time grows with their sum.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "C%d\n", i; print "CVE-2024-0002" }' >"$TMPDIR/.trivyignore"
hostile .trivyignore
check "100,001 lines" grep -q "^allowed${tab}zlib1g${tab}CVE-2024-0002" "$TMPDIR/got"
awk 'BEGIN { print "# " sprintf("%1000s", "x"); for (i = 0; i < 100000; i++) print "C1 y" }' >"$TMPDIR/.trivyignore"
hostile .trivyignore
check_count "100,000 lines with odd words are said a few times" 11 '^allowlist-note' "$TMPDIR/got"
awk 'BEGIN { for (i = 0; i < 200000; i++) print "#" i }' | head -c 1000000 >"$TMPDIR/.trivyignore"
echo >>"$TMPDIR/.trivyignore"
echo CVE-2024-0002 >>"$TMPDIR/.trivyignore"
hostile .trivyignore
# shellcheck disable=SC2016
check "a comment of 1 MB is cut" awk -F '\t' '$3 == "CVE-2024-0002" && length($4) < 3000 { found = 1 } END { exit !found }' "$TMPDIR/got"
awk 'BEGIN { print "generalwhitelist:"; for (i = 0; i < 100000; i++) printf " %x:\n", i; print " CVE-2024-0002:" }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check "100,001 keys" grep -q "^allowed${tab}zlib1g${tab}CVE-2024-0002" "$TMPDIR/got"
awk 'BEGIN { print "generalwhitelist:"; for (i = 0; i < 100000; i++) print " C: x" }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check_text "100,000 times the same key" "has 99989 more keys twice" "$TMPDIR/got"
awk 'BEGIN { print "images:"; for (i = 0; i < 60000; i++) printf " i%x: {C: }\n", i }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check_text "60,000 images" "names another image" "$TMPDIR/got"
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "k%x: 1\n", i }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check_count "60,000 unknown keys are said a few times" 11 '^allowlist-note' "$TMPDIR/got"

awk 'BEGIN { print "vulnerabilities:"; for (i = 0; i < 1001; i++) print "- {id: C, paths: [a" i "]}" }' >"$TMPDIR/.trivyignore.yaml"
hostile .trivyignore.yaml
check_text "1,001 paths of one id" "^error 2: allow-list .trivyignore.yaml: more than 1000 paths and package URLs for C" "$TMPDIR/got"
sed '$d' "$TMPDIR/.trivyignore.yaml" | sed 's/id: C,/id: CVE-2024-0001,/' >"$TMPDIR/ignore.yml"
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "high\tp%d\topenssl\tCVE-2024-0001\n", i }' >"$TMPDIR/findings"
(cd "$TMPDIR" && timeout 60 "$driver" ignore.yml findings medium "$now") >"$TMPDIR/got" 2>&1
check_count "1,000 paths for 20,000 findings" 20000 '^open' "$TMPDIR/got"
{
	printf 'vulnerabilities: [{id: CVE-2024-0001, paths: ["'
	head -c 340 /dev/zero | sed 's/\o0/**\//g'
	printf '"]}, {id: CVE-2024-0001, paths: ["'
	head -c 500 /dev/zero | sed 's/\o0/*a/g'
	printf '"]}]\n'
} >"$TMPDIR/ignore.yml"
(cd "$TMPDIR" && timeout 60 "$driver" ignore.yml findings medium "$now") >"$TMPDIR/got" 2>&1
check_count "globs of stars for 20,000 findings" 20000 '^open' "$TMPDIR/got"
printf 'vulnerabilities: [{id: C, paths: ["%s"]}]\n' '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}' >"$TMPDIR/ignore.yml"
refused ignore.yml "64 alternatives" "has too many alternatives"

finish

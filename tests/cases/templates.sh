# shellcheck shell=sh
# ci-templates of the CI systems without a case of their own: each script, run as its system would (tests/templates.py),
# on a small image; and that the pages there name what there is.
. tests/lib.sh

sanitized && skip_all "these are scripts, which sanitizers do not watch"
python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml, which reads the templates, is not installed"

tree=$PWD
mkdir "$TMPDIR/bin"
ln -s "$SCANSTEP" "$TMPDIR/bin/scanstep"

# Azure's template starts a container: this stands for Docker, gives the program the variables and folders that were named
# and no other, and calls it by its entry point.
cat >"$TMPDIR/bin/docker" <<'EOF'
#!/bin/sh
set -eu
[ "$1" = run ]
shift
folders="" names="PATH HOME TMPDIR SCANSTEP_OFFLINE SCANSTEP_SANDBOX"
while :; do
	case $1 in
	--rm | --read-only) shift ;;
	--tmpfs | --user) shift 2 ;;
	--workdir) workdir=$2 && shift 2 ;;
	--volume) folders="$folders $2" && shift 2 ;;
	--env) names="$names $2" && shift 2 ;;
	-*) echo "docker: unknown $1" >&2 && exit 125 ;;
	*) break ;;
	esac
done
echo "$1" >"$TMPDIR/container"
shift
for f in $folders; do
	case $f in
	*:/checkout:ro) work=${f%%:*} ;;
	*:/result) result=${f%%:*} ;;
	*:/cache) SCANSTEP_CACHE_DIR=${f%%:*} && export SCANSTEP_CACHE_DIR && names="$names SCANSTEP_CACHE_DIR" ;;
	esac
done
[ "$workdir" = /checkout ]
for v in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
	case " $names " in
	*" $v "*) ;;
	*) unset "$v" 2>/dev/null || : ;;
	esac
done
[ "$1 $2 $3" = "ci --output-dir /result" ]
shift 3
cd "$work"
exec scanstep ci --output-dir "$result" "$@"
EOF
chmod +x "$TMPDIR/bin/docker"
PATH=$TMPDIR/bin:$PATH
SCANSTEP_OFFLINE=1
export PATH SCANSTEP_OFFLINE

sh tests/mkimage.sh tests/fixtures/image/sample oci-tar gzip "$TMPDIR/sample.tar" || exit 1
# Names that a shell, and each system's own references, would read something into.
quoted="a \"b\" 'c' \$(touch pwned) \${HOME} \`touch pwned\`; touch pwned.tar"
lines='two
touch pwned
.tar'
# shellcheck disable=SC2016
references='$(params.fail-on) ${{ parameters.failOn }} << parameters.fail-on >> $(HOME)'

# template PLATFORM IMAGE FAIL_ON [NAME=VALUE...]: in a new workspace, which has the image under each of those names.
template()
{
	platform=$1 image=$2 fail_on=$3
	shift 3
	rm -rf "$TMPDIR/workspace"
	mkdir "$TMPDIR/workspace"
	for file in sample.tar "$quoted" "$lines" "$references" ./--help gate; do
		ln "$TMPDIR/sample.tar" "$TMPDIR/workspace/$file"
	done
	case $platform in
	azure) set -- "image=$image" "failOn=$fail_on" container=registry.example.com/scanstep:1 "$@" ;;
	bitbucket) set -- "CS_IMAGE=$image" "FAIL_ON=$fail_on" "$@" ;;
	circleci | tekton) set -- "image=$image" "fail-on=$fail_on" "$@" ;;
	*) set -- "CS_IMAGE=$image" "SCANSTEP_FAIL_ON=$fail_on" "$@" ;;
	esac
	(cd "$tree" && python3 tests/templates.py "$platform" "$TMPDIR/workspace" "$@")
}

# check_untouched NAME IMAGE: the report is of the image of exactly this name, and nothing else was run.
check_untouched()
{
	found=$(find "$TMPDIR/workspace" -name scanstep.json)
	check "$1" python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1]))["image"]["reference"] != sys.argv[2])' "$found" "$2"
	check "and nothing else was run" test ! -e "$TMPDIR/workspace/pwned"
}

for t in azure bitbucket circleci woodpecker drone tekton; do
	check_status 0 "$t: a scan that passes" template "$t" sample.tar none
	check_status 1 "$t: a policy that is violated" template "$t" sample.tar high
	check_text "its table is in the log" '^FAILED: .* reach' "$TMPDIR/stdout"
	check_status 3 "$t: an image that is not there" template "$t" docker-archive:absent.tar none
	check_status 2 "$t: a severity that is a command" template "$t" sample.tar 'high; touch pwned'
	check "is not run" test ! -e "$TMPDIR/workspace/pwned"
	for image in "$quoted" "$lines" "$references" --help gate; do
		check_status 0 "$t: an image of a strange name" template "$t" "$image" none
		check_untouched "$t: is scanned" "$image"
	done
done
check "azure: the container is the one that was named" grep -qx registry.example.com/scanstep:1 "$TMPDIR/container"

# check_results VERDICT STATUS: what the Task tells later ones.
check_results()
{
	check "tekton: the verdict is $1" test "$(cat "$TMPDIR/workspace/results/verdict")" = "$1"
	check "tekton: the status is $2" test "$(cat "$TMPDIR/workspace/results/exit-status")" = "$2"
}
check_status 0 "tekton: goes on with a policy that is violated" template tekton sample.tar high on-policy=continue
check_results failed 1
check_status 1 "tekton: fails for it" template tekton sample.tar high on-policy=fail
check_results failed 1
check_status 3 "tekton: no image fails it all the same" template tekton docker-archive:absent.tar high on-policy=continue
check_results error 3
check_status 0 "tekton: a scan that passes" template tekton sample.tar none on-policy=continue
check_results passed 0

# ---- The pages ----

for d in ci-templates/*/; do
	check "ci-templates/README.md leads to $d" grep -q "](${d#ci-templates/}" ci-templates/README.md
done

# What MIGRATING.md calls ours, in the last column of its tables, is there: flags, variables, formats and commands.
"$SCANSTEP" --list-commands >"$TMPDIR/commands"
check "there are commands" grep -qx 'ci gate' "$TMPDIR/commands"
while read -r c; do
	# shellcheck disable=SC2086
	"$SCANSTEP" $c --help
done <"$TMPDIR/commands" >"$TMPDIR/help"
awk -F'|' '/^\|/ { print $(NF - 1) }' ci-templates/MIGRATING.md >"$TMPDIR/ours"
grep -oE -e '--[a-z][a-z-]+|SCANSTEP_[A-Z_]+' "$TMPDIR/ours" | sort -u >"$TMPDIR/named"
check "MIGRATING.md names flags and variables" test "$(wc -l <"$TMPDIR/named")" -gt 20
while read -r name; do
	case $name in
	# Of ClairInABox and of the templates alone, and so in no table of settings.
	SCANSTEP_RESULT_DIR | SCANSTEP_CONTAINER_IMAGE) continue ;;
	esac
	grep -q -w -e "$name" "$TMPDIR/help" || echo "$name"
done <"$TMPDIR/named" >"$TMPDIR/unknown"
check_same "and all of them are there" /dev/null "$TMPDIR/unknown"
grep -oE -e '-o [a-z]+' "$TMPDIR/ours" | cut -c 4- | sort -u >"$TMPDIR/named"
check "MIGRATING.md names formats" grep -qx json "$TMPDIR/named"
"$SCANSTEP" --list-formats | grep -vxF -f - "$TMPDIR/named" >"$TMPDIR/unknown"
check_same "and all of them are there" /dev/null "$TMPDIR/unknown"
grep -oE 'scanstep [a-z]+( build)?' "$TMPDIR/ours" | cut -c 10- | sort -u >"$TMPDIR/named"
check "MIGRATING.md names commands" grep -qx scan "$TMPDIR/named"
grep -vxF -f "$TMPDIR/commands" "$TMPDIR/named" >"$TMPDIR/unknown"
check_same "and all of them are there" /dev/null "$TMPDIR/unknown"

# The Jenkins step archives files by the names that formats go to.
"$SCANSTEP" formats | awk '$2 ~ /\./ && $1 !~ /^http/ { print $1 ": " $2 }' | sort >"$TMPDIR/formats"
sed -n '/^private Map fileOfFormat/,/^}/ s/^ *\([a-z]*\): .\([^,]*\).,$/\1: \2/p' ci-templates/jenkins/vars/scanstep.groovy | sort >"$TMPDIR/files"
check_same "the Jenkins step knows every format's file" "$TMPDIR/formats" "$TMPDIR/files"
finish

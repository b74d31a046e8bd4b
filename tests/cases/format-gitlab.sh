# shellcheck shell=sh
# gitlab: valid by the schema that it declares and by the newest, ids that are unique and stay, and nothing in it by
# which GitLab would drop a finding or refuse the report, whatever a stored report holds.
. tests/lib.sh
kind=gitlab
. tests/reports/gitlab.sh
one=tests/fixtures/report/one.json

goldens=$(echo tests/golden/gitlab/*.json)
for v in 15.0.7 15.2.1; do
	# shellcheck disable=SC2086
	check_schema "golden files" "container-scanning-report-format-$v.json" $goldens
done
for f in $goldens; do
	check_golden "$f"
done

# ---- Made reports ----

for name in twins shared blank blanks long; do
	made "$name"
done
for v in 15.0.7 15.2.1; do
	check_schema "made reports" "container-scanning-report-format-$v.json" \
	    "$TMPDIR/twins.gitlab" "$TMPDIR/shared.gitlab" "$TMPDIR/blank.gitlab" "$TMPDIR/blanks.gitlab" "$TMPDIR/long.gitlab"
done

# What the findings of a report are called, one a line.
ids()
{
	sed -n 's/^      "id": "\([0-9a-f-]\{36\}\)",$/\1/p' "$1" | sort
}

rendered "30,000 findings" "$TMPDIR/many.json" "$TMPDIR/many.gitlab"
ids "$TMPDIR/many.gitlab" | uniq >"$TMPDIR/ids"
check_count "and have as many ids" 30000 . "$TMPDIR/ids"

# An allow-list's entry, or a threshold, takes findings away and renames none.
ids "$TMPDIR/twins.gitlab" >"$TMPDIR/all"
made twins --report-min high
ids "$TMPDIR/twins.gitlab" >"$TMPDIR/high"
comm -13 "$TMPDIR/all" "$TMPDIR/high" >"$TMPDIR/renamed"
: >"$TMPDIR/empty"
check_same "no id of those that are left is new" "$TMPDIR/empty" "$TMPDIR/renamed"
check_count "and one is gone" 11 . "$TMPDIR/high"
check_text "what is left out is counted" '1 of 13 findings are left out: they are below --report-min high' "$TMPDIR/twins.gitlab"
check_text "dismissed ones, too" '1 of 13 findings are left out: an allow-list, a setting or VEX' "$TMPDIR/twins.gitlab"

# Shared advisories are no identifiers, but are told of.
check_count "an advisory of two vulnerabilities is neither's name" 1 '"name": "DSA-1-1"' "$TMPDIR/shared.gitlab"
check_count "and in the details of both" 3 '"value": "DSA-1-1"' "$TMPDIR/shared.gitlab"

# ---- The end of the distribution's support ----

# is, said of FILE: the identifier of its finding
eol()
{
	check_count "$1" "$2" '"type": "scanstep_eol"' "$3"
}
old=tests/fixtures/report/settings.json
cp "$old" "$TMPDIR/old.json"
made old --report-min critical --gitlab-eol high
eol "a finding that no threshold leaves out" 1 "$TMPDIR/old.gitlab"
check_text "of the severity asked for" '"severity": "High"' "$TMPDIR/old.gitlab"
rendered "negligible" "$old" "$TMPDIR/got" --gitlab-eol negligible
check_text "is Info" '"severity": "Info"' "$TMPDIR/got"
sed -n 's/^      "id": "\(.*\)",$/\1/p' "$TMPDIR/old.gitlab" "$TMPDIR/got" | sort | uniq -d >"$TMPDIR/same"
check_text "its id is the same whatever else is told of" "$(sed -n 's/^      "id": "\(.*\)",$/\1/p' "$TMPDIR/got" | tail -n 1)" "$TMPDIR/same"
rendered "none asked for" "$old" "$TMPDIR/got"
eol "none told of" 0 "$TMPDIR/got"
rendered "support that goes on" "$one" "$TMPDIR/got" --gitlab-eol high
eol "is no finding" 0 "$TMPDIR/got"
rendered "an end of which no date is known" "$TMPDIR/undated.json" "$TMPDIR/got" --gitlab-eol high
eol "is none" 0 "$TMPDIR/got"
rendered "no distribution" "$TMPDIR/nowhere.json" "$TMPDIR/got" --gitlab-eol high
eol "has no end" 0 "$TMPDIR/got"
for name in blank long hostile; do
	rendered "a distribution whose names are $name" "$TMPDIR/eol-$name.json" "$TMPDIR/eol-$name.gitlab" --gitlab-eol high
	eol "has one" 1 "$TMPDIR/eol-$name.gitlab"
done
for v in 15.0.7 15.2.1; do
	check_schema "the end of support" "container-scanning-report-format-$v.json" "$TMPDIR/old.gitlab" \
	    "$TMPDIR/eol-blank.gitlab" "$TMPDIR/eol-long.gitlab" "$TMPDIR/eol-hostile.gitlab"
done

# ---- The image's name on the default branch ----

long=$(printf '%0256d' 0)
rendered "a name of 256 characters" "$one" "$TMPDIR/got" --default-branch-image "$long"
check_no_text "is left out" default_branch_image "$TMPDIR/got"
check_text "and it says so" 'name on the default branch is left out' "$TMPDIR/got"
rendered "one of 255" "$one" "$TMPDIR/got" --default-branch-image "${long#0}"
check_text "fits" '"default_branch_image": "0*"' "$TMPDIR/got"
rendered "bytes that are no UTF-8" "$one" "$TMPDIR/got" --default-branch-image "$(printf 'a\377b')"
check_text "are shown as such" '"default_branch_image": "a.uFFFDb"' "$TMPDIR/got"
finish

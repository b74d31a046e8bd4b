# shellcheck shell=sh
# codequality: valid by what GitLab documents, fingerprints that are unique and stay, the worst first, gaps among them.
. tests/lib.sh
kind=codequality
. tests/reports/gitlab.sh

goldens=$(echo tests/golden/codequality/*.json)
# shellcheck disable=SC2086
check_schema "golden files" codequality-report.schema.json $goldens
for f in $goldens; do
	check_golden "$f"
done
for name in twins shared blank blanks long; do
	made "$name"
done
check_schema "made reports" codequality-report.schema.json "$TMPDIR/twins.codequality" "$TMPDIR/shared.codequality" \
    "$TMPDIR/blank.codequality" "$TMPDIR/blanks.codequality" "$TMPDIR/long.codequality"

rendered "30,000 findings" "$TMPDIR/many.json" "$TMPDIR/many.codequality"
sed -n '/^    "fingerprint": /p' "$TMPDIR/many.codequality" | sort -u >"$TMPDIR/fingerprints"
check_count "30,000 findings, 100 gaps, 100 notices, and two entries that say how many there are" 30202 . \
    "$TMPDIR/fingerprints"
check_text "gaps" 'There are 1000 gaps in all' "$TMPDIR/many.codequality"
check_text "notices" 'There are 1000 notices in all' "$TMPDIR/many.codequality"

# A gap that was there before is the same one in another layer: GitLab shows it as known.
sed 's/sha256:b2b2/sha256:c3c3/g' tests/fixtures/report/gaps.json >"$TMPDIR/rebuilt.json"
"$format" codequality <"$TMPDIR/rebuilt.json" | grep '"fingerprint"' >"$TMPDIR/got"
grep '"fingerprint"' tests/golden/codequality/gaps.json >"$TMPDIR/wanted"
check_same "a rebuild keeps every fingerprint" "$TMPDIR/wanted" "$TMPDIR/got"

# option's value, path
location()
{
	"$format" codequality --location "$1" <tests/fixtures/report/one.json >"$TMPDIR/got"
	check_text "'$1' is $2" "\"path\": \"$2\"" "$TMPDIR/got"
}

location docker/Dockerfile docker/Dockerfile
location ././Dockerfile.ci Dockerfile.ci
location /abs/Dockerfile abs/Dockerfile
location ./ Dockerfile
finish

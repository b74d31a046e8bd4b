# "scanstep compare" against the published pairs beside the tree.
# shellcheck shell=sh
. tests/lib.sh

[ -d ../shared/vectors ] || skip_all "../shared/vectors is not there"

for f in tests/vectors/*-invalid.txt; do
	scheme=${f##*/}
	scheme=${scheme%-invalid.txt}
	cut -f 2 "../shared/vectors/$scheme.tsv" >"$TMPDIR/wanted"
	cut -f 1,3 "../shared/vectors/$scheme.tsv" >"$TMPDIR/in"
	"$SCANSTEP" compare "$scheme" <"$TMPDIR/in" >"$TMPDIR/got" 2>&1
	check_same "compare $scheme" "$TMPDIR/wanted" "$TMPDIR/got"
done

finish

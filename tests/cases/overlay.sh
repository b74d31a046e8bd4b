# Takes long.
# The merged tree is what umoci unpacks: random layers, both ways in, the same packages.
. tests/lib.sh

command -v umoci >/dev/null || skip_all "umoci is not installed"

packages()
{
	"$SCANSTEP" scan --no-cache --allow-empty --allow-incomplete --quiet -o "json=$TMPDIR/$1.json" "$2" 2>"$TMPDIR/$1.err"
	python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
print("\n".join(sorted({"%s %s %s" % (p["type"], p["name"], p["version"]) for p in r["packages"]})))' "$TMPDIR/$1.json"
}

for seed in $(seq 1 "${OVERLAY_SEEDS:-60}"); do
	rm -rf "$TMPDIR/layout" "$TMPDIR/bundle"
	python3 tests/random_layers.py "$seed" "$TMPDIR/layout"
	if ! umoci unpack --rootless --image "$TMPDIR/layout:latest" "$TMPDIR/bundle" >"$TMPDIR/why" 2>&1; then
		skip "seed $seed" "umoci refuses these layers: $(tail -n 1 "$TMPDIR/why" | cut -c 1-80)"
		continue
	fi
	packages unpacked "rootfs:$TMPDIR/bundle/rootfs" >"$TMPDIR/wanted" 2>&1
	packages layers "oci:$TMPDIR/layout" >"$TMPDIR/got" 2>&1
	check_same "seed $seed: the same packages" "$TMPDIR/wanted" "$TMPDIR/got"
done
finish

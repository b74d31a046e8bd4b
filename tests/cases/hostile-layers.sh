# Takes long.
# Layers made to harm: the inventory of each, and what the whole program answers; tests/hostile_layers.py has them.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the layers, and is not installed"
fi
exec python3 tests/hostile_layers.py "$BUILD/tests/drivers/layer" "$SCANSTEP" "$TMPDIR"

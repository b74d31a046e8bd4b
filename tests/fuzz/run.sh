#!/bin/sh
# make fuzz: build each driver once per row of its table, and run each for a while.
#
#	tests/fuzz/run.sh PROGRAM BUILD SECONDS [ROW]
#
# PROGRAM lists the rows; BUILD holds libscanstep.a with coverage. fuzz_reader.c, fuzz_feed.c, fuzz_version.c and
# fuzz_format.c are compiled per row, with ROW its name as C spells it; the other drivers once, as they are. ROW
# narrows it to a row's or a driver's name. The corpus is what the tests hold, in BUILD/corpus; what a run finds is in
# BUILD/crashes.
# CC, FLAGS and LIBS come from the Makefile. The last line is "N passed, N failed".

set -u
program=$1
build=$2
seconds=$3
only=${4:-}
passed=0
failed=0
jobs=$(nproc 2>/dev/null || echo 1)
mkdir -p "$build/fuzz" "$build/crashes" "$build/logs"

# What a driver's row is fed at first: the files of its kind's fixtures and vectors, and the hostile ones.
corpus()
{
	into=$build/corpus/$3
	mkdir -p "$into"
	case $1 in
	version) from="tests/vectors/$2.tsv" ;;
	report) from="tests/fixtures/report" ;;
	reader | feed) from="tests/fixtures/$1/$2" ;;
	*) from="tests/fixtures tests/vectors" ;;
	esac
	# shellcheck disable=SC2086
	find $from tests/hostile -type f -size -256k 2>/dev/null | while read -r f; do
		if [ "$1" = version ]; then
			# A version's driver takes a few versions a file, as lines: those of each pair.
			grep -v '^#' "$f" | awk -F '\t' -v into="$into" -v n=0 'NF >= 3 && NR % 20 == 0 {
				printf "%s\n%s\n%s", $1, $3, $1 >(into "/v" n); close(into "/v" n); n++ }'
		else
			cp "$f" "$into/$(echo "$f" | tr '/ ' '__')"
		fi
	done
	# Layers and archives that are made, and never kept.
	case $1 in
	layer | tar_check | decode) python3 tests/hostile_layers.py --seeds "$into" ;;
	tarfile)
		python3 tests/mkarchive.py "$into"
		find "$into" -mindepth 1 -maxdepth 1 \( -type d -o -size +256k \) -exec rm -rf '{}' +
		;;
	esac
}

# driver, row's name or "", name of the binary
one()
{
	row=$(echo "$2" | tr '.-' '__')
	with=
	case $1 in
	format | report) with="$build/fuzz/formats.o $(xml2-config --libs)" ;;
	esac
	# shellcheck disable=SC2086
	if ! "$CC" $FLAGS ${row:+-DROW=$row} -o "$build/fuzz/$3" "tests/fuzz/fuzz_$1.c" $with "$build/libscanstep.a" $LIBS; then
		echo "fuzz $3: does not compile"
		return 1
	fi
	corpus "$1" "$2" "$3"
	dict=tests/fuzz/dict/${2:-$1}.dict
	[ -f "$dict" ] || dict=tests/fuzz/dict/$1.dict
	[ -f "$dict" ] || dict=
	SCANSTEP_SANDBOX=off "$build/fuzz/$3" ${dict:+-dict="$dict"} -seed="${FUZZ_SEED:-0}" -max_total_time="$seconds" -timeout=10 \
		-rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 -artifact_prefix="$build/crashes/$3-" \
		"$build/corpus/$3" >"$build/logs/$3" 2>&1 </dev/null || {
		echo "fuzz $3: failed; $build/logs/$3 ends:"
		tail -n 40 "$build/logs/$3" | sed 's/^/    /'
		return 1
	}
	echo "fuzz $3: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/logs/$3") runs, no finding"
}

list()
{
	for f in tests/fuzz/fuzz_*.c; do
		driver=${f##*/fuzz_}
		driver=${driver%.c}
		case $driver in
		reader | feed) rows=$("$program" --list-"$driver"s) ;;
		version) rows=$("$program" --list-schemes) ;;
		format) rows=$("$program" --list-formats) ;;
		*)
			[ -n "$only" ] && [ "$only" != "$driver" ] || echo "$driver"
			continue
			;;
		esac
		for row in $rows; do
			[ -n "$only" ] && [ "$only" != "$row" ] && [ "$only" != "$driver" ] || echo "$driver $row"
		done
	done
}

todo=$(list)
if [ -z "$todo" ]; then
	echo "fuzz: there is nothing of that name"
	echo "0 passed, 1 failed"
	exit 1
fi
# What checks the bytes of formats is the same for all of them.
case $todo in
*format* | *report*)
	# shellcheck disable=SC2046,SC2086
	for f in tests/fuzz/draft.c tests/fuzz/formats*.c; do
		"$CC" $FLAGS $(xml2-config --cflags) -c -o "$build/fuzz/$(basename "$f" .c).part.o" "$f" || exit 1
	done
	ld -r -o "$build/fuzz/formats.o" "$build"/fuzz/*.part.o || exit 1
	;;
esac
# As many at a time as there are cores.
running=0
results=$(mktemp -d) || exit 1
trap 'rm -rf "$results"' EXIT
while read -r driver row; do
	name=$driver${row:+-$row}
	{ one "$driver" "$row" "$name" >"$results/$name" 2>&1 && touch "$results/$name.ok"; cat "$results/$name"; } &
	running=$((running + 1))
	if [ "$running" -ge "$jobs" ]; then
		wait
		running=0
	fi
done <<EOF
$todo
EOF
wait
while read -r driver row; do
	if [ -e "$results/$driver${row:+-$row}.ok" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done <<EOF
$todo
EOF
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

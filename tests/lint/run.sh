#!/bin/sh
# make lint: every rule of the tree; the last line is "N passed, N failed".
#
#	tests/lint/run.sh BUILD PROGRAM
#
# BUILD holds the objects of an ordinary build, with its headers checked.

build=$1
program=$2
passed=0
failed=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

rule()
{
	name=$1
	shift
	if "$@" >"$log" 2>&1; then
		echo "lint: $name: ok"
		passed=$((passed + 1))
	else
		echo "lint: $name:"
		sed 's/^/    /' "$log"
		failed=$((failed + 1))
	fi
}

scripts()
{
	find tests .ci action ci-templates -name '*.sh' -o -path .ci/run | sort
}

rule "each header compiles alone" make -s BUILD="$build" check-headers
rule "folders include what they may" sh tests/lint/check-layers.sh
rule "no banned function" sh tests/lint/check-banned.sh "$build"
rule "captions, and the maps made of them" sh tests/lint/map.sh --check
rule "length of files" sh tests/lint/check-size.sh
rule "rows have their proofs and their lines" sh tests/lint/check-tables.sh "$program"
rule "the README's example" sh tests/lint/usage.sh --check "$program"
rule "layout of the code" make -s check-format
# shellcheck disable=SC2046
rule "shell scripts" shellcheck -s sh -S warning -e SC1091,SC2034,SC2209,SC3043 $(scripts)
rule "clang compiles it without a warning" make -s BUILD="$build-clang" CC=clang "$build-clang/libscanstep.a"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/sh
# install.sh - the action's first step: which scanstep is run
#
# The one that the inputs binary-url and binary-sha256 name; else the one on the PATH; else one that is built from the
# checkout that this action is part of. Its path becomes the output "program", and later steps of the job find
# it on their PATH.

. "$(dirname "$0")/lib.sh"

bin=$RUNNER_TEMP/scanstep/bin
program=$bin/scanstep

has_checksum()
{
	[ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$sum" ]
}

# Whatever answers, only the bytes of that checksum are ever run.
download()
{
	[ -n "$IN_BINARY_URL" ] || fail "the input 'binary-sha256' wants 'binary-url' beside it"
	sum=$(printf '%s' "$IN_BINARY_SHA256" | tr 'A-F' 'a-f')
	case $sum in
	*[!0-9a-f]* | '') fail "the input 'binary-sha256' is not the 64 hexadecimal digits of a SHA-256" ;;
	esac
	[ ${#sum} -eq 64 ] || fail "the input 'binary-sha256' is not the 64 hexadecimal digits of a SHA-256"
	case $IN_BINARY_URL in
	https://* | http://*) ;;
	*) fail "the input 'binary-url' begins with neither https:// nor http://" ;;
	esac
	case $IN_BINARY_URL in
	*[[:cntrl:]]*) fail "the input 'binary-url' holds a line end or another control character" ;;
	esac
	if has_checksum "$program"; then
		return
	fi
	command -v curl >/dev/null || fail "curl, which fetches what 'binary-url' names, is not on this runner"
	new=$(mktemp "$bin/.new.XXXXXX")
	# The address may hold a token, and what stands on a command line shows to every user of the runner.
	printf 'url = "%s"\n' "$(printf '%s\n' "$IN_BINARY_URL" | sed 's/[\\"]/\\&/g')" |
		curl --globoff --proto '=https,http' --location --fail --silent --show-error --retry 3 --max-time 600 \
			--max-filesize 268435456 --output "$new" --config - ||
		fail "what 'binary-url' names could not be fetched: the lines above say why"
	has_checksum "$new" || fail "what 'binary-url' names does not have the checksum in 'binary-sha256': it is not run"
	chmod 755 "$new"
	mv -f "$new" "$program"
}

as_root()
{
	if [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null; then
		sudo -n "$@"
	else
		"$@"
	fi
}

# With an environment of its own: a job's variables like BUILD and CC mean other things there. Warnings of a compiler
# that nobody has tried must not fail a stranger's pipeline.
build()
{
	echo "::group::build scanstep"
	root=$(cd "$GITHUB_ACTION_PATH/.." && pwd)
	[ "$(uname -s)" = Linux ] || fail "scanstep is built on Linux alone"
	[ -f "$root/Makefile" ] || fail "the action's checkout is not whole: there is no Makefile to build scanstep with"
	as_root sh "$root/tests/deps.sh" make || fail "make is not on this runner, and could not be installed"
	# shellcheck disable=SC2046
	as_root sh "$root/tests/deps.sh" $(env -i PATH="$PATH" make --no-print-directory -s -C "$root" print-build-packages) ||
		fail "the libraries that scanstep is built with could not be installed"
	env -i PATH="$PATH" make --no-print-directory -C "$root" -j"$(nproc)" WARN= build ||
		fail "scanstep could not be built: the lines above say why"
	cp -f "$root/scanstep" "$program"
	echo "::endgroup::"
}

mkdir -p "$bin"
if [ -n "$IN_BINARY_URL$IN_BINARY_SHA256" ]; then
	[ -n "$IN_BINARY_SHA256" ] || fail "the input 'binary-url' wants 'binary-sha256' beside it: nothing is run unchecked"
	download
elif command -v scanstep >/dev/null; then
	program=$(command -v scanstep)
elif ! [ -x "$program" ]; then
	build
fi
version=$("$program" --version) || fail "scanstep is there, but does not run on this runner"
case $version in
"scanstep "*) echo "$version, $program" ;;
*) fail "what should be scanstep is something else" ;;
esac
put program "$program"
case $program in
"$bin"/*) echo "$bin" >>"$GITHUB_PATH" ;;
esac

#!/bin/sh
# Install the Debian packages named, if they are missing: nothing to do is quick, and needs no root.
#
#	tests/deps.sh PACKAGE...

set -u
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "deps: this is no Debian; make sure of what these packages hold: $*"
	exit 0
fi

missing=
for p in "$@"; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $p" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "deps: these packages are missing, and only root can install them:$missing" >&2
	echo "deps: apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

DEBIAN_FRONTEND=noninteractive
export DEBIAN_FRONTEND
echo "deps: installing$missing"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# Of two at once, one would find the package lists locked. -o: what a package starts does not keep the lock.
get()
{
	flock -o /var/lib/dpkg apt-get -q "$@" >>"$log" 2>&1 </dev/null
}
# Package lists that are absent or old are fetched, then it is tried once more.
# shellcheck disable=SC2086
if get install -y --no-install-recommends $missing; then
	exit 0
fi
# shellcheck disable=SC2086
if get update && get install -y --no-install-recommends $missing; then
	exit 0
fi
tail -n 30 "$log" >&2
echo "deps: could not install$missing" >&2
exit 1

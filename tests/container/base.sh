#!/bin/sh
# A Debian of this machine's own release, made of what this machine's apt has its packages from: for a Dockerfile's
# FROM where no registry of images is reached.
#
#	tests/container/base.sh OUT.tar
#
# What apt is told here about where from and how (sources, proxies, credentials, certificates) holds in the base, too.

set -u
out=$1
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# The archives that hold this release, whatever form the sources are written in.
apt-get indextargets --format '$(CREATED_BY) $(CODENAME) $(SIGNED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)' |
	awk -v suite="$suite" '
	$1 != "Packages" || NF != 6 || seen[$0]++ { next }
	index($2, suite) == 1 { signed = "[signed-by=" $3 "] "; print "deb " ($3 ~ /^\// ? signed : "") $4, $5, $6 }
	' >"$work/sources"
if ! [ -s "$work/sources" ]; then
	echo "base: apt knows no source of $suite; is apt-get update done?" >&2
	exit 1
fi
apt-config dump | grep '^Acquire::' >"$work/apt.conf"

# An image of Debian's has this setting, too: what is lost when power fails is a build.
set -- --variant=apt --include=ca-certificates --aptopt="$work/apt.conf" --dpkgopt=force-unsafe-io
for f in /etc/apt/auth.conf /etc/apt/auth.conf.d /usr/local/share/ca-certificates; do
	[ -e "$f" ] && set -- "$@" --setup-hook="mkdir -p \"\$1${f%/*}\"" --setup-hook="cp -r $f \"\$1${f%/*}/\""
done
mmdebstrap --quiet --mode=root "$@" "$suite" "$work/base.tar" "$work/sources" && mv "$work/base.tar" "$out"

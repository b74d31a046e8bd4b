#!/bin/sh
# make check-clients: the reports of tests/golden, read by the programs that people read them with.
#
#	tests/clients/run.sh [ROW...]
#
# Installs the clients into out/clients, again only when their pins or their interpreter change, and runs every row
# (tests/clients/FORMAT-CLIENT.mjs) as tests/run.sh runs the suite; ROW narrows it ("sarif-jenkins"). Rows about
# pipelines run the program itself: SCANSTEP, or the one that make builds in the root. The last line is
# "N passed, N failed", with ", N skipped" behind it if there were any.

set -u
here=tests/clients
CLIENTS=$PWD/out/clients
export CLIENTS

# What was pinned, and what runs on what: as long as this is the same, nothing is installed.
pins()
{
	cat "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$here/requirements.txt" "$here/pom.xml" "$here/run.sh"
	uname -m
	python3 -c 'import sys; print(sys.version, sys.base_prefix)'
}

install_npm()
{
	mkdir -p "$CLIENTS/npm" &&
		cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$CLIENTS/npm/" &&
		(cd "$CLIENTS/npm" && npm ci --no-progress) &&
		# Its own install step would do this; no package's install steps are run.
		chmod +x "$CLIENTS/npm/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
}

install_python()
{
	python3 -m venv "$CLIENTS/python" &&
		"$CLIENTS/python/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
			--only-binary :all: --require-hashes -r "$here/requirements.txt"
}

install_java()
{
	mvn --quiet --batch-mode --no-transfer-progress -f "$here/pom.xml" dependency:copy-dependencies \
		-DoutputDirectory="$CLIENTS/java"
}

pinned=$(pins | cksum) || exit 1
if [ "$pinned" != "$(cat "$CLIENTS/pins" 2>/dev/null)" ]; then
	rm -rf "$CLIENTS"
	mkdir -p "$CLIENTS" || exit 1
	for what in npm python java; do
		echo "clients: installing those of $what"
		if ! "install_$what" >"$CLIENTS/log" 2>&1 </dev/null; then
			tail -n 30 "$CLIENTS/log"
			echo "clients: could not install those of $what" >&2
			echo "0 passed, 1 failed"
			exit 1
		fi
	done
	echo "$pinned" >"$CLIENTS/pins"
fi

# Node of the version that they want: Debian's is older.
for node in "$CLIENTS"/npm/node_modules/node-linux-*/bin; do
	PATH=$node:$PATH
done
export PATH
TEST_SCRIPTS="$here/*-*.mjs"
export TEST_SCRIPTS
exec sh tests/run.sh "$CLIENTS" "${SCANSTEP:-scanstep}" "$@"

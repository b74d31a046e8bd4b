#!/bin/sh
# cache.sh - where the advisory database lies, and under which key the runner keeps it between jobs
#
#	cache.sh before    outputs: use (true, false), folder, key, prefix
#	cache.sh after     outputs: save (true, false), key; FOLDER, PREFIX_BEFORE and RESTORED say what there was
#
# A key is "prefix, day on which the database was built". Before a scan the newest of the prefix is restored, and
# scanstep builds it anew when it is older than a day; it is kept again only if that happened. So jobs side by side keep it once.

. "$(dirname "$0")/lib.sh"

# Databases of other releases, and of other feeds, are other databases.
before()
{
	use=$(tell IN_CACHE_DB)
	if [ -n "$IN_DB${SCANSTEP_DB:-}" ] || [ "$use" != true ]; then
		put use false
		return
	fi
	case ${XDG_CACHE_HOME:-} in
	/*) home=$XDG_CACHE_HOME ;;
	*) home=$HOME/.cache ;;
	esac
	version=$("$PROGRAM" --version | tr ' ' - | tr -cd '0-9A-Za-z.-')
	feeds=$(printf '%s' "$IN_FROM|${SCANSTEP_FROM:-}" | sha256sum | cut -c 1-12)
	prefix=$version-db-$feeds-
	put use true
	put folder "${SCANSTEP_CACHE_DIR:-$home/scanstep}"
	put prefix "$prefix"
	put key "$prefix$(date -u +%Y-%m-%d)"
}

after()
{
	db=$FOLDER/db/advisories.sqlite
	save=false
	if [ -f "$db" ]; then
		key=$PREFIX_BEFORE$(date -u -r "$db" +%Y-%m-%d)
		put key "$key"
		[ "$key" = "$RESTORED" ] || save=true
	fi
	put save "$save"
}

"$1"

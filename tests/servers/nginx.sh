# shellcheck shell=sh
# nginx for the cases, beside tests/servers/registry.sh, which is read first.
#
#	nginx_missing                    what is missing to run it, or nothing
#	nginx_start NAME <SERVERS        its http block but for the log; @PORT@ in it is the address to listen at. Its
#	                                 home is $TMPDIR/NAME. Sets PORT and LOG
#	nginx_requests N                 waits for the N-th request to be in LOG, whose lines are: host, path, status,
#	                                 "If-None-Match", "If-Modified-Since"

nginx_missing()
{
	for tool in nginx python3 openssl; do
		command -v "$tool" >/dev/null || echo "$tool"
	done
}

nginx_start()
{
	home=$TMPDIR/$1
	mkdir -p "$home"
	LOG=$home/requests
	{
		printf 'user %s %s;\ndaemon off;\nworker_processes 1;\npid nginx.pid;\nevents { }\n' "$(id -un)" "$(id -gn)"
		printf 'http {\n'
		for what in client_body proxy fastcgi uwsgi scgi; do
			printf '\t%s_temp_path temp;\n' "$what"
		done
		printf '\tlog_format seen '\''$host $request_uri $status "$http_if_none_match" "$http_if_modified_since"'\'';\n'
		printf '\taccess_log requests seen;\n'
		cat
		printf '}\n'
	} >"$home/nginx.conf"
	python3 tests/servers/nginx.py "$home" >"$home/log" 2>&1 &
	SERVERS="$! $SERVERS"
	wait_for "$home/log" 's/^port \([0-9]*\)$/\1/p' $!
}

nginx_requests()
{
	tries=0
	until [ "$(wc -l <"$LOG")" -ge "$1" ] || [ "$tries" -eq 100 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}

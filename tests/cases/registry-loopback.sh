# A registry with TLS on this machine: it is asked without first, answers that it wants TLS, and has it from then on.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/pull.sh

needs "$(servers_missing)"

SCANSTEP_DEBUG_RETRY_MS=1
export SCANSTEP_DEBUG_RETRY_MS
image_make app || exit 1
registry_start open || exit 1
open=127.0.0.1:$PORT
registry_push "$TMPDIR/oci-app" "$open/team/app:1" || exit 1
mkdir "$TMPDIR/tls"
cp -R "$TMPDIR/open/storage" "$TMPDIR/tls/storage"
registry_start tls tls || exit 1
tls=127.0.0.1:$PORT
ours=$TMPDIR/tls/cert.pem
image_wanted "$open/team/app:1"

image_same "its certificate is trusted" "$tls/team/app:1" --ca-bundle "$ours"
check_no_text "there is nothing to notice" '^notice' "$TMPDIR/stdout"
mkdir -p "$HOME/.config/containers/certs.d/$tls"
cp "$ours" "$HOME/.config/containers/certs.d/$tls/ca.crt"
image_same "by a file of its own" "$tls/team/app:1"
# As many files as may be, each as large as it may be.
i=0
: >"$TMPDIR/most"
while [ "$(wc -c <"$TMPDIR/most")" -lt 250000 ]; do
	cat "$ours" >>"$TMPDIR/most"
done
while [ "$i" -lt 63 ]; do
	ln -s "$TMPDIR/most" "$HOME/.config/containers/certs.d/$tls/$i.crt"
	i=$((i + 1))
done
if sanitized; then
	skip "very many certificates take no memory beyond their own" "a sanitizer takes more"
else
	check "very many certificates take no memory beyond their own" \
		sh -c 'ulimit -v 400000; exec "$@"' sh "$BUILD/tests/drivers/image" "$tls/team/app:1"
fi
echo none >"$TMPDIR/none"
ln -sf "$TMPDIR/none" "$HOME/.config/containers/certs.d/$tls/62.crt"
check_status 2 "one of them that is none" pull "$tls/team/app:1"
said "is named" "certs.d/$tls/62.crt': it holds no certificate"
rm -r "$HOME/.config/containers"
check_status 3 "it is not" pull "$tls/team/app:1"
said "that is told" "no TLS with $tls: its certificate .* signed by nobody known here.*--ca-bundle"
check "it is not looked at" pull "$tls/team/app:1" --skip-tls-verify
check_text "that is noticed" "^notice tls-not-verified the certificate of the registry $tls is not verified" "$TMPDIR/stdout"
check_status 3 "TLS is forbidden" pull "$tls/team/app:1" --plain-http --ca-bundle "$ours"
said "what forbids it is told" "$tls wants TLS and was asked without (is --registry-plain-http set for a registry with TLS?)"
image_same "a mirror" "$open/team/app:1" --mirror "$open=$tls" --ca-bundle "$ours"
check_text "has TLS as well" "^remark mirror of $open: $tls\$" "$TMPDIR/stdout"
for time in first second; do
	image_same "with documents, the $time time" "$tls/team/app:1" --documents "$TMPDIR/documents" --ca-bundle "$ours"
done
image_same "layers alone" "$tls/team/app@$(image_digest app)" --documents "$TMPDIR/documents" --ca-bundle "$ours"
finish

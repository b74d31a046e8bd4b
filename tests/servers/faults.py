"""A proxy before a registry that breaks things: faults.py PORT LOG

Passes requests on to 127.0.0.1:PORT. The first part of a repository's name says what goes
wrong ("cut/app" is the registry's "app"): see the functions named fault_NAME. Prints
"port N"; LOG gets a line for each request: "front" or "store", the path, and "secret" if it
came with an Authorization header, its Range or "all", and its method. "store" is a second port, where redirects
lead: "store port N".
"""

import base64
import hashlib
import http.client
import json
import socket
import socketserver
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler

upstream = int(sys.argv[1])
log_path = sys.argv[2]
lock = threading.Lock()
counts = {}
ROBIN = "Basic " + base64.b64encode(b"robin:pass word:%").decode()


def count(key):
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    role = "front"

    def log_message(self, *args):
        pass

    def note(self):
        with lock, open(log_path, "a", encoding="utf-8") as f:
            print(self.role, self.path, "secret" if "Authorization" in self.headers else "-",
                  self.headers.get("Range", "all"), self.command, file=f, flush=True)

    def fetch(self, path, with_range=True):
        headers = {k: v for k, v in self.headers.items() if k in ("Accept",) or (with_range and k == "Range")}
        connection = http.client.HTTPConnection("127.0.0.1", upstream)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def answer(self, status, headers, body=b"", length=None):
        self.send_response(status)
        for name, value in headers.items():
            if name not in ("Content-Length", "Date", "Transfer-Encoding", "Connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reset(self):
        """Ends the connection with RST: nothing about it is orderly."""
        self.wfile.flush()
        time.sleep(0.05)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def do_GET(self):
        self.note()
        try:
            parts = self.path.split("/")  # "", "v2", FAULT, NAME..., "blobs" or "manifests", DIGEST
            if len(parts) < 6:
                self.answer(404, {})
                return
            self.kind = parts[-2]
            self.is_blob = self.kind == "blobs"
            name = parts[2].rstrip("0123456789")
            self.number = int("0" + parts[2][len(name):])
            getattr(self, "fault_" + name)("/".join(parts[:2] + parts[3:]))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_GET

    def fault_none(self, path):
        self.answer(*self.fetch(path))

    def partly(self, path, times, with_range=True):
        """The first half of what is left of a blob of more than 64 KiB, so often; then all."""
        status, headers, body = self.fetch(path, with_range)
        if self.is_blob and len(body) > 65536 and count(self.path) <= times:
            self.answer(status, headers, body[:len(body) // 2], len(body))
            self.reset()
        else:
            self.answer(status, headers, body)

    def fault_cut(self, path):
        self.partly(path, 2)

    def fault_norange(self, path):
        self.partly(path, 1, False)

    def fault_cutalways(self, path):
        """A hundred bytes, every time."""
        status, headers, body = self.fetch(path)
        if len(body) > 65536 or status == 206:
            self.answer(status, headers, body[:100], len(body))
            self.reset()
        else:
            self.answer(status, headers, body)

    def fault_cutwrong(self, path):
        """A hundred bytes that are none of the blob's."""
        status, headers, body = self.fetch(path)
        if len(body) > 65536 or status == 206:
            self.answer(status, headers, bytes(100), len(body))
            self.reset()
        else:
            self.answer(status, headers, body)

    def fault_wrongrange(self, path):
        status, headers, body = self.fetch(path)
        if status == 206:
            headers["Content-Range"] = "bytes 0-%d/%d" % (len(body) - 1, len(body))
        if self.is_blob and len(body) > 65536:
            self.answer(status, headers, body[:len(body) // 2], len(body))
            self.reset()
        else:
            self.answer(status, headers, body)

    def fault_early(self, path):
        """The first connection of each path ends before the header."""
        if count(self.path) == 1:
            self.reset()
        else:
            self.fault_none(path)

    def fault_short(self, path):
        """A blob of fewer bytes than the manifest says, and all in good order."""
        status, headers, body = self.fetch(path)
        self.answer(status, headers, body[:len(body) // 2] if len(body) > 65536 else body)

    def fault_long(self, path):
        status, headers, body = self.fetch(path)
        self.answer(status, headers, body + b"x" if len(body) > 65536 else body)

    def fault_stall(self, path):
        self.connection.settimeout(None)
        self.connection.recv(1)  # until the client leaves
        self.close_connection = True

    def fault_busy(self, path):
        if count(self.path) <= 1:
            self.answer(429, {"Retry-After": "1"}, b"later")
        else:
            self.fault_none(path)

    def fault_empty(self, path):
        """The large layer is empty, says the manifest, and its blob breaks off before its end."""
        digest = "sha256:" + hashlib.sha256(b"").hexdigest()
        status, headers, body = self.fetch(path)
        if self.is_blob and path.endswith(digest):
            self.answer(200, {}, b"", 5)
            self.reset()
        elif self.is_blob:
            self.answer(status, headers, body)
        else:
            manifest = json.loads(body)
            manifest["layers"][1].update({"digest": digest, "size": 0})
            self.answer(status, headers, json.dumps(manifest).encode())

    def fault_trickle(self, path):
        """Blobs come without end in sight: a byte now and then."""
        status, headers, body = self.fetch(path)
        if not self.is_blob or len(body) <= 65536:
            self.answer(status, headers, body)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for i in range(len(body)):
            self.wfile.write(body[i:i + 1])
            time.sleep(0.1)

    def fault_drip(self, path):
        """drip2: two parts of a blob are given, the others come a byte now and then."""
        status, headers, body = self.fetch(path)
        if status != 206 or count(self.path) <= self.number:
            self.answer(status, headers, body)
            return
        self.answer(status, headers, b"", len(body))
        for i in range(len(body)):
            self.wfile.write(body[i:i + 1])
            time.sleep(0.1)

    def fault_mirrored(self, path):
        """Wants robin's password, and sends it back in place of a manifest."""
        if "Authorization" in self.headers:
            self.answer(200, {"Content-Type": "application/vnd.oci.image.manifest.v1+json"},
                        self.headers["Authorization"].encode())
        else:
            self.challenge('Basic realm="x"')

    def fault_headstore(self, path):
        """Its manifests are with somebody else, for HEAD."""
        if self.command == "HEAD":
            self.redirect("//127.0.0.1:%d%s" % (store_port, path))
        else:
            self.fault_none(path)

    def fault_overloaded(self, path):
        self.answer(503, {"Retry-After": "soon"}, b"<html>")

    def fault_first(self, path):
        """first503: the first answer of each path has that status."""
        if count(self.path) == 1:
            self.answer(self.number, {}, b"later")
        else:
            self.fault_none(path)

    def fault_always(self, path):
        self.answer(self.number, {"Retry-After": "1"}, b"never")

    def fault_never(self, path):
        """never500: that status, and not a word of when it might be another."""
        self.answer(self.number, {}, b"never")

    def fault_limited(self, path):
        """limited90: no more before 90 seconds are over."""
        self.answer(429, {"Retry-After": str(self.number), "RateLimit-Limit": "100;w=21600",
                          "RateLimit-Remaining": "0;w=21600"}, b'{"errors": [{"code": "TOOMANYREQUESTS"}]}')

    def fault_rated(self, path):
        """Says how many manifests are left."""
        status, headers, body = self.fetch(path)
        if not self.is_blob:
            headers["RateLimit-Limit"] = "100;w=21600"
            headers["RateLimit-Remaining"] = "97;w=21600"
        self.answer(status, headers, body)

    def fault_head(self, path):
        """head405: to HEAD it has no other answer."""
        if self.command == "HEAD":
            self.answer(self.number, {"WWW-Authenticate": "Basic realm=x"} if self.number == 401 else {})
        else:
            self.fault_none(path)

    def fault_headredirect(self, path):
        """Its manifests are elsewhere, too; the address is relative."""
        if not self.is_blob and not path.endswith("?there"):
            self.redirect(self.path.split("/")[-1] + "?there", 303)
        else:
            self.fault_none(path.split("?")[0])

    def fault_liar(self, path):
        """Calls every manifest by a digest that it has not."""
        status, headers, body = self.fetch(path)
        headers["Docker-Content-Digest"] = "sha256:" + "7" * 64
        self.answer(status, headers, body)

    def fault_says(self, path):
        """says404: refuses all blobs with that status, and what the specification has for it."""
        codes = {401: "UNAUTHORIZED", 403: "DENIED", 404: "BLOB_UNKNOWN"}
        if self.is_blob:
            self.answer(self.number, {}, json.dumps({"errors": [{"code": codes[self.number]}]}).encode())
        else:
            self.fault_none(path)

    def fault_unknown(self, path):
        self.answer(404, {}, b'{"errors": [{"code": "NAME_UNKNOWN", "message": "hidden"}]}')

    def fault_denied(self, path):
        self.answer(403, {}, b'{"errors": [{"code": "DENIED", "message": "hidden"}]}')

    def cut_once(self, path, otherwise):
        """Cuts a large blob once; Range is answered by otherwise()."""
        status, headers, body = self.fetch(path, "Range" not in self.headers)
        if "Range" in self.headers:
            otherwise(headers, body)
        elif self.is_blob and len(body) > 65536 and count(self.path) == 1:
            self.answer(status, headers, body[:len(body) // 2], len(body))
            self.reset()
        else:
            self.answer(status, headers, body)

    def ranged(self, headers, body, change):
        first = int(self.headers["Range"][6:].split("-")[0])
        first, last, total = change(first, len(body) - 1, len(body))
        headers["Content-Range"] = "bytes %d-%d/%d" % (first, last, total)
        self.answer(206, headers, body[first:last + 1])

    def fault_unranged(self, path):
        """Takes no Range, and says so."""
        self.cut_once(path, lambda headers, body: self.answer(416, {}))

    def fault_otherstart(self, path):
        self.cut_once(path, lambda headers, body: self.ranged(headers, body, lambda a, b, n: (a - 1, b, n)))

    def fault_otherend(self, path):
        self.cut_once(path, lambda headers, body: self.ranged(headers, body, lambda a, b, n: (a, b - 1, n)))

    def fault_othertotal(self, path):
        self.cut_once(path, lambda headers, body: self.ranged(headers, body, lambda a, b, n: (a, b, n + 1)))

    def fault_html(self, path):
        self.answer(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Welcome</html>")

    def fault_text(self, path):
        self.answer(200, {"Content-Type": "application/vnd.oci.image.manifest.v1+json"}, b"Welcome")

    def fault_endless(self, path):
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.oci.image.manifest.v1+json")
        self.end_headers()
        self.close_connection = True
        while True:
            self.wfile.write(b" " * 65536)

    def fault_header(self, path):
        self.send_response(200)
        for i in range(10000):
            self.send_header("X-%d" % i, "x" * 1000)
        self.end_headers()
        self.close_connection = True

    def fault_swapped(self, path):
        """Any manifest but the one asked for."""
        status, headers, body = self.fetch(path)
        self.answer(status, headers, body if self.is_blob else body + b"\n")

    def fault_flipped(self, path):
        status, headers, body = self.fetch(path)
        if self.is_blob and len(body) > 65536:
            body = body[:1000] + bytes([body[1000] ^ 1]) + body[1001:]
        self.answer(status, headers, body)

    def redirect(self, location, status=307):
        self.answer(status, {"Location": location}, b"there")

    def fault_redirect(self, path):
        """Wants robin's password; its blobs are in the store, reached over an extra hop of its own."""
        if self.headers.get("Authorization") != ROBIN:
            self.answer(401, {"WWW-Authenticate": 'Negotiate, BASIC  Realm="a, b"'})
        elif not self.is_blob:
            self.fault_none(path)
        elif not path.endswith("?hop"):
            self.redirect(self.path + "?hop", 302)
        else:
            self.redirect("//127.0.0.1:%d%s?signature=hidden" % (store_port, path[:-4]))

    def fault_tostore(self, path):
        """Its blobs are with a host of another name."""
        if self.is_blob:
            self.redirect("https://store.example.com" + path)
        else:
            self.fault_none(path)

    def fault_tostoreplain(self, path):
        if self.is_blob:
            self.redirect("http://store.example.com" + path)
        else:
            self.fault_none(path)

    def fault_loop(self, path):
        self.redirect(self.path)

    def fault_tofile(self, path):
        self.redirect("file:///etc/passwd")

    def fault_tometadata(self, path):
        self.redirect("http://169.254.169.254/latest/meta-data/?key=hidden")

    def fault_toloopback(self, path):
        self.redirect("http://127.0.0.2:%d%s" % (store_port, path))

    def fault_touser(self, path):
        self.redirect("http://robin:hidden@127.0.0.1:%d%s" % (store_port, path))

    def challenge(self, value):
        self.answer(401, {"WWW-Authenticate": value})

    def fault_realm(self, path):
        """A token service that is not the registry's."""
        self.challenge('Bearer realm="https://tokens.example.com/token?key=hidden",service="x"')

    def fault_realmprivate(self, path):
        self.challenge('Bearer realm="https://10.0.0.1/token",service="x"')

    def fault_realmplain(self, path):
        self.challenge('Bearer realm="http://tokens.example.com/token",service="x"')

    def fault_realmpage(self, path):
        self.challenge('Bearer realm="http://127.0.0.1:%d/v2/html/app/token/x"' % front_port)

    def fault_realmloop(self, path):
        """Gives tokens and takes none."""
        if self.kind == "token":
            self.answer(200, {}, b'{"token": "good"}')
        else:
            self.challenge('Bearer realm="/v2/realmloop/app/token/x"')

    def fault_expire(self, path):
        """A token is good for three requests."""
        if self.kind == "token":
            self.answer(200, {}, b'{"token": "t%d"}' % count("tokens"))
        elif count(self.headers.get("Authorization", "none")) > 3 or "Authorization" not in self.headers:
            self.challenge('Bearer realm="/v2/expire/app/token/x", service="x", error="invalid_token"')
        else:
            self.fault_none(path)

    def fault_scope(self, path):
        """Gives tokens, which are never good for enough."""
        if self.kind == "token":
            self.answer(200, {}, b'{"token": "good"}')
        elif "Authorization" in self.headers:
            self.challenge('Bearer realm="/v2/scope/app/token/x",error="insufficient_scope"')
        else:
            self.challenge('Bearer realm="/v2/scope/app/token/x"')

    def fault_shortlived(self, path):
        """Tokens are good for a second, and manifests take longer."""
        if self.kind == "token":
            self.answer(200, {}, b'{"token": "t%d", "expires_in": 1}' % count("shortlived"))
        elif "Authorization" not in self.headers:
            self.challenge('Bearer realm="/v2/shortlived/app/token/x"')
        else:
            if not self.is_blob:
                time.sleep(1.2)
            self.fault_none(path)

    def fault_bearer(self, path):
        """Takes one token, and gives none."""
        if self.headers.get("Authorization") == "Bearer right":
            self.fault_none(path)
        else:
            self.challenge('Bearer realm="/v2/bearer/app/token/x"')

    def fault_store(self, path):
        """Its blobs are in a store that wants to know who asks."""
        if self.is_blob:
            self.redirect("http://127.0.0.1:%d/private%s" % (store_port, path))
        else:
            self.fault_redirect(path)

    def fault_foreign(self, path):
        """The large layer is elsewhere, says the manifest, and the registry has it not."""
        status, headers, body = self.fetch(path)
        if not self.is_blob:
            manifest = json.loads(body)
            manifest["layers"][1]["urls"] = ["http://127.0.0.1:%d/v2/team/app/blobs/x" % store_port]
            self.answer(status, headers, json.dumps(manifest).encode())
        elif len(body) > 65536:
            self.answer(404, {})
        else:
            self.answer(status, headers, body)

    def fault_digestauth(self, path):
        self.challenge('Digest realm="x", nonce="y", Negotiate')


class Store(Handler):
    role = "store"

    def do_GET(self):
        self.note()
        if self.path.startswith("/private/"):
            self.challenge('Basic realm="store"')
        else:
            self.answer(*self.fetch(self.path.split("?")[0]))

    do_HEAD = do_GET


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass


store = Server(("127.0.0.1", 0), Store)
store_port = store.server_address[1]
threading.Thread(target=store.serve_forever, daemon=True).start()
with Server(("127.0.0.1", 0), Handler) as server:
    front_port = server.server_address[1]
    print("store port", store_port, flush=True)
    print("port", front_port, flush=True)
    server.serve_forever()

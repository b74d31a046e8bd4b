"""A registry that does what went wrong elsewhere, and those whom it names: incidents.py LOG

Prints "ROLE port N" for each of them, "port N" for the registry. LOG gets a line for each request: role, method, path,
and every header and the body as JSON. The roles:

    registry   NAME/AUTH/REST:TAG is an image of two layers. NAME says what is wrong with it (functions fault_NAME;
               behind a dash their argument, of which "HEX" is a text in hexadecimal digits); AUTH is open, basic or
               bearer, as robin with PASSWORD; in bearer's case /token gives the token. /endless is one without end: of
               this one only, as a proxy between would read all of it.
    tokens     another host's token service: robin gets TOKEN, nobody gets "anonymous"; "/302/HEX" redirects to HEX
    store      every blob, whatever the path; under /basic and /bearer-HEX it wants to be told who comes
    stranger   answers 200 with nothing
"""

import base64
import gzip
import hashlib
import io
import json
import random
import socketserver
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler

PASSWORD = "canary-4e1f"
TOKEN = "canary-9c2a"
ROBIN = "Basic " + base64.b64encode(("robin:" + PASSWORD).encode()).decode()
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"

lock = threading.Lock()
log_path = sys.argv[1]
ports = {}
blobs = {}
counts = {}


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def count(key):
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key]


def keep(data):
    blobs[digest_of(data)] = data
    return {"digest": digest_of(data), "size": len(data)}


def layer(name, content):
    """Reproducible; its descriptor and the digest of the tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    packed = gzip.compress(out.getvalue(), mtime=0)
    return dict(keep(packed), mediaType=LAYER), digest_of(out.getvalue())


LAYERS = [layer("etc/os-release", b'ID=alpine\nVERSION_ID=3.19.0\nPRETTY_NAME="Alpine Linux v3.19"\n'),
          layer("usr/share/large", random.Random(1).randbytes(200000))]
CONFIGURATION = json.dumps({"os": "linux", "architecture": "amd64",
                            "rootfs": {"type": "layers", "diff_ids": [d for _, d in LAYERS]}}).encode()


def manifest():
    return {"schemaVersion": 2, "mediaType": MANIFEST, "config": dict(keep(CONFIGURATION), mediaType=CONFIG),
            "layers": [dict(d) for d, _ in LAYERS]}


def index(*entries):
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}


def entry(document, **more):
    data = json.dumps(document).encode()
    return dict(keep(data), mediaType=document.get("mediaType", MANIFEST),
                platform={"os": "linux", "architecture": "amd64"}, **more)


entry(manifest())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one: apart, the second waits 40 ms for the first one's acknowledgement
    role = None

    def log_message(self, *args):
        pass

    def note(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("latin-1")
        with lock, open(log_path, "a", encoding="utf-8") as f:
            print(self.role, self.command, self.path, json.dumps([*self.headers.items(), body]), file=f, flush=True)

    def answer(self, status, headers=None, body=b""):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def endless(self, status, headers, begin, piece):
        """A body that never ends, with no length: who reads all of it runs out of memory."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        if self.command == "HEAD":
            return
        self.wfile.write(begin)
        while True:
            self.wfile.write(piece * (65536 // len(piece)))

    def give_token(self, known):
        document = {"token": TOKEN if known else "anonymous"}
        self.answer(200, {"Content-Type": "application/json"}, json.dumps(document).encode())

    def do_GET(self):
        self.note()
        try:
            self.respond()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_POST = do_GET


class Stranger(Handler):
    role = "stranger"

    def respond(self):
        self.answer(200, {"Content-Type": "application/json"}, b"{}")


class Tokens(Handler):
    role = "tokens"

    def respond(self):
        parts = self.path.split("?")[0].split("/")
        if parts[1] in ("301", "302", "303", "307", "308"):
            self.answer(int(parts[1]), {"Location": bytes.fromhex(parts[2]).decode()})
        else:
            self.give_token(self.headers.get("Authorization") == ROBIN)


class Store(Handler):
    role = "store"

    def respond(self):
        parts = self.path.split("?")[0].split("/")
        kind, _, argument = parts[1].partition("-")
        if kind == "basic":
            self.answer(401, {"WWW-Authenticate": 'Basic realm="store"'})
        elif kind == "bearer" and self.headers.get("Authorization") != "Bearer anonymous":
            realm = bytes.fromhex(argument).decode()
            self.answer(401, {"WWW-Authenticate": 'Bearer realm="%s",service="store"' % realm})
        else:
            data = blobs.get(parts[-1])
            self.answer(404 if data is None else 200, {}, data or b"")


class Registry(Handler):
    role = "registry"

    def is_known(self, auth):
        given = self.headers.get("Authorization")
        return auth == "open" or (auth == "basic" and given == ROBIN) or (auth == "bearer" and given in (
            "Bearer " + TOKEN, "Bearer anonymous"))

    def challenge(self, auth, realm="/token"):
        value = 'Basic realm="registry"' if auth == "basic" else 'Bearer realm="%s",service="registry"' % realm
        self.answer(401, {"WWW-Authenticate": value})

    def respond(self):
        parts = self.path.split("?")[0].split("/")  # "", "v2", FAULT, AUTH, REST..., "blobs" or "manifests", REFERENCE
        if parts[1] == "token":
            self.give_token(self.headers.get("Authorization") == ROBIN)
            return
        if parts[1] == "endless":
            self.endless(200, {"Content-Type": "application/json"}, b'{"token": "', b"x")
            return
        if len(parts) < 7:
            self.answer(200 if self.path == "/v2/" else 404)
            return
        self.kind, self.reference = parts[-2:]
        fault, _, self.argument = parts[2].partition("-")
        if fault == "realm":
            if not self.is_known(parts[3]):
                self.challenge("bearer", bytes.fromhex(self.argument).decode())
                return
        elif not self.is_known(parts[3]):
            self.challenge(parts[3])
            return
        getattr(self, "fault_" + fault)()

    def send(self, document, content_type=None, headers=None):
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        if content_type is None:
            content_type = MANIFEST if isinstance(document, bytes) else document.get("mediaType", MANIFEST)
        named = {"Content-Type": content_type, "Docker-Content-Digest": digest_of(data)}
        self.answer(200, dict(headers or {}, **named), data)

    def usual(self, document=None):
        """A digest by what is known; a tag by the document."""
        if self.reference.startswith("sha256:"):
            data = blobs.get(self.reference)
            content_type = MANIFEST if self.kind == "manifests" else "application/octet-stream"
            missing = b'{"errors": [{"code": "UNKNOWN"}]}'
            self.answer(404 if data is None else 200, {"Content-Type": content_type}, data or missing)
        else:
            self.send(document or manifest())

    def fault_none(self):
        self.usual()

    fault_realm = fault_none

    def fault_go(self):
        """Blobs are elsewhere: STATUS-HEX."""
        if self.kind == "manifests":
            self.usual()
        else:
            self.go()

    def fault_goall(self):
        self.go()

    def go(self):
        status, _, location = self.argument.partition("-")
        self.answer(int(status), {"Location": bytes.fromhex(location).decode().replace("@", self.path)})

    def fault_urls(self):
        """Every descriptor says that it is to be had elsewhere, at HEX."""
        urls = [bytes.fromhex(self.argument).decode()]
        document = manifest()
        for d in [document["config"], *document["layers"]]:
            d["urls"] = urls
        self.usual(index(dict(entry(document), urls=urls)))

    def fault_foreign(self):
        """A layer that no registry may give; it is at HEX."""
        document = manifest()
        document["layers"][1].update(mediaType=FOREIGN, urls=[bytes.fromhex(self.argument).decode()])
        if self.kind == "blobs" and self.reference == LAYERS[1][0]["digest"]:
            self.answer(404)
        else:
            self.usual(document)

    def fault_digest(self):
        """What a WHERE-HEX descriptor names is no digest."""
        where, _, text = self.argument.partition("-")
        document = manifest()
        wrong = {"digest": bytes.fromhex(text).decode()}
        if where == "layer":
            document["layers"][1].update(wrong)
        elif where == "config":
            document["config"].update(wrong)
        else:
            document = index(dict(entry(document), **wrong))
        self.usual(document)

    def fault_link(self):
        """Says that there is a next page."""
        link = {"Link": '<http://127.0.0.1:%d/next>; rel="next"' % ports["stranger"]}
        if self.kind == "manifests" and not self.reference.startswith("sha256:"):
            self.send(manifest(), headers=link)
        else:
            self.usual()

    def fault_other(self):
        """Another manifest than the one that the digest names, well-formed and with a header that lies."""
        if self.kind == "manifests":
            data = json.dumps(dict(manifest(), annotations={"x": "y"})).encode()
            self.answer(200, {"Content-Type": MANIFEST, "Docker-Content-Digest": self.reference}, data)
        else:
            self.usual()

    def fault_polyglot(self):
        """One document, two meanings: WHAT."""
        both = dict(manifest(), manifests=[entry(manifest())])
        texts = {
            "asindex": (json.dumps(dict(both, mediaType=INDEX)), INDEX),
            "asmanifest": (json.dumps(both), MANIFEST),
            "asdocker": (json.dumps(dict(both, mediaType=DOCKER)), DOCKER),
            "untyped": (json.dumps({k: v for k, v in both.items() if k != "mediaType"}), MANIFEST),
            "header": (json.dumps(manifest()), INDEX),
            "body": (json.dumps(dict(manifest(), mediaType=INDEX)), MANIFEST),
            "twice": (json.dumps(manifest())[:-1] + ', "layers": []}', MANIFEST),
            "case": (json.dumps(manifest())[:-1] + ', "Layers": []}', MANIFEST),
            "deepcase": (json.dumps(manifest()).replace('"digest"', '"Digest": "sha256:0", "digest"'), MANIFEST),
        }
        if self.kind == "manifests" and not self.reference.startswith("sha256:"):
            text, content_type = texts[self.argument]
            self.send(text.encode(), content_type)
        else:
            self.usual()

    def fault_flip(self):
        """One bit of the large layer, at an OFFSET; with an m in front, counted from its end."""
        data = blobs.get(self.reference, b"")
        if self.kind == "blobs" and self.reference == LAYERS[1][0]["digest"]:
            at = len(data) - int(self.argument[1:]) if self.argument[0] == "m" else int(self.argument)
            self.answer(200, {}, data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
        else:
            self.usual()

    def fault_endless(self):
        """The WHAT never ends."""
        wanted = {"manifest": self.kind == "manifests" and not self.reference.startswith("sha256:"),
                  "entry": self.kind == "manifests" and self.reference.startswith("sha256:"),
                  "config": self.kind == "blobs" and self.reference == digest_of(CONFIGURATION),
                  "error": True, "unauthorized": True, "overload": True, "blob404": self.kind == "blobs"}[self.argument]
        status = {"error": 404, "unauthorized": 401, "overload": 500, "blob404": 404}.get(self.argument, 200)
        if wanted:
            self.endless(status, {"Content-Type": MANIFEST, "WWW-Authenticate": 'Bearer realm="/token"'},
                         b'{"schemaVersion": 2, "errors": [', b'{"code": "x"}, ')
        else:
            self.usual(index(entry(manifest())))

    def fault_many(self):
        """WHAT-N entries."""
        what, _, n = self.argument.partition("-")
        document = manifest()
        if what == "entries":
            one = entry(document)
            document = index(*[dict(one, digest="sha256:%064d" % i) for i in range(int(n))])
        elif what == "layers":
            document["layers"] *= int(n)
        else:
            document["subject"] = entry(manifest())
            document["annotations"] = {str(i): "x" for i in range(int(n))}
        if self.kind == "manifests" and not self.reference.startswith("sha256:"):
            self.send(document)
        else:
            self.usual()

    def fault_nested(self):
        """Indexes in indexes, so many deep."""
        document = manifest()
        for _ in range(int(self.argument)):
            document = index(entry(document))
        self.usual(document)

    def fault_busy(self):
        """429 the first N times that a path is asked for."""
        if count(self.path) <= int(self.argument):
            self.answer(429, {"Retry-After": "0"}, b'{"errors": [{"code": "TOOMANYREQUESTS"}]}')
        else:
            self.usual()

    def fault_first(self):
        """The first layer is not there, the second without end: what is told is the first."""
        if self.kind == "blobs" and self.reference == LAYERS[0][0]["digest"]:
            self.answer(404, {}, b'{"errors": [{"code": "BLOB_UNKNOWN"}]}')
        else:
            self.usual()

    def fault_names(self):
        """Names of every kind that a cache might take for paths."""
        document = manifest()
        climbing = {"org.opencontainers.image.ref.name": "../../climbed", "io.containerd.image.name": "/etc/climbed"}
        document["annotations"] = climbing
        for d in [document["config"], *document["layers"]]:
            d["annotations"] = climbing
        self.usual(index(dict(entry(document), annotations=climbing)))


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass


servers = [Server(("127.0.0.1", 0), handler) for handler in (Stranger, Tokens, Store, Registry)]
for server in servers:
    role, ports[server.RequestHandlerClass.role] = server.RequestHandlerClass.role, server.server_address[1]
    print(role, "port", ports[role], flush=True)
for server in servers[:-1]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("port", ports["registry"], flush=True)
servers[-1].serve_forever()

"""A container engine as far as scanners meet it: docker.py FOLDER

Listens at the socket FOLDER/sock and at a free port of 127.0.0.1, which it prints: "port N". With FOLDER/tls/cert.pem
and key.pem there is TLS at that port, and only clients that ca.pem there vouches for are let in. Every request is a
line of FOLDER/requests.

FOLDER/images.tsv: NAME, LAYOUT, ARCHIVE. The archive is one of docker save; it is exported in the layout of

    new         Docker since 25: blobs/sha256/DIFF_ID, names in order
    old         Docker before that: ID/layer.tar, a layer that is there twice as a link
    podman      DIFF_ID.tar, and links to them
    containerd  Docker with the images of containerd: compressed blobs, the id is the manifest's digest
    loaded      the same, and they are not compressed

Read anew at each request: FOLDER/api, the version, "none" for an engine that names none; FOLDER/fault, what is wrong:

    error       each request about an image is answered with 500
    late-error  the export breaks off with a message in place of a tar header
    cut         the export ends in the middle
    missing     it lacks the image's last layer
    changed     a byte of the first layer is another; changed-once: only the first time
    wrong-id    its config is another image's
    endless     its members never end
    long        a member never ends
    slow        it comes in small pieces
    first       the bytes of FOLDER/first come before its members
    huge        what is said of the image never ends
    garbage     what is said of the image is no JSON
    digests     the layers are named by what are no digests
    fewer       only the first layer is named
    another     whatever is asked for, the first image answers
"""

import gzip
import hashlib
import io
import json
import os
import socketserver
import ssl
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

FOLDER = sys.argv[1]
PIECE = 1 << 16


def sha(data):
    return hashlib.sha256(data).hexdigest()


def text(value):
    return json.dumps(value, separators=(",", ":")).encode()


def setting(name, default=""):
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
            return f.read().strip()
    except FileNotFoundError:
        return default


class Image:
    """What an archive of docker save holds."""

    def __init__(self, name, layout, path):
        self.name, self.layout = name, layout
        with tarfile.open(path) as tar:
            entry = json.load(tar.extractfile("manifest.json"))[0]
            self.config = tar.extractfile(entry["Config"]).read()
            self.layers = [tar.extractfile(m).read() for m in entry["Layers"]]
        self.says = json.loads(self.config)
        self.diff_ids = self.says["rootfs"]["diff_ids"]
        self.stored = self.layers
        if layout == "containerd":
            self.stored = [gzip.compress(x, mtime=0) for x in self.layers]
        self.manifest = text({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                       "digest": "sha256:" + sha(self.config), "size": len(self.config)},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar" + "+gzip" * (layout == "containerd"),
                        "digest": "sha256:" + sha(x), "size": len(x)} for x in self.stored]})
        self.by_manifest = layout in ("containerd", "loaded")
        self.id = "sha256:" + sha(self.manifest if self.by_manifest else self.config)

    def inspect(self):
        tags = [] if "@" in self.name or self.name == "untagged" else [self.name]
        ret = {"Id": self.id, "RepoTags": tags, "RepoDigests": [],
               "Os": self.says["os"], "Architecture": self.says["architecture"], "Variant": self.says.get("variant", ""),
               "RootFS": {"Type": "layers", "Layers": self.diff_ids}}
        if tags:
            ret["RepoDigests"] = [self.name.rsplit(":", 1)[0] + "@sha256:" + sha(self.manifest)]
        if self.by_manifest:
            ret["Descriptor"] = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": self.id,
                                 "size": len(self.manifest)}
        return ret

    def history(self):
        steps, sizes = [], iter(self.layers)
        for step in self.says.get("history", []):
            size = 0 if step.get("empty_layer") else len(next(sizes))
            steps.append({"Id": "<missing>", "CreatedBy": step.get("created_by", ""), "Size": size, "Tags": None})
        return steps[::-1]

    def members(self):
        """The files of an export in the engine's order; a text is where a link leads."""
        config = sha(self.config)
        if self.layout in ("new", "containerd", "loaded"):
            names = ["blobs/sha256/" + sha(x) for x in self.stored]
            files = dict(zip(names, self.stored))
            files["blobs/sha256/" + config] = self.config
            files["blobs/sha256/" + sha(self.manifest)] = self.manifest
            files["index.json"] = text({"schemaVersion": 2, "manifests": [
                {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + sha(self.manifest),
                 "size": len(self.manifest)}]})
            files["oci-layout"] = text({"imageLayoutVersion": "1.0.0"})
            files["manifest.json"] = text(
                [{"Config": "blobs/sha256/" + config, "RepoTags": None, "Layers": names}])
            return sorted(files.items())
        if self.layout == "podman":
            names = [sha(x) + ".tar" for x in self.layers]
            files = dict(zip(names, self.layers))
            files[config + ".json"] = self.config
            for i, name in enumerate(names):
                folder = sha(b"%d" % i)
                files[folder + "/layer.tar"] = "../" + name
                files[folder + "/VERSION"] = b"1.0"
                files[folder + "/json"] = text({"id": folder})
        else:
            ids = [sha(b"%d" % i) for i in range(len(self.layers))]
            names, files, first = [i + "/layer.tar" for i in ids], {}, {}
            for i, data in zip(ids, self.layers):
                files[i + "/VERSION"], files[i + "/json"] = b"1.0", text({"id": i})
                files[i + "/layer.tar"] = "../%s/layer.tar" % first[data] if data in first else data
                first.setdefault(data, i)
            files = dict(sorted((files | {config + ".json": self.config}).items()))
        files["manifest.json"] = text([{"Config": config + ".json", "RepoTags": None, "Layers": names}])
        files["repositories"] = b"{}"
        return list(files.items())


def changed(image, files, fault):
    """The members of an export with this wrong of them."""
    first, last = (sha(image.stored[i]) for i in (0, -1))
    if fault == "missing":
        places = [n for n, d in files if d == image.stored[-1] or isinstance(d, str) and last in d]
        files = [(n, d) for n, d in files if n not in places]
    if fault == "changed":
        flip = image.layers[0].replace(b"Status: install ok", b"Status: install no", 1)
        files = [(n, flip if isinstance(d, bytes) and sha(d) == first else d) for n, d in files]
    if fault == "wrong-id":
        files = [(n, d + b"\n" if d == image.config else d) for n, d in files]
    return files


def blocks(files):
    """The tar of these files, piece by piece."""
    for name, data in files:
        info = tarfile.TarInfo(name)
        if isinstance(data, str):
            info.type, info.linkname, data = tarfile.SYMTYPE, data, b""
        info.size = len(data)
        out = io.BytesIO()
        out.write(info.tobuf(tarfile.PAX_FORMAT))
        out.write(data + b"\0" * (-len(data) % 512))
        yield from pieces(out.getvalue())
    yield b"\0" * 1024


def pieces(data):
    for at in range(0, len(data), PIECE):
        yield data[at:at + PIECE]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    exports = 0

    def log_message(self, *args):
        pass

    def address_string(self):
        return "socket"

    def answer(self, status, value, **headers):
        body = value if isinstance(value, bytes) else text(value)
        self.send_response(status)
        for name, header in headers.items():
            self.send_header(name.replace("_", "-"), header)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, chunks, cut_after=None):
        """In chunks; cut_after: the connection is closed behind so many bytes."""
        self.send_response(200)
        self.send_header("Content-Type", "application/x-tar")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        sent = 0
        for chunk in chunks:
            if cut_after is not None and sent + len(chunk) > cut_after:
                self.close_connection = True
                return
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            sent += len(chunk)
        self.wfile.write(b"0\r\n\r\n")

    def export(self, image):
        fault, files = setting("fault"), image.members()
        Handler.exports += 1
        if fault == "changed-once":
            fault = "changed" if Handler.exports == 1 else ""
        files = changed(image, files, fault)
        if fault == "late-error":
            return self.stream(list(blocks(files))[:1] + [text({"message": "no space left on device"}) * 40])
        if fault == "cut":
            whole = b"".join(blocks(files))
            return self.stream(pieces(whole), len(whole) // 2)
        if fault == "endless":
            member = b"".join(blocks([("a", b"")]))[:512]
            return self.stream(iter(lambda: member * 1024, None))
        if fault == "long":
            head = tarfile.TarInfo("blobs/sha256/" + image.diff_ids[0][7:])
            head.size = 1 << 50
            return self.stream(iter(lambda p=[head.tobuf(tarfile.GNU_FORMAT)]: p.pop() if p else b"\0" * (1 << 20), None))
        if fault == "slow":
            return self.stream(x[at:at + 700] for x in blocks(files) for at in range(0, len(x), 700))
        if fault == "first":
            with open(os.path.join(FOLDER, "first"), "rb") as f:
                return self.stream(filter(None, [f.read(), *blocks(files)]))
        self.stream(blocks(files))

    def say(self, image):
        fault = setting("fault")
        if fault == "huge":
            return self.stream(iter(lambda: b'{"Id":1,' + b" " * PIECE, None))
        if fault == "garbage":
            return self.answer(200, b"<html>")
        says = image.inspect()
        if fault == "digests":
            says["RootFS"]["Layers"] = ["sha256:../../../etc/passwd"]
        if fault == "fewer":
            del says["RootFS"]["Layers"][1:]
        return self.answer(200, says)

    def do_GET(self):
        with open(os.path.join(FOLDER, "requests"), "a", encoding="utf-8") as f:
            f.write(self.path + "\n")
        if self.path == "/_ping":
            api = setting("api", "1.47")
            return self.answer(200, b"OK", **({} if api == "none" else {"Api_Version": api}))
        parts = unquote(self.path).split("/", 3)
        if len(parts) < 4 or parts[2] != "images":
            return self.answer(404, {"message": "page not found"})
        name, what = parts[3].rsplit("/", 1)
        image = next((i for i in images() if name in (i.name, i.id) or (len(name) > 6 and i.id[7:].startswith(name))), None)
        if setting("fault") == "another":
            image = next(images())
        if not image:
            return self.answer(404, {"message": "No such image: " + name})
        if setting("fault") == "error":
            return self.answer(500, {"message": "layer does not exist: \x1b[31mred"})
        if what == "json":
            return self.say(image)
        if what == "history":
            return self.answer(200, image.history())
        return self.export(image)

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass


def images():
    for line in setting("images.tsv").splitlines():
        yield Image(*line.split("\t"))


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class TcpServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


tcp = TcpServer(("127.0.0.1", 0), Handler)
tls = os.path.join(FOLDER, "tls")
if os.path.isdir(tls):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(tls, "cert.pem"), os.path.join(tls, "key.pem"))
    context.load_verify_locations(os.path.join(tls, "ca.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    tcp.socket = context.wrap_socket(tcp.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=tcp.serve_forever, daemon=True).start()
server = SocketServer(os.path.join(FOLDER, "sock"), Handler)
print("port", tcp.server_port, flush=True)
server.serve_forever()

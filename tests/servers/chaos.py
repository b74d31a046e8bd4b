"""A registry that breaks, before real ones: what it serves, to whom, and what it was sent.

    chaos = Chaos(upstream, images)     upstream: mode -> port of a docker-registry on 127.0.0.1, and "tokens" ->
                                        port of its token service; images: name -> Image
    chaos.begin(run)                    a Run of chaos_draw.py: from now on "sSEED/MODE/IMAGE" is IMAGE, as far as
                                        its faults let it

Everybody lives in this process:

    front    127.0.0.1       the registry the client talks to
    tokens   127.0.0.1       its token service; a run may have it at the front
    mirror   127.0.0.1       asked before the front, by runs that name one: has the same, knows nobody's password
    store    127.0.0.1       a host where blobs may be: is given no Authorization
    trap     127.0.0.2, 127.0.0.3, ::1    hosts that nobody should ask, whatever was said

What a run's faults are is drawn by its seed, each for a place (index, manifest, config, layerN,
token) and some of the requests there, so that the order in which layers are fetched does not matter.
"""

import gzip
import hashlib
import http.client
import json
import re
import socket
import threading
import time
import urllib.parse

FRONT_PATH = re.compile(r"/v2/(?:mirrored/)?s(\d+)/(anon|basic|token)/([a-z]+)/(manifests|blobs)/([^/?]+)$")
TOKEN_PATH = re.compile(r"/s(\d+)/token$")
STORE_PATH = re.compile(r"/s(\d+)/([a-z]+)/blobs/([^/?]+)$")
PACKAGE = re.compile(rb"(?:^|\0)Package: (\S+)\n(?:.+\n)*?Version: (\S+)$", re.M)
HOP = {"content-length", "date", "transfer-encoding", "connection"}
HEAD_MOST = 65536


class Gone(Exception):
    """The client has left, or has to."""


class Image:
    """What the upstream has under a name: read once, without disturbance."""

    def __init__(self, name, port):
        self.name = name
        self.place = {}  # digest -> index, manifest, config, layer0, ...
        status, headers, self.body = fetch(port, "GET", "/v2/%s/manifests/1" % name, {"Accept": ACCEPT})
        if status != 200:
            raise SystemExit("chaos: the registry has no %s:1" % name)
        headers = dict((k.lower(), v) for k, v in headers)
        self.digest, self.type = headers["docker-content-digest"], headers["content-type"]
        manifest = json.loads(self.body)
        if "manifests" in manifest:
            self.place[self.digest] = "index"
            first = manifest["manifests"][0]["digest"]
            manifest = json.loads(fetch(port, "GET", "/v2/%s/manifests/%s" % (name, first), {"Accept": ACCEPT})[2])
            self.place[first] = "manifest"
        else:
            self.place[self.digest] = "manifest"
        self.place[manifest["config"]["digest"]] = "config"
        self.layers = [layer["digest"] for layer in manifest["layers"]]
        self.packages = set()  # of all layers, also what later ones replace
        for layer in self.layers:
            blob = fetch(port, "GET", "/v2/%s/blobs/%s" % (name, layer), {})[2]
            self.packages.update(PACKAGE.findall(gzip.decompress(blob)))
        for i, digest in enumerate(self.layers):
            self.place[digest] = "layer%d" % i


ACCEPT = ", ".join("application/vnd." + t for t in (
    "oci.image.index.v1+json", "oci.image.manifest.v1+json", "docker.distribution.manifest.list.v2+json",
    "docker.distribution.manifest.v2+json"))


def fetch(port, method, path, headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        try:
            body = answer.read()
        except http.client.IncompleteRead as e:  # docker-registry's 416 announces more than it brings
            body = e.partial
        return answer.status, answer.getheaders(), body
    finally:
        connection.close()


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target = (lines[0].split(" ") + ["", ""])[:2]
        self.path = self.target.split("?")[0]
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()


class Answer:
    """What a server would say if nothing were wrong."""

    def __init__(self, status, headers=(), body=b""):
        self.status = status
        self.headers = [(k, v) for k, v in headers if k.lower() not in HOP]
        self.body = body

    def copy(self, **changed):
        other = Answer(self.status, self.headers, self.body)
        other.__dict__.update(changed)
        return other

    def header(self, name):
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def with_header(self, name, *values):
        """In place of those of that name."""
        rest = [(k, v) for k, v in self.headers if k.lower() != name.lower()]
        return self.copy(headers=rest + [(name, v) for v in values])


class Turn:
    """One request to one place, which a fault answers: with reply(), put() and end_...()."""

    def __init__(self, chaos, run, role, sock, request, answer, place, digest):
        self.chaos, self.run, self.role, self.sock, self.request = chaos, run, role, sock, request
        self.answer, self.place, self.digest = answer, place, digest
        self.fault = None

    def put(self, data):
        try:
            self.sock.sendall(data)
        except OSError as e:
            raise Gone from e

    def head(self, answer, length, version="HTTP/1.1"):
        """The header as bytes; length: of the body, or None to tell none."""
        lines = ["%s %d %s" % (version, answer.status, http.client.responses.get(answer.status, "Odd"))]
        lines += ["%s: %s" % pair for pair in answer.headers]
        if length is not None:
            lines.append("Content-Length: %s" % length)
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def body(self, data):
        if self.request.method != "HEAD":
            self.put(data)

    def reply(self, answer, length=-1, version="HTTP/1.1"):
        if self.request.path.endswith("/manifests/1"):
            self.run.named.add("sha256:" + hashlib.sha256(answer.body).hexdigest())
        self.put(self.head(answer, len(answer.body) if length == -1 else length, version))
        self.body(answer.body)

    def end_close(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        raise Gone

    def end_reset(self):
        """Ends the connection with RST: nothing about it is orderly."""
        time.sleep(0.02)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raise Gone

    def endless(self, piece, what):
        """Until the client leaves, which it has to do before long."""
        sent, until = 0, time.monotonic() + 20
        while sent < 64 << 20 and time.monotonic() < until:
            self.put(piece)
            sent += len(piece)
        self.run.problem("took %d MiB of %s without end" % (sent >> 20, what))
        raise Gone

    def spoils_layer(self):
        """What follows are not the layer's bytes, or not all."""
        if self.place.startswith("layer"):
            self.run.spoilt.add(self.digest)

    def whole(self):
        """Of a blob, whatever part was asked for."""
        path = "/v2/%s/blobs/%s" % (self.run.image.name, self.digest)
        return fetch(self.chaos.upstream["anon"], "GET", path, {})[2]

    def address(self, role, path=None):
        """This request's, elsewhere."""
        path = "/s%d/%s/blobs/%s" % (self.run.seed, self.run.image.name, self.digest) if path is None else path
        return "%s%s" % (self.chaos.site[role], path)


class Chaos:
    def __init__(self, upstream, images):
        self.upstream, self.images = upstream, images
        self.runs = {}
        self.lock = threading.Lock()
        # Headers and bodies, as they came.
        self.received = {"front": [], "tokens": [], "mirror": [], "store": [], "trap": []}
        self.tokens = set()  # every one that was given to somebody with a password
        self.site = {}
        for role, host, serve in (("front", "127.0.0.1", self.front), ("tokens", "127.0.0.1", self.front),
                                  ("mirror", "127.0.0.1", self.front), ("store", "127.0.0.1", self.store),
                                  ("trap2", "127.0.0.2", self.trap), ("trap3", "127.0.0.3", self.trap),
                                  ("trap6", "::1", self.trap)):
            self.listen(role, host, serve)

    def listen(self, role, host, serve):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            listener.bind((host, 0))
            listener.listen(128)
            port = listener.getsockname()[1]
        except OSError:  # no IPv6 here: nobody could be asked there either
            port = 9
        else:
            threading.Thread(target=self.accept, args=(listener, role, serve), daemon=True).start()
        self.site[role] = "http://%s:%d" % ("[%s]" % host if ":" in host else host, port)

    def accept(self, listener, role, serve):
        while True:
            sock = listener.accept()[0]
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.converse, args=(sock, role, serve), daemon=True).start()

    def begin(self, run):
        with self.lock:
            self.runs[run.seed] = run

    def port(self, role):
        return int(self.site[role].rsplit(":", 1)[1])

    def converse(self, sock, role, serve):
        sock.settimeout(100)
        kind = "trap" if role.startswith("trap") else role
        data = b""
        try:
            while True:
                while b"\r\n\r\n" not in data and len(data) < HEAD_MOST:
                    more = sock.recv(65536)
                    if not more:
                        if data or kind == "trap":
                            self.received[kind].append(data or b"(a connection)")
                        return
                    data += more
                head, _, data = data.partition(b"\r\n\r\n")
                request = Request(head)
                length = int(request.headers.get("content-length", "0"))
                while len(data) < length:
                    data += sock.recv(65536) or b"\0" * length
                self.received[kind].append(head + b"\r\n\r\n" + data[:length])
                data = data[length:]
                serve(role, sock, request)
        except (Gone, OSError):
            pass
        finally:
            sock.close()

    # ---- Who answers what

    def say(self, sock, request, answer):
        Turn(self, None, None, sock, request, answer, None, None).reply(answer)

    def trap(self, role, sock, request):
        self.say(sock, request, Answer(200, [("Content-Type", "application/json")], b'{"token":"trap"}'))

    def front(self, role, sock, request):
        token, path = TOKEN_PATH.match(request.path), FRONT_PATH.match(request.path)
        run = self.runs.get(int((token or path).group(1))) if token or path else None
        if run is None:
            self.say(sock, request, Answer(404))
        elif token:
            run.answer(Turn(self, run, role, sock, request, self.token(run, request), "token", None))
        else:
            mode, name, kind, reference = path.groups()[1:]
            mode = "anon" if role == "mirror" else mode
            answer = self.passed_on(run, request, mode, "/v2/%s/%s/%s" % (name, kind, reference))
            digest = run.image.digest if reference == "1" else reference
            place = run.image.place.get(digest, "other")
            turn = Turn(self, run, role, sock, request, answer, place, digest)
            if run.stored and kind == "blobs" and answer.status in (200, 206) and "back" not in request.target:
                turn.reply(Answer(307, [("Location", turn.address("store"))], b"there"))
            else:
                run.answer(turn)

    def store(self, role, sock, request):
        path = STORE_PATH.match(request.path)
        run = self.runs.get(int(path.group(1))) if path else None
        if run is None:
            if not request.target.startswith("/s"):  # by another name of this host, which nobody may use
                self.received["trap"].append(request.target.encode())
            self.say(sock, request, Answer(404))
            return
        if "authorization" in request.headers or "cookie" in request.headers:
            run.problem("sent the store an Authorization")
        answer = self.passed_on(run, request, "anon", "/v2/%s/blobs/%s" % (path.group(2), path.group(3)))
        turn = Turn(self, run, role, sock, request, answer, run.image.place.get(path.group(3), "other"), path.group(3))
        if request.target.endswith("?back"):
            where = "/v2/s%d/%s/%s/blobs/%s?back" % (run.seed, run.mode, path.group(2), path.group(3))
            turn.reply(Answer(302, [("Location", self.site["front"] + where)]))
        else:
            run.answer(turn)

    def passed_on(self, run, request, mode, path):
        """The registry's answer; with its challenge as if it were the front's own."""
        headers = {k: request.headers[k] for k in ("accept", "range") if k in request.headers}
        if mode != "anon" and "authorization" in request.headers:
            headers["authorization"] = request.headers["authorization"]
        # A HEAD's answer is that of a GET, without its body.
        answer = Answer(*fetch(self.upstream[mode], "GET", path, headers))
        challenge = answer.header("WWW-Authenticate")
        if challenge and mode == "token":
            challenge = re.sub('realm="[^"]*"', 'realm="%s"' % self.realm(run), challenge)
            challenge = challenge.replace("repository:", "repository:s%d/%s/" % (run.seed, mode))
        return answer.with_header("WWW-Authenticate", challenge) if challenge else answer

    def realm(self, run):
        return "%s/s%d/token" % (self.site[run.realm], run.seed)

    def token(self, run, request):
        query = urllib.parse.urlsplit(request.target).query
        query = query.replace("s%d%%2Ftoken%%2F" % run.seed, "").replace("s%d/token/" % run.seed, "")
        headers = {k: request.headers[k] for k in ("authorization",) if k in request.headers}
        answer = Answer(*fetch(self.upstream["tokens"], "GET", "/token?" + query, headers))
        try:
            document = json.loads(answer.body)
            if headers:
                self.tokens.update(document[k] for k in ("token", "access_token") if k in document)
        except ValueError:
            pass
        return answer

"""A proxy on 127.0.0.1: proxy.py LOG MODE TARGET [CERTIFICATE KEY CLIENTS]

Whatever host it is asked for, it leads to 127.0.0.1:TARGET. MODE: open; login (Basic, robin and "se:cret @"); refuse (403);
socks (5, without names and passwords); socks-refuse; junk (no HTTP); close (without an answer); demand (TLS: a certificate). Prints "port N". LOG
gets a line for each request: the method, what is asked for, and "as NAME:PASSWORD" if it came with them. CERTIFICATE, KEY:
spoken to by TLS; it asks for a certificate of CLIENTS, too, and "shown a certificate" stands behind a request that has one.
"""

import base64
import http.client
import selectors
import socket
import socketserver
import ssl
import struct
import sys
from http.server import BaseHTTPRequestHandler

log_path, mode, target = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    context.load_verify_locations(sys.argv[6])
    context.verify_mode = ssl.CERT_REQUIRED if mode == "demand" else ssl.CERT_OPTIONAL
WANTED = "robin:se:cret @"


def note(*words):
    with open(log_path, "a", encoding="utf-8") as f:
        print(*words, file=f, flush=True)


def pass_on(a, b):
    """Bytes both ways until one side ends."""
    with selectors.DefaultSelector() as ready:
        ready.register(a, selectors.EVENT_READ, b)
        ready.register(b, selectors.EVENT_READ, a)
        while True:
            for key, _ in ready.select():
                data = key.fileobj.recv(65536)
                if not data:
                    return
                key.data.sendall(data)


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, *headers, body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def allowed(self):
        kind, _, value = self.headers.get("Proxy-Authorization", "").partition(" ")
        who = base64.b64decode(value).decode() if kind == "Basic" else ""
        shown = context and self.connection.getpeercert()
        note(self.command, self.path, *(["as " + who] if who else []), *(["shown a certificate"] if shown else []))
        if mode == "login" and who != WANTED:
            self.answer(407, ("Proxy-Authenticate", 'Basic realm="proxy"'))
        elif mode == "refuse":
            self.answer(403)
        else:
            return True
        return False

    def do_CONNECT(self):
        if self.allowed():
            with socket.create_connection(("127.0.0.1", target)) as to:
                self.send_response(200)
                self.end_headers()
                pass_on(self.connection, to)
            self.close_connection = True

    def do_GET(self):
        if self.allowed():
            connection = http.client.HTTPConnection("127.0.0.1", target)
            connection.request("GET", "/")
            answer = connection.getresponse()
            self.answer(answer.status, body=answer.read())


class Socks(socketserver.StreamRequestHandler):
    """RFC 1928."""

    def handle(self):
        _, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        _, _, _, kind = self.rfile.read(4)
        length = {1: 4, 4: 16}.get(kind) or self.rfile.read(1)[0]
        host = self.rfile.read(length)
        (port,) = struct.unpack("!H", self.rfile.read(2))
        note("SOCKS", "%s:%d" % (host.decode() if kind == 3 else host.hex(), port))
        status = 2 if mode == "socks-refuse" else 0
        self.wfile.write(bytes([5, status, 0, 1, 0, 0, 0, 0, 0, 0]))
        if status == 0:
            with socket.create_connection(("127.0.0.1", target)) as to:
                pass_on(self.connection, to)


class Junk(socketserver.StreamRequestHandler):
    def handle(self):
        note("junk", self.rfile.readline().decode().split()[0])
        if mode == "junk":
            self.wfile.write(b"220 mail.example ESMTP\r\n" * 10)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def finish_request(self, request, client_address):
        if context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(60)
        with context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as secure:
            try:
                secure.do_handshake()
            except ssl.SSLError:
                # Or what the client still sends would make a reset of it, which overtakes the alert.
                secure.shutdown(socket.SHUT_WR)
                while secure.recv(65536):
                    pass
                return
            super().finish_request(secure, client_address)

    def handle_error(self, request, client_address):
        pass


handler = Socks if mode.startswith("socks") else Junk if mode in ("junk", "close") else Proxy
with Server(("127.0.0.1", 0), handler) as server:
    print("port", server.server_address[1], flush=True)
    server.serve_forever()

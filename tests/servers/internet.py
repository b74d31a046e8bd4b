"""Hosts with names of their own, behind a proxy on 127.0.0.1: internet.py LOG SITE...

SITE is http://HOST[:PORT]=TARGET or https://HOST[:PORT]=TARGET,FOLDER: what is asked of that host is passed on to
127.0.0.1:TARGET; the certificate that it shows is FOLDER/cert with FOLDER/key. Prints "port N". LOG gets a line for
each request, "SITE PATH", with " secret" behind it if it came with an Authorization header, and for a
handshake that the client broke off, "SITE distrusted". A host that no SITE names is "HOST:PORT unknown".
"""

import functools
import http.client
import socketserver
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

log_path = sys.argv[1]
lock = threading.Lock()
sites = {}
for argument in sys.argv[2:]:
    url, _, place = argument.partition("=")
    parts = urlsplit(url)
    target, _, folder = place.partition(",")
    sites[parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]] = url, int(target), folder


def note(*words):
    with lock, open(log_path, "a", encoding="utf-8") as f:
        print(*words, file=f, flush=True)


@functools.cache
def context_of(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder + "/cert", folder + "/key")
    return context


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgement of its head
    inside = None  # the site whose connection this has become

    def log_message(self, *args):
        pass

    def empty(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def site(self, scheme, address):
        parts = urlsplit(scheme + "://" + address)
        found = sites.get((scheme, parts.hostname, parts.port or 80))
        if not found:
            note(address, "unknown")
            self.empty(502)
        return found

    def do_CONNECT(self):
        site = self.site("https", self.path)
        if not site:
            return
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = context_of(site[2]).wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, ConnectionError):
            note(site[0], "distrusted")
            self.close_connection = True
            return
        self.inside = site
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)

    def do_GET(self):
        parts = urlsplit(self.path)
        site = self.inside or self.site("http", parts.netloc)
        if not site:
            return
        path = parts._replace(scheme="", netloc="").geturl()
        note(site[0], path, *(["secret"] if "Authorization" in self.headers else []))
        connection = http.client.HTTPConnection("127.0.0.1", site[1])
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        connection.request(self.command, path, sent or None, dict(self.headers.items()))
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name not in ("Content-Length", "Date", "Transfer-Encoding", "Connection"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(body))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_POST = do_GET


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


with Server(("127.0.0.1", 0), Proxy) as server:
    print("port", server.server_address[1], flush=True)
    server.serve_forever()

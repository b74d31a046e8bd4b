"""A TLS server on 127.0.0.1: https.py CERTIFICATE KEY [OLD]

Answers every request with its own header, 1 MiB of text in chunks if the path begins with
/large. OLD: TLS 1.1 at most. Prints "port N"; CONNECT and absolute addresses are answered
with 407, as a proxy that wants a password would, on the port in "proxy N", without TLS.
"""

import socketserver
import ssl
import sys
import threading
import warnings
from http.server import BaseHTTPRequestHandler


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        print("request", self.path, "|".join("%s: %s" % h for h in self.headers.items()), flush=True)
        body = b"0123456789abcdef" * 65536 if self.path.startswith("/large") else b"hello\n"
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Trailer", "Location")
        self.end_headers()
        for i in range(0, len(body), 7777):
            part = body[i:i + 7777]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\nLocation: /late\r\n\r\n")


class Proxy(Handler):
    def do_GET(self):
        print("proxy", self.command, self.path, flush=True)
        self.send_response(407)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_CONNECT = do_GET


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class TlsServer(Server):
    def finish_request(self, request, client_address):
        request.settimeout(60)
        with context.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
if len(sys.argv) > 3:
    warnings.simplefilter("ignore")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
context.load_cert_chain(sys.argv[1], sys.argv[2])

proxy = Server(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
with TlsServer(("127.0.0.1", 0), Handler) as server:
    print("proxy port", proxy.server_address[1], flush=True)
    print("port", server.server_address[1], flush=True)
    server.serve_forever()

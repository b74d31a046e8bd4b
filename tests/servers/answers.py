"""Answers as nobody should give them, without TLS, on 127.0.0.1 and on a Unix socket: answers.py LOG SOCKET

The path says which, see ANSWERS; /hang is none, /drip one whose body does not come; to HEAD of /late the body comes
after all, in front of the next answer of that connection. Prints "port N". LOG gets a line
for each request: its method, its path, the lines of its header with | between them, its body.
"""

import os
import socketserver
import sys
import threading
import time

log_path, socket_path = sys.argv[1], sys.argv[2]
LENGTH = b"Content-Length: 6\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\n" + LENGTH


def head(*lines, status=b"200 OK"):
    return b"HTTP/1.1 " + status + b"\r\n" + LENGTH + b"".join(line + b"\r\n" for line in lines) + b"\r\nhello\n"


ANSWERS = {
    "/": head(b"Content-Type: text/plain; charset=utf-8"),
    "/fields": head(
        b"docker-content-digest: sha256:0123", b"RateLimit-Limit: 100;w=21600", b"ratelimit-remaining: 99;w=21600",
        b"Api-Version: 1.43", b"Retry-After:  7 ", b"ETag: \"x\"", b"Location: /one", b"Location: /two"),
    "/late": head(),
    "/head": head(b"Docker-Content-Digest: sha256:0123"),
    "/gzip": head(b"Content-Encoding: gzip"),
    "/x-gzip": head(b"content-encoding:x-gzip"),
    "/identity": head(b"Content-Encoding: identity"),
    "/gzip-404": head(b"Content-Encoding: gzip", status=b"404 Not Found"),
    "/cr": head(b"Location: /a\rSet-Cookie: b"),
    "/escape": head(b"Retry-After: \x1b[2J"),
    "/nul": head(b"ETag: a\0b"),
    "/many": head(*[b"X-%d: y" % i for i in range(600)]),
    "/huge": head(*[b"X-%d: " % i + b"y" * 5000 for i in range(40)]),
    "/trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n0\r\n" + b"X: y\r\n" * 200000,
    "/trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello\n\r\n0\r\nETag: late\r\n\r\n",
    "/packed": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n6\r\nhello\n\r\n0\r\n\r\n",
    "/endless": PLAIN + b"X: y\r\n" * 200000,
    "/fold": head(b"ETag: a", b" Location: /b"),
    "/early": b"HTTP/1.1 103 Early Hints\r\nLocation: /early\r\n\r\n" + head(),
    "/go": b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
    "/400": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nno id",
    "/smtp": b"220 mail.example ESMTP\r\n",
    "/alert": b"\x15\x03\x01\x00\x02\x02\x46",
    "/nothing": b"",
    "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello\n",
}


class Handler(socketserver.StreamRequestHandler):
    late = b""

    def handle(self):
        while self.one():
            pass

    def one(self):
        lines = []
        while (line := self.rfile.readline().decode(errors="replace").rstrip()):
            lines.append(line)
            if " HTTP/1.1" not in lines[0]:
                self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return False
        if not lines:
            return False
        method, path, _ = lines[0].split()
        length = [int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")]
        body = self.rfile.read(length[0]).decode() if length else ""
        with open(log_path, "a", encoding="utf-8") as f:
            print(method, path, "|".join(lines[1:]), body, file=f, flush=True)
        if path == "/hang" or path == "/drip":
            self.wfile.write(PLAIN + b"\r\n" if path == "/drip" else b"")
            time.sleep(600)
        answer = ANSWERS[path]
        end = answer.index(b"\r\n\r\n") + 4 if method == "HEAD" else len(answer)
        self.wfile.write(self.late + answer[:end])
        self.late = answer[end:] if path == "/late" else b""
        return path in ("/", "/head", "/fields", "/late")


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


if os.path.exists(socket_path):
    os.unlink(socket_path)
unix = Unix(socket_path, Handler)
threading.Thread(target=unix.serve_forever, daemon=True).start()
with Tcp(("127.0.0.1", 0), Handler) as server:
    print("port", server.server_address[1], flush=True)
    server.serve_forever()

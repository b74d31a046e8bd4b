"""A token service for docker-registry: token.py HOME USER PASSWORD [ADDRESS]

Signs JSON Web Tokens (RS256) with HOME/key.pem, whose certificate HOME/cert.pem goes with
them (x5c). Anonymous requests get a token for the repository "public/..." alone, wrong
credentials a 401. A form with the identity token "identity-of-USER" gets one as USER, as it does as a password; what HOME/no-forms says, if it is
there, is the status of every form. Prints "port N", then a line for each request.
https://distribution.github.io/distribution/spec/auth/jwt/
"""

import base64
import json
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

home, user, password = sys.argv[1:4]
address = "".join(sys.argv[4:5]).strip("[]") or "127.0.0.1"


def basic(secret):
    return "Basic " + base64.b64encode((user + ":" + secret).encode()).decode()


wanted = basic(password), basic("identity-of-" + user)


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(payload):
    with open(home + "/cert.pem", encoding="ascii") as f:
        der = ssl.PEM_cert_to_DER_cert(f.read())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
    text = url64(json.dumps(header).encode()) + "." + url64(json.dumps(payload).encode())
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", home + "/key.pem"], input=text.encode(),
                               stdout=subprocess.PIPE, check=True).stdout
    return text + "." + url64(signature)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        given = self.headers.get("Authorization")
        print("request", query.get("service"), query.get("scope"), "known" if given in wanted else given and "wrong",
              flush=True)
        if given is not None and given not in wanted:
            self.answer(401, {"errors": [{"code": "UNAUTHORIZED"}]})
            return
        self.give(query, given in wanted)

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = form.get("grant_type") == ["refresh_token"] and form.get("refresh_token") == ["identity-of-" + user]
        print("refresh", form.get("client_id"), form.get("service"), form.get("scope"), "known" if known else "wrong",
              flush=True)
        if os.path.exists(home + "/no-forms"):
            with open(home + "/no-forms", encoding="ascii") as f:
                self.answer(int(f.read()), {})
        elif not known:
            self.answer(401, {"error": "invalid_grant"})
        else:
            self.give(form, True)

    def give(self, query, known):
        access = []
        for scope in query.get("scope", []):
            kind, rest = scope.split(":", 1)
            name, actions = rest.rsplit(":", 1)
            if known or name.startswith("public/"):
                access.append({"type": kind, "name": name, "actions": actions.split(",")})
        now = int(time.time())
        self.answer(200, {"access_token": sign({
            "iss": "test-issuer", "sub": user, "aud": query["service"][0], "exp": now + 300, "nbf": now - 60,
            "iat": now, "jti": str(now), "access": access})})


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    address_family = socket.AF_INET6 if ":" in address else socket.AF_INET


with Server((address, 0), Handler) as server:
    print("port", server.server_address[1], flush=True)
    server.serve_forever()

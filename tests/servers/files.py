"""A web server for one folder: files.py FOLDER

GET /NAME answers with the file; /to/NAME redirects to /NAME, /loop to itself, /cut/NAME breaks off in
the middle, anything else is 404. Prints its port.
"""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def redirect(self, where):
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        if self.path == "/loop":
            return self.redirect("/loop")
        if self.path.startswith("/to/"):
            return self.redirect(self.path[3:])
        path = os.path.join(folder, os.path.basename(self.path))
        if not os.path.isfile(path):
            return self.send_error(404)
        with open(path, "rb") as f:
            body = f.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if self.path.startswith("/cut/") else body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()

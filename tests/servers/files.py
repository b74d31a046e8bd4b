"""A web server for one folder: files.py FOLDER

GET /NAME answers with the file; /to/NAME redirects to /NAME, /loop to itself, /cut/NAME breaks off in
the middle, /dated/NAME has an ETag and does so too once there is a file "cut-now"; anything else is 404.
Prints its port.
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
        dated = self.path.startswith("/dated/")
        cut = dated and os.path.exists(os.path.join(folder, "cut-now")) or self.path.startswith("/cut/")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if dated:
            self.send_header("ETag", '"one"')
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if cut else body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()

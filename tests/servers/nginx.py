"""nginx on a free port of 127.0.0.1: nginx.py HOME

Becomes nginx with HOME/nginx.conf, in which @PORT@ is an address that was free: it gets it as an
open socket, as a newer nginx does from an older one. Prints "port N".
"""

import os
import socket
import sys

home = sys.argv[1]
listener = socket.create_server(("127.0.0.1", 0))
listener.set_inheritable(True)
port = listener.getsockname()[1]
with open(home + "/nginx.conf", encoding="ascii") as f:
    text = f.read().replace("@PORT@", "127.0.0.1:%d" % port)
with open(home + "/running.conf", "w", encoding="ascii") as f:
    f.write(text)
print("port", port, flush=True)
os.environ["NGINX"] = "%d;" % listener.fileno()
os.execvp("nginx", ["nginx", "-p", home, "-e", home + "/error.log", "-c", home + "/running.conf"])

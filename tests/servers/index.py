"""Puts an index of tags into a registry: index.py HOST:PORT NAME TAG ARCH...

The manifests are those that NAME has under the tags ARCH; prints the index's digest.
"""

import hashlib
import http.client
import json
import sys

site, name, tag = sys.argv[1:4]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def request(method, reference, body=None, headers=None):
    connection = http.client.HTTPConnection(site)
    connection.request(method, "/v2/%s/manifests/%s" % (name, reference), body, headers or {})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status not in (200, 201):
        sys.exit("%s %s: %d %s" % (method, reference, answer.status, data))
    return data


entries = []
for arch in sys.argv[4:]:
    manifest = request("GET", arch, headers={"Accept": MANIFEST})
    entries.append({"mediaType": MANIFEST, "size": len(manifest),
                    "digest": "sha256:" + hashlib.sha256(manifest).hexdigest(),
                    "platform": {"os": "linux", "architecture": arch}})
index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
request("PUT", tag, index, {"Content-Type": INDEX})
print("sha256:" + hashlib.sha256(index).hexdigest())

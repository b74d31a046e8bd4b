"""Puts an index of tags into a registry: index.py HOST:PORT NAME TAG ENTRY...

An ENTRY is a tag of NAME and what it is for: "amd64" is the tag amd64 for linux/amd64, "one=arm/v6" the tag one for
linux/arm/v6, "one=unknown/unknown" that tag as an attestation, "one=+" an index within the index. Prints the index's
digest.
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


def platform_of(text):
    if text == "unknown/unknown":
        return {"os": "unknown", "architecture": "unknown"}
    arch, _, variant = text.partition("/")
    return {"os": "linux", "architecture": arch, **({"variant": variant} if variant else {})}


def entry_of(text):
    source, _, purpose = text.partition("=")
    kind = INDEX if purpose == "+" else MANIFEST
    document = request("GET", source, headers={"Accept": kind})
    entry = {"mediaType": kind, "size": len(document), "digest": "sha256:" + hashlib.sha256(document).hexdigest()}
    if kind == MANIFEST:
        entry["platform"] = platform_of(purpose or source)
    if purpose == "unknown/unknown":
        entry["annotations"] = {"vnd.docker.reference.type": "attestation-manifest"}
    return entry


entries = [entry_of(text) for text in sys.argv[4:]]
index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
request("PUT", tag, index, {"Content-Type": INDEX})
print("sha256:" + hashlib.sha256(index).hexdigest())

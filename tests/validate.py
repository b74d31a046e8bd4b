"""Hold JSON files against a JSON Schema of whatever draft it names.

    python3 tests/validate.py SCHEMA FILE...

Schemas that it refers to are those beside it; nothing is fetched.
Prints each place that does not conform; exits with 1 if there is one, or if there is nothing to check.
"""
import glob
import json
import os
import sys
import warnings

from jsonschema import validators
from jsonschema.exceptions import ValidationError

warnings.simplefilter("ignore", DeprecationWarning)  # of RefResolver, where jsonschema has found another way since


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key occurs twice among " + ", ".join(keys))
    return dict(pairs)


def unique_items(validator, wanted, instance, schema):
    """The library compares every element with every other; a list of packages has thousands."""
    if wanted and validator.is_type(instance, "array"):
        if len({json.dumps(element, sort_keys=True) for element in instance}) != len(instance):
            yield ValidationError("has an element twice")


def beside(schema_path):
    """The schemas of the same folder by their names."""
    store = {}
    for path in glob.glob(os.path.join(os.path.dirname(schema_path), "*.json")):
        with open(path, encoding="utf-8") as f:
            other = json.load(f)
        if "$id" in other:
            store[other["$id"]] = other
    return store


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    cls = validators.validator_for(schema)
    cls.check_schema(schema)
    cls = validators.extend(cls, {"uniqueItems": unique_items})
    resolver = validators.RefResolver(schema.get("$id", schema.get("id", "")), schema, store=beside(schema_path))
    bad = not paths
    for path in paths:
        with open(path, encoding="utf-8") as f:
            document = json.load(f, object_pairs_hook=unique)
        for error in cls(schema, resolver=resolver).iter_errors(document):
            bad = True
            print(path, "/" + "/".join(map(str, error.absolute_path)), error.message[:300])
    return bad


sys.exit(main(*sys.argv[1:]))

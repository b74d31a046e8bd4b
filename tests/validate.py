"""Hold JSON files against a JSON Schema of whatever draft it names.

    python3 tests/validate.py SCHEMA FILE...

Prints each place that does not conform; exits with 1 if there is one, or if there is nothing to check.
"""
import json
import sys

from jsonschema import validators


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key occurs twice among " + ", ".join(keys))
    return dict(pairs)


def main(schema_path, *paths):
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    cls = validators.validator_for(schema)
    cls.check_schema(schema)
    bad = not paths
    for path in paths:
        with open(path, encoding="utf-8") as f:
            document = json.load(f, object_pairs_hook=unique)
        for error in cls(schema).iter_errors(document):
            bad = True
            print(path, "/" + "/".join(map(str, error.absolute_path)), error.message[:300])
    return bad


sys.exit(main(*sys.argv[1:]))

"""Oracle's own signer and key reader, asked by `tests/it/oracles_signer.rs`.

Reads one JSON object on standard input and answers with one on standard output:
`requests` (method, url, date, body or null) are signed with `key`; `keys` (pem, passphrase) are
loaded.
"""
import hashlib
import json
import sys

import oci.signer
from cryptography.hazmat.primitives import serialization
from oci._vendor import requests

question = json.load(sys.stdin)
tenancy, user, fingerprint = question["keyId"].split("/")
signer = oci.signer.Signer(
    tenancy, user, fingerprint, None, private_key_content=question["key"]
)


def sign(asked):
    body = asked["body"]
    request = requests.Request(
        asked["method"],
        asked["url"],
        headers={"date": asked["date"]},
        data=None if body is None else body.encode("utf-8"),
    ).prepare()
    signer(request)
    return {
        "target": request.path_url,
        "headers": {name.lower(): str(value) for name, value in request.headers.items()},
    }


def fingerprint_of(asked):
    key = oci.signer.load_private_key(asked["pem"], asked["passphrase"])
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.md5(spki).hexdigest()


json.dump(
    {
        "signed": [sign(asked) for asked in question["requests"]],
        "fingerprints": [fingerprint_of(asked) for asked in question["keys"]],
    },
    sys.stdout,
)

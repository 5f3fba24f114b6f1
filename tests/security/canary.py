"""The forms in which a secret could lie about where it should not be."""

import base64
import html
import urllib.parse


def forms(secret):
    """The secret as it is, reversed, and as programs write it down."""
    raw = secret.encode()
    percent = "".join(f"%{byte:02X}" for byte in raw)
    yield from (raw, raw[::-1], raw.hex().encode(), raw.hex().upper().encode())
    yield from (secret.encode("utf-16-le"), secret.encode("utf-16-be"), str(list(raw)).encode())
    yield from (percent.encode(), percent.lower().encode())
    yield from (urllib.parse.quote(secret, safe="").encode(), html.escape(secret).encode())
    # Within a longer text the base64 of a part looks different by where it begins.
    for skipped in range(3):
        part = raw[skipped:]
        part = part[: len(part) // 3 * 3]
        yield from (base64.b64encode(part), base64.urlsafe_b64encode(part))

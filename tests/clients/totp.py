"""An authenticator app: what a device draws that was given a seed (RFC 6238)."""

import base64
import hashlib
import hmac
import time


def code(seed, steps=0):
    """The code that is shown now, or that many steps of 30 seconds later."""
    step = int(time.time()) // 30 + steps
    key = base64.b32decode(seed)
    drawn = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = drawn[-1] & 0x0F
    number = int.from_bytes(drawn[at:at + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"

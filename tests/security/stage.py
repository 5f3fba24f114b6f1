"""The stage of the security tests: an installation, those who sign requests, and those who open the
Console; each over a connection of its own, byte for byte as a test wants it.

Nothing here judges. The tests run short, in seconds; with DURWARD_LONG=1 (`make security`) they
run as long as the requirement asks for.
"""

import base64
import configparser
import copy
import hashlib
import json
import os
import socket
import sys
import threading
import time
import urllib.parse
from email.utils import formatdate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "clients"))

from console import Forms
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from installation import Installation

LONG = os.environ.get("DURWARD_LONG") == "1"
TENANCY = "acme"
CHOSEN = "Tulips-7-behind-glass"
SESSION, FORM = "__Host-durward-session", "__Host-durward-form"
DOMAIN = "/admin/v1"
FORM_TYPE = "application/x-www-form-urlencoded"
ANSWER_SECONDS_MAX = 60


class Answer:
    """What came back, and how long it took from the first byte sent to the last byte read."""

    def __init__(self, head, body, seconds):
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        pairs = (line.split(": ", 1) for line in lines)
        self.headers = [(name.lower(), value) for name, value in pairs]
        self.body, self.seconds = body, seconds

    def header(self, name):
        return next((value for known, value in self.headers if known == name), None)

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)


class Wire:
    """A connection that is kept, and opened anew where the server has closed it; from the address
    `source`, where the test is about who asks."""

    def __init__(self, address, source=None):
        self.address, self.source, self.socket = address, source, None

    def connect(self):
        """Opens the connection, if it is not open."""
        if self.socket is None:
            source = self.source and (self.source, 0)
            self.socket = socket.create_connection(self.address, ANSWER_SECONDS_MAX, source)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request):
        """Sends the bytes of one request; answers its answer."""
        self.connect()
        began = time.perf_counter()
        self.socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self.more()
        head, _, body = got.partition(b"\r\n\r\n")
        answer = Answer(head, body, 0)
        length = int(answer.header("content-length") or 0)
        while len(body) < length:
            body += self.more()
        answer.body, answer.seconds = body, time.perf_counter() - began
        if answer.header("connection") == "close":
            self.close()
        return answer

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            self.close()
            raise ConnectionError("the server closed the connection")
        return piece

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    __del__ = close


def request(method, path, headers, body=b"", encoding="utf-8"):
    """The bytes of a request."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode(encoding) + body


def public_pem(key):
    """The public half of a key, as it is uploaded."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def fingerprint(key):
    """What a key is called."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.DER, form)
    return hashlib.md5(public, usedforsecurity=False).digest().hex(":")


class Caller:
    """Somebody who signs requests with the key of a profile."""

    def __init__(self, address, config_file):
        profile = configparser.ConfigParser()
        profile.read(config_file)
        self.profile = dict(profile["DEFAULT"])
        self.wire, self.host = Wire(address), f"{address[0]}:{address[1]}"
        key = Path(self.profile["key_file"]).read_bytes().replace(b"OCI_API_KEY", b"")
        # `init` made it a moment ago, and to check it takes longer than most tests have.
        self.key = serialization.load_pem_private_key(
            key, None, unsafe_skip_rsa_key_validation=True)
        self.key_id = "/".join(self.profile[part] for part in ("tenancy", "user", "fingerprint"))
        self.clock_ahead = 0

    def as_user(self, user, key):
        """Another user of the tenancy, who signs with that key."""
        other = copy.copy(self)
        other.wire, other.key = Wire(self.wire.address), key
        other.key_id = "/".join((self.profile["tenancy"], user, fingerprint(key)))
        return other

    def signed(self, method, path, content=None, key_id=None, **headers):
        """The bytes of a request, good to send for five minutes; to the Identity API, if the path
        does not begin with that of a domain."""
        body = b"" if content is None else json.dumps(content).encode()
        target = path if path.startswith(DOMAIN) else f"/20160918{path}"
        asked = f"{method.lower()} {target}"
        date = formatdate(time.time() + self.clock_ahead, usegmt=True)
        pairs = [("date", date), ("(request-target)", asked),
                 ("host", self.host)]
        if method in ("POST", "PUT"):
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            pairs += [("content-length", str(len(body))), ("content-type", "application/json"),
                      ("x-content-sha256", digest)]
        text = "\n".join(f"{name}: {value}" for name, value in pairs)
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        fields = {
            "version": "1", "keyId": key_id or self.key_id, "algorithm": "rsa-sha256",
            "headers": " ".join(name for name, _ in pairs),
            "signature": base64.b64encode(signature).decode(),
        }
        quoted = ",".join(f'{name}="{value}"' for name, value in fields.items())
        pairs = [pair for pair in pairs if pair[0] != "(request-target)"]
        more = [(name.replace("_", "-"), value) for name, value in headers.items()]
        signed = [*pairs, ("authorization", f"Signature {quoted}"), *more]
        return request(method, target, signed, body)

    def ask(self, method, path, content=None, **headers):
        """Sends a request that has to succeed; answers what it answered."""
        answer = self.wire.ask(self.signed(method, path, content, **headers))
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.json if answer.body else None


class Visitor:
    """A browser without scripts: cookies, and forms that are filled in as the page gave them."""

    def __init__(self, address, cookies=()):
        self.wire, self.host = Wire(address), f"{address[0]}:{address[1]}"
        self.cookies = dict(cookies)
        self.page = None

    def headers(self, *more):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [("host", self.host), *([("cookie", cookies)] if cookies else []), *more]

    def ask(self, raw):
        self.page = self.wire.ask(raw)
        for name, value in self.page.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return self.page

    def get(self, path):
        return self.ask(request("GET", path, self.headers()))

    def filled(self, path, **typed):
        """The bytes that send the form of that address, which is on the page, as it is filled
        in."""
        typed = {name.replace("_", "-"): value for name, value in typed.items()}
        forms = Forms(self.page.text).found
        hidden = next(form["fields"] for form in forms if form["action"] == path)
        return self.form(path, hidden | typed)

    def form(self, path, fields):
        """The bytes that send these fields as a form."""
        body = urllib.parse.urlencode(fields, errors="surrogatepass").encode()
        more = [("origin", f"http://{self.host}"), ("sec-fetch-site", "same-origin"),
                ("content-type", FORM_TYPE), ("content-length", str(len(body)))]
        return request("POST", path, self.headers(*more), body)

    def to_sign_in(self, user, password):
        """The bytes that try to sign in, sent from a sign-in page that is opened before."""
        self.get(f"/console/sign-in?tenant={TENANCY}")
        return self.filled("/console/sign-in", username=user, password=password)

    def sign_in(self, user, password):
        return self.ask(self.to_sign_in(user, password))

    def another(self):
        """Another window of the same browser: its cookies and its page, on a connection of its
        own."""
        other = Visitor(self.wire.address, self.cookies)
        other.page = self.page
        return other


class Stage(Installation):
    """An installation with its administrator."""

    def __init__(self, *options, **more):
        super().__init__("--tenancy-name", TENANCY, *options, **more)

    def start(self, serve=()):
        super().start(serve)
        host, _, port = self.url.removeprefix("http://").partition(":")
        self.address = (host, int(port))
        self.admin = Caller(self.address, self.config_file)

    def user(self, name, **more):
        """Creates a user; answers the OCID."""
        details = {"compartmentId": self.tenancy_id, "name": name, "description": name, **more}
        return self.admin.ask("POST", "/users", details)["id"]

    def one_time_password(self, user):
        return self.admin.ask("POST", f"/users/{user}/uiPassword")["password"]

    def unblock(self, user):
        """Makes a user as if they had never failed to sign in."""
        self.admin.ask("PUT", f"/users/{user}/state", {"blocked": False})

    def visitor(self):
        return Visitor(self.address)

    def member(self, name, user):
        """A visitor who signed in as that user and chose a password."""
        visitor = self.visitor()
        visitor.sign_in(name, self.one_time_password(user))
        visitor.get("/console/change-password")
        chosen = {"new_password": CHOSEN, "repeat_password": CHOSEN}
        assert visitor.ask(visitor.filled("/console/change-password", **chosen)).status == 303
        return visitor


def at_once(works):
    """Runs each in a thread, all from the same moment on; answers what they answered, in order."""
    answers = [None] * len(works)
    begin = threading.Barrier(len(works))

    def run(index, work):
        begin.wait()
        answers[index] = work()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers

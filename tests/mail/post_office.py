"""A mail server to send to: aiosmtpd, with TLS of either kind, a password, and tempers that can be
changed while it runs. It also makes the certificates, good and bad.
"""

import asyncio
import datetime
import email
import email.policy
import ipaddress
import logging
import socket
import ssl
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# What goes wrong is what is tested here; the mail server need not tell.
logging.getLogger("mail").setLevel(logging.CRITICAL)

USER, PASSWORD = "durward", "correct horse"
WAIT_SECONDS_MAX = 75


def free_port():
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Authority:
    """An authority, and certificates that it signs; all files are in a directory."""

    def __init__(self, directory, name="ours"):
        self.directory = Path(directory)
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = self._builder(self.subject, self.key.public_key(), 1)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file = self._write(f"{name}.pem", made.sign(self.key, hashes.SHA256()))

    def _builder(self, subject, public_key, days):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=2))
            .not_valid_after(now + datetime.timedelta(days=days))
        )

    def _write(self, name, certificate):
        path = self.directory / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def context(self, host="127.0.0.1", days=1):
        """What a server needs to speak TLS under that name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        try:
            name = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            name = x509.DNSName(host)
        made = self._builder(subject, key.public_key(), days)
        made = made.add_extension(x509.SubjectAlternativeName([name]), critical=False)
        stem = f"{self.name}-{host}-{days}"
        chain = self._write(f"{stem}.pem", made.sign(self.key, hashes.SHA256()))
        key_file = self.directory / f"{stem}.key"
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key_file)
        return context


class Mail:
    """A mail that arrived."""

    def __init__(self, envelope, session):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.was_encrypted = session.ssl is not None
        self.at = time.monotonic()
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.id = self.message["message-id"]

    def part(self, kind):
        """Its text, `plain` or `html`."""
        return self.message.get_body((kind,)).get_content()

    @property
    def links(self):
        """The addresses in its text."""
        words = self.part("plain").split()
        return [word for word in words if word.startswith(("http://", "https://"))]


class PostOffice:
    """The server. `temper` is what it does to mails: `take`, an answer such as `451 later`, `slow`,
    or `cut` for ending the connection instead of answering."""

    def __init__(self, port=None, starttls=None, implicit=None, demands_tls=False, login=False):
        self.port = port or free_port()
        self.mails = []
        self.temper = "take"
        self._changed = threading.Condition()
        settings = {"auth_require_tls": starttls is not None}
        if starttls:
            settings |= {"tls_context": starttls, "require_starttls": demands_tls}
        if login:
            settings |= {"authenticator": self._know, "auth_required": True}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ssl_context=implicit, **settings
        )

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    def _know(self, _server, _session, _envelope, _mechanism, data):
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=known)

    async def handle_DATA(self, server, session, envelope):
        """Decides over a mail that was read to its end."""
        temper = self.temper
        if temper == "slow":
            await asyncio.sleep(3)
        elif temper[0].isdigit():
            return temper
        with self._changed:
            self.mails.append(Mail(envelope, session))
            self._changed.notify_all()
        if temper == "cut":
            server.transport.abort()
        return "250 kept"

    def wait_for(self, count):
        """Waits until so many mails have come; answers all."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.mails) >= count, WAIT_SECONDS_MAX)
            assert came, f"{len(self.mails)} of {count} mails came"
            return list(self.mails)

    def wait_for_different(self, count):
        """Waits until so many different mails have come; answers all, with those that came
        twice.""" with self._changed:
            came = self._changed.wait_for(lambda: len(self.ids()) >= count, WAIT_SECONDS_MAX)
            assert came, f"{len(self.ids())} of {count} different mails came"
            return list(self.mails)

    def ids(self):
        """What the mails are called that came."""
        return {mail.id for mail in self.mails}

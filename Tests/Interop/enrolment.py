"""From an invitation to a certificate: AUTHORITY, ENROL and RENEW, with keys made by the `openssl` command."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from line import Identity, Line, LineFault, Reply


@dataclass(frozen=True)
class Invitation:
    """`skein1:HOST:PORT:SHA256:SECRET`; an IPv6 address stands in brackets."""

    host: str
    port: int
    sha256: str
    secret: str

    @staticmethod
    def parse(text: str) -> Invitation:
        """Reads an invitation's line."""
        scheme, _, rest = text.strip().partition(":")
        host, port, sha256, secret = rest.rsplit(":", 3)
        if scheme != "skein1":
            raise LineFault(f"not an invitation: it begins with {scheme}")
        return Invitation(host.strip("[]"), int(port), sha256, secret)


def make_request(folder: Path, name: str) -> tuple[Path, str]:
    """A P-256 key in a file that only we may read, and a PKCS #10 request for it in PEM."""
    key = folder / f"{name}-key.pem"
    key.touch(mode=0o600)
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(key))
    return key, openssl("req", "-new", "-key", str(key), "-subj", f"/CN={name}")


def openssl(*words: str) -> str:
    """Runs the `openssl` command and returns what it printed."""
    return subprocess.run(["openssl", *words], check=True, capture_output=True, text=True).stdout


def trust(invitation: Invitation, folder: Path) -> Path:
    """Asks whose the coordinator is, and keeps its authority's certificate only when it is the invitation's."""
    with Line(invitation.host, invitation.port) as line:
        reply = line.ask("AUTHORITY", {})
    if reply.word != "OK":
        raise LineFault(f"AUTHORITY was answered with {reply}")
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(reply.body["certificate"])).hexdigest()
    if digest != reply.body["sha256"] or digest != invitation.sha256:
        raise LineFault("the coordinator belongs to another authority than the invitation's")
    authority = folder / "authority.pem"
    authority.write_text(reply.body["certificate"])
    return authority


def enrol(invitation: Invitation, folder: Path) -> tuple[Identity | None, Reply]:
    """Redeems an invitation; the identity, or none, with the coordinator's reply."""
    authority = trust(invitation, folder)
    key, request = make_request(folder, "worker")
    with Line(invitation.host, invitation.port, authority=authority) as line:
        reply = line.ask("ENROL", {"secret": invitation.secret, "signingRequest": request})
    if reply.word != "OK":
        return None, reply
    certificate = folder / "worker.pem"
    certificate.write_text(reply.body["certificate"])
    return Identity(key, certificate, authority), reply


def renew(line: Line, folder: Path) -> Identity:
    """Asks for a new certificate over `line`, for a new key; what comes back is to be used from the next connection on."""
    key, request = make_request(folder, "renewed")
    reply = line.ask("RENEW", {"signingRequest": request})
    if reply.word != "OK":
        raise LineFault(f"RENEW was answered with {reply}")
    certificate, authorities = folder / "renewed.pem", folder / "authorities.pem"
    certificate.write_text(reply.body["certificate"])
    authorities.write_text("".join(reply.body["authorities"]))
    return Identity(key, certificate, authorities)

"""One connection of the line: TLS 1.3 and lines, as docs/protocol.md has them."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

# docs/protocol.md, "Bounds": a line's bytes, its LF included.
LINE_BYTES = 65_536
# Longer than any reply takes on a busy machine: what is not there by then will not come.
REPLY_SECONDS = 30.0
COORDINATOR_ROLE = "urn:skein:role:coordinator"


class LineFault(Exception):
    """The peer is not the coordinator, or does not keep to the protocol."""


@dataclass(frozen=True)
class Identity:
    """What a worker proves itself with: files of PEM."""

    key: Path
    certificate: Path
    authority: Path


@dataclass(frozen=True)
class Reply:
    """A reply: `OK`, `STALE` or `ERR`, and its object."""

    word: str
    body: dict

    @property
    def code(self) -> str:
        """The code of an error; empty where it is none."""
        return self.body.get("code", "") if self.word == "ERR" else ""


class Line:
    """A connection to the coordinator. Every line said and heard is counted."""

    exchanges = 0
    _counting = threading.Lock()

    def __init__(self, host: str, port: int, authority: Path | None = None, identity: Identity | None = None):
        """Connects; without an authority the coordinator's certificate is not verified, and only AUTHORITY may be asked."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        # The coordinator is known by its authority and its role, whatever its host is called.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        trusted = identity.authority if identity else authority
        if trusted:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(trusted)
        if identity:
            context.load_cert_chain(identity.certificate, identity.key)
        self._socket = context.wrap_socket(socket.create_connection((host, port), REPLY_SECONDS), server_hostname=host)
        if trusted:
            self._check_role()
        self._lines = self._socket.makefile("rb")

    def _check_role(self) -> None:
        names = self._socket.getpeercert().get("subjectAltName", ())
        if ("URI", COORDINATOR_ROLE) not in names:
            self._socket.close()
            raise LineFault(f"the peer's certificate does not have the role {COORDINATOR_ROLE}: {names}")

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._lines.close()
        self._socket.close()

    def say(self, line: str) -> None:
        """Sends a line; the LF is added."""
        self._socket.sendall(line.encode() + b"\n")

    def hear(self) -> str:
        """The next reply, without its LF."""
        line = self._lines.readline(LINE_BYTES + 1)
        if not line.endswith(b"\n"):
            raise LineFault(f"the connection was closed after {line!r}" if len(line) <= LINE_BYTES else "a reply is too long")
        with Line._counting:
            Line.exchanges += 1
        return line[:-1].decode()

    def ask(self, verb: str, body: dict) -> Reply:
        """Says a request and hears its reply."""
        return self.ask_exactly(f"{verb} {json.dumps(body, ensure_ascii=False, separators=(',', ':'))}")

    def ask_exactly(self, line: str) -> Reply:
        """Says a line as it is written and hears its reply."""
        self.say(line)
        return parsed(self.hear())


def parsed(line: str) -> Reply:
    """Reads a reply's line."""
    word, _, rest = line.partition(" ")
    if word not in ("OK", "STALE", "ERR"):
        raise LineFault(f"no reply of the protocol: {line}")
    body = json.loads(rest)
    if not isinstance(body, dict):
        raise LineFault(f"a reply carries an object: {line}")
    return Reply(word, body)

"""How the port behaves: TLS, senders that are not known, and what cannot be an order, as the hl7 package reads the replies."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

import hl7
from lab.skein import run

from . import ledger
from .hospital import System
from .sending import ask

HEAD = "MSH|^~\\&|RIS|HOSP|SKEIN|HOSP|20260401080000||{kind}|{number}|P|2.5"
NUMBER, NAME = "Z4711", "KIM^MINSU"
PID = f"PID|1||{NUMBER}^^^HOSP^MR||{NAME}||19500312|M"
# What is sent, and what the reply must say: acknowledgement code, condition, segment and field.
REFUSALS = [
    (["ORU^R01", PID, "OBR|1"], ("AR", "200", "MSH", "9")),
    (["ADT^A01", PID], ("AR", "201", "MSH", "9")),
    (["ORM^O01", "ORC|NW", "OBR|1"], ("AE", "101", "PID", "")),
    (["ORM^O01", "PID|1||||KIM", "ORC|NW", "OBR|1"], ("AE", "101", "PID", "3")),
    (["ORM^O01", PID, "ORC|NW", "OBR|1|||C1"], ("AE", "101", "OBR", "18")),
    (["ORM^O01", PID, "ORC|UC", "OBR|1|||C1||||||||||||||X1"], ("AE", "103", "ORC", "1")),
    (["ORM^O01", PID.replace("19500312", "1950"), "ORC|NW", "OBR|1|||C1||||||||||||||X1"], ("AE", "102", "PID", "7")),
    (["ADT^A40", PID], ("AE", "101", "MRG", "")),
]


def certificate(folder: Path, name: str, authority: str | None = None) -> Path:
    """A certificate `NAME.pem` beside `NAME-key.pem`, of its own authority or signed by another one."""
    made, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    signed = ["-CA", str(folder / f"{authority}.pem"), "-CAkey", str(folder / f"{authority}-key.pem")] if authority else []
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(made), "-days", "2", *signed])
    return made


def refusals(port: int) -> list[str]:
    """What is answered otherwise than it must be."""
    faults: list[str] = []
    messages = [
        "\r".join([HEAD.format(kind=segments[0], number=f"R{index}"), *segments[1:], ""]).encode() for index, (segments, _) in enumerate(REFUSALS)]
    for index, (reply, (_, expected)) in enumerate(zip(ask(port, messages), REFUSALS, strict=True)):
        found = verdict(reply)
        if found != (f"R{index}", *expected):
            faults.append(f"message R{index} was answered {found}, should be {expected}")
    return faults


def verdict(reply: hl7.Message) -> tuple[str, str, str, str, str]:
    """Control ID, acknowledgement code, condition, segment and field of a reply."""
    acknowledgement, error = reply.segment("MSA"), reply.segment("ERR")
    place = [str(part) for part in error[2][0]] if len(error[2][0]) > 1 else []
    condition = str(error[3][0][0])
    return str(acknowledgement[2]), str(acknowledgement[1]), condition, place[0] if place else "", place[2] if len(place) > 2 else ""


def secure(port: int, folder: Path, store: Path, seed: int, count: int) -> list[str]:
    """Messages over TLS with a certificate of ours; without one, or without TLS, nobody is heard."""
    system = System("T", seed)
    messages = system.messages(count)
    context = ssl.create_default_context(cafile=str(folder / "port.pem"))
    faults = [f"{name} was answered" for name, guest in (("a sender without a certificate", context), ("a sender without TLS", None)) if is_heard(port, guest)]
    known = ssl.create_default_context(cafile=str(folder / "port.pem"))
    known.load_cert_chain(folder / "sender.pem", folder / "sender-key.pem")
    replies = ask(port, [message.content for message in messages], known)
    codes = [str(reply.segment("MSA")[1]) for reply in replies]
    faults += [f"over TLS {message.number} was answered {code}" for message, code in zip(messages, codes, strict=True) if code != "AA"]
    return faults + ledger.differences(ledger.orders(store), "T", system.known)


def is_heard(port: int, context: ssl.SSLContext | None) -> bool:
    """Whether anything is answered to such a sender."""
    try:
        return bool(ask(port, [HEAD.format(kind="ORM^O01", number="1").encode()], context))
    except (OSError, EOFError, ValueError):
        return False


def settings(**values: str) -> str:
    """The value of `hl7` in coordinator.yaml."""
    return "{ " + ", ".join(f"{key.replace('_', '-')}: {value}" for key, value in values.items()) + " }"


def tls(folder: Path) -> str:
    """The value of `hl7.tls`."""
    return settings(certificate=str(folder / "port.pem"), key=str(folder / "port-key.pem"), client_authority=str(folder / "authority.pem"))


def show(name: str, faults: Sequence[str]) -> list[str]:
    """Tells of a part of the run."""
    print(f"{name}: {'passed' if not faults else f'{len(faults)} faults'}", flush=True)
    return [f"{name}: {fault}" for fault in faults]

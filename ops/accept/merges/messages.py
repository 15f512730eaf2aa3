"""What the hospital's systems say, sent by mllp_send."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from orders.hospital import ISSUER, Message, Patient, pid
from orders.sending import Sender

from .material import Study

CHARACTER_SET = "UNICODE UTF-8"


class Systems:
    """The hospital's systems: messages are said one second after the other."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port, self._folder = port, folder
        self._now = datetime.now() - timedelta(hours=1)
        self._count = 0

    def order(self, study: Study) -> Message:
        """ORM^O01 of a study's exam."""
        empty = "|" * 14
        obr = f"OBR|1|P{study.accession}|F{study.accession}|C1^CT{empty}{study.accession}||||||CT" + "|" * 12 + f"{study.day}0930"
        return self._write("ORM^O01^ORM_O01", [pid(study.patient), f"ORC|NW|P{study.accession}|F{study.accession}", obr])

    def merge(self, former: str, survivor: Patient) -> Message:
        """ADT^A40."""
        return self._write("ADT^A40^ADT_A39", [pid(survivor), f"MRG|{former}^^^{ISSUER}^MR"])

    def rename(self, patient: Patient) -> Message:
        """ADT^A08."""
        return self._write("ADT^A08^ADT_A01", [pid(patient)])

    def send(self, messages: list[Message]) -> list[str]:
        """Sends them; those that were not accepted."""
        self._count += 1
        sender = Sender(f"messages-{self._count}", messages, self._port, self._folder)
        status = sender.wait()
        faults = [f"mllp_send ended with status {status}"] if status else []
        accepted = sender.accepted()
        return faults + [f"message {message.number} was not accepted" for message in messages if message.number not in accepted]

    def _write(self, kind: str, segments: list[str]) -> Message:
        self._now += timedelta(seconds=1)
        number = f"M{self._now:%H%M%S}"
        head = f"MSH|^~\\&|ADT|{ISSUER}|SKEIN|{ISSUER}|{self._now:%Y%m%d%H%M%S}+0000||{kind}|{number}|P|2.5|||||KOR|{CHARACTER_SET}"
        return Message(number, "\r".join([head, *segments, ""]).encode("utf-8"), ())

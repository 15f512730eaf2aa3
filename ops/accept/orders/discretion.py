"""What was said of patients and orders must be in no log of the coordinator."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .crash import KILLS
from .hospital import Message, Order, Patient

# What the coordinators of a run log; wlmscpfs has a log of its own.
LOGS = (
    *(f"serving-{number}.log" for number in range(1, len(KILLS) + 1)), "rest.log", "replay.log", "refusals.log", "tls.log", "polling.log")


def words(said: Iterable[Message | Order]) -> set[str]:
    """What names a patient or an order, also where later messages replaced it."""
    parts = [part for one in said for part in (one.said if isinstance(one, Message) else (one,))]
    patients = [part.patient if isinstance(part, Order) else part for part in parts if not isinstance(part, str)]
    numbers = {part for part in parts if isinstance(part, str)} | {part.accession for part in parts if isinstance(part, Order)}
    return numbers | {word for patient in patients for word in _words(patient)}


def _words(patient: Patient) -> tuple[str, ...]:
    return patient.number, *(group for group in patient.name.split("=") if group)


def indiscretions(folder: Path, secret: set[str]) -> list[str]:
    """In which logs of the folder how many of these words are; each log must be there."""
    found = [(name, secret & _read(folder / name, secret)) for name in LOGS]
    return [f"{len(told)} names or numbers of patients or orders are in {name}" for name, told in found if told]


def _read(log: Path, secret: set[str]) -> set[str]:
    """Those of the words that stand in a log: by themselves, not inside of a longer one."""
    text = log.read_text(encoding="utf-8")
    return {word for word in secret if word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)}

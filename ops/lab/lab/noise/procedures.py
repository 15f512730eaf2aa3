"""What is examined (procedures.toml), and how consoles spell it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

with open(Path(__file__).with_name("procedures.toml"), "rb") as _file:
    _TABLE = tomllib.load(_file)
SIDES: dict[str, list[str]] = _TABLE["sides"]
VAGUE: dict[str, list[str]] = _TABLE["vague"]
# The order system's code where it is not DICOM's.
HOSPITAL_CODES = {"XA": "DSA"}


@dataclass(frozen=True)
class Procedure:
    """One procedure of the hospital's catalogue."""

    code: str
    modality: str
    order: str
    spellings: tuple[str, ...]
    part: str
    images: tuple[int, int]
    weight: int
    sided: bool = False

    def ordered(self, side: str) -> str:
        """The hospital's words for it."""
        return self.order.format(side={"R": "Rt.", "L": "Lt."}.get(side, "")).strip()


def _procedure(modality: str, entry: dict) -> Procedure:
    return Procedure(entry["code"], modality, entry["order"], tuple(entry["spellings"]), entry["part"], tuple(entry["images"]), entry["weight"],
                     entry.get("sided", False))


CATALOGUE: dict[str, list[Procedure]] = {
    modality: [_procedure(modality, entry) for entry in _TABLE[modality]["procedures"]] for modality in VAGUE}


@cache
def spellings(procedure: Procedure, side: str) -> frozenset[str]:
    """All that a console may write for it, with the side and without."""
    words = [*SIDES.get(side, []), ""]
    return frozenset(_spelt(spelling, word) for spelling in procedure.spellings for word in words)


def spell(procedure: Procedure, side: str, random: Random, side_missing: float) -> str:
    """What one console writes for it."""
    word = random.choice(SIDES[side]) if side and random.random() >= side_missing else ""
    return _spelt(random.choice(procedure.spellings), word)


def choose(modality: str, random: Random, without: list[Procedure] | None = None) -> Procedure:
    """A procedure as frequent as it is, other than those in `without`."""
    left = [procedure for procedure in CATALOGUE[modality] if procedure not in (without or [])]
    return random.choices(left, [procedure.weight for procedure in left])[0]


def _spelt(spelling: str, word: str) -> str:
    return " ".join(spelling.format(side=word).split())

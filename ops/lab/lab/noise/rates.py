"""The rates (rates.toml), each with its source or its reason."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from random import Random

FILE = Path(__file__).with_name("rates.toml")


@dataclass(frozen=True)
class Kind:
    """A kind of noise: of all studies the share `rate` has it; a study has at most one kind of a group."""

    name: str
    rate: float
    group: str


@dataclass(frozen=True)
class Rates:
    """All rates; `hospital` holds the tables of what is usual."""

    tuning: list[int]
    judging: list[int]
    studies: int
    hospital: dict[str, dict]
    kinds: dict[str, Kind]

    def count(self, name: str, studies: int) -> int:
        """How many of so many studies have the noise."""
        return round(self.kinds[name].rate * studies)


def read_rates(path: Path = FILE) -> Rates:
    """Reads the file. ValueError for a rate without a source, one that is no share, and seeds that are used twice."""
    with open(path, "rb") as file:
        table = tomllib.load(file)
    for section in ("hospital", "noise"):
        for name, entry in table[section].items():
            if not entry.get("source", "").strip():
                raise ValueError(f"{section}.{name} does not say where it comes from")
    kinds = {name: Kind(name, entry["rate"], entry["group"]) for name, entry in table["noise"].items()}
    if wrong := [kind.name for kind in kinds.values() if not 0 < kind.rate < 0.5]:
        raise ValueError(f"{wrong}: a rate is a share of the studies")
    seeds = table["seeds"]
    if set(seeds["tuning"]) & set(seeds["judging"]):
        raise ValueError("a seed that was tuned on cannot judge")
    return Rates(seeds["tuning"], seeds["judging"], seeds["studies"], table["hospital"], kinds)


def pick(weights: dict[str, float], random: Random) -> str:
    """One of the keys, as often as its weight says."""
    return random.choices(list(weights), list(weights.values()))[0]

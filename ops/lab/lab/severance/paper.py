"""The paper's figures (paper.toml) as numbers, corrections applied."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).with_name("paper.toml")
# The rows of table 2, in its order; `matched` is what is left.
UNMATCHED = ["patient ID null or space", "patient ID unknown", "exam date null", "no exam on the date"]
OUTCOMES = ["exam level failed", "patient level failed", "manual match", "matched"]

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Paper:
    """The tables: `third` by modality, outcome and year column; `first` by row; `orders` and `studies` by modality."""

    orders: dict[str, int]
    studies: dict[str, int]
    first: dict[str, int]
    percentages: dict[str, str]
    third: dict[Cell, int]
    years: list[str] = field(default_factory=list)


def read_paper() -> Paper:
    """Reads the figures. ValueError when a correction does not fit what is printed, or a figure is none."""
    with open(FILE, "rb") as file:
        printed = tomllib.load(file)
    corrections = {tuple(entry["place"]): entry for entry in printed["corrections"]}
    used: set[tuple[str, ...]] = set()

    def number(text: str, *place: str) -> int:
        if place in corrections:
            used.add(place)
            if corrections[place]["printed"] != text:
                raise ValueError(f"{place} is printed as {text}, not as {corrections[place]['printed']}")
            return corrections[place]["read"]
        return figure(text)

    third = printed["third"]
    years = third.pop("years")
    paper = Paper(
        {name: number(text, "orders", name) for name, text in printed["orders"].items()},
        {name: number(text, "studies", name) for name, text in printed["studies"].items()},
        {name: number(text, "first", name) for name, text in printed["first"].items()},
        printed["percentages"],
        {(modality, outcome, year): number(text, "third", modality, outcome, year)
         for modality, rows in third.items() for outcome, texts in rows.items() for year, text in zip(years, texts, strict=True)},
        years)
    if used != set(corrections):
        raise ValueError(f"nothing is printed at {set(corrections) - used}")
    return paper


def figure(text: str) -> int:
    """A printed figure as a number: groups of three digits, or a dash for none. ValueError for a misprint."""
    if text == "—":
        return 0
    first, *groups = text.split(",")
    if not first.isdigit() or len(first) > 3 or any(len(group) != 3 or not group.isdigit() for group in groups):
        raise ValueError(f"{text} is no figure")
    return int(first + "".join(groups))

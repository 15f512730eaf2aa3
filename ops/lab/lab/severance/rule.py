"""The matching rule (docs/matching.md) over a set's two files, as few lines as it can be written in: a second opinion on what simulating them gives.

Each part of the rule can be left out, to see that the set would tell.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .hospital import BANDS
from .writing import ARCHIVE_CODES, CANCELLED

# Patient ID, issuer, day, modality; name, birth date, sex.
Key = tuple[str, str, str, str]
Person = tuple[str, str, str]
Order = tuple[str, str, str, bool, int, Person]


@dataclass(frozen=True)
class Rule:
    """What it looks at."""

    spaces: bool = True
    days: bool = True
    modalities: bool = True
    modality_codes: bool = True
    issuers_of_candidates: bool = True
    issuers_of_the_known: bool = True
    cancelled: bool = True
    words_for_cancelled: bool = True
    cancelled_make_known: bool = True
    competing: bool = True
    names: bool = True
    birth_dates: bool = True
    sexes: bool = True
    empty_says_nothing: bool = True


# What the peers of the bench join by.
BARE = Rule(issuers_of_candidates=False, issuers_of_the_known=False, competing=False, names=False, birth_dates=False, sexes=False)


def simulate(folder: Path, rule: Rule = Rule()) -> Counter[tuple[str, str, str]]:
    """How many studies come to what: by modality as the paper names it, outcome, and column of table 3; studies without a date in the column ""."""
    orders = _orders(folder, rule)
    studies = [(_key(row, "study_date", rule), row["modality"], _person(row)) for row in _rows(folder / "studies.csv")]
    found = [_candidates(key, orders, rule) for key, _, _ in studies]
    claims = Counter(candidates[0][4] for candidates in found if len(candidates) == 1)
    names = {code: name for name, code in ARCHIVE_CODES.items()}
    cells: Counter[tuple[str, str, str]] = Counter()
    for (key, modality, person), candidates in zip(studies, found, strict=True):
        cells[names.get(modality, modality), _outcome(key, person, candidates, orders, claims, rule), _column(key[2])] += 1
    return cells


def _outcome(key: Key, person: Person, candidates: list[Order], orders: dict[str, list[Order]], claims: Counter[int], rule: Rule) -> str:
    known = [order for order in orders.get(key[0], []) if not rule.issuers_of_the_known or _same_issuer(key[1], order[0])]
    if not key[0].strip() or not known:
        return "patient level failed"
    if not candidates:
        return "exam level failed"
    is_alone = len(candidates) == 1 and (claims[candidates[0][4]] == 1 or not rule.competing)
    return "matched" if is_alone and not _contradicts(person, candidates[0][5], rule) else "manual match"


def _candidates(key: Key, orders: dict[str, list[Order]], rule: Rule) -> list[Order]:
    _, issuer, day, modality = key
    return [order for order in orders.get(key[0], [])
            if (order[1] == day and day or not rule.days) and (order[2] == modality or not rule.modalities) and not (order[3] and rule.cancelled)
            and (not rule.issuers_of_candidates or _same_issuer(issuer, order[0]))] if key[0].strip() else []


def _same_issuer(left: str, right: str) -> bool:
    return not left or not right or left == right


def _contradicts(study: Person, order: Person, rule: Rule) -> bool:
    """Latin letters in the first group of the names are compared, which all names of the set have."""
    pairs = [(study[0], order[0].split("=")[0], rule.names), (study[1], order[1], rule.birth_dates), (study[2], order[2], rule.sexes)]
    return any(left != right and (left and right or not rule.empty_says_nothing) for left, right, counts in pairs if counts)


def _orders(folder: Path, rule: Rule) -> dict[str, list[Order]]:
    orders: dict[str, list[Order]] = defaultdict(list)
    for number, row in enumerate(_rows(folder / "orders.csv")):
        patient, issuer, day, modality = _key(row, "exam_date", rule)
        is_cancelled = row["status"] in (CANCELLED if rule.words_for_cancelled else CANCELLED[:1])
        if rule.modality_codes:
            modality = ARCHIVE_CODES.get(modality, modality)
        if rule.cancelled_make_known or not is_cancelled:
            orders[patient].append((issuer, day, modality, is_cancelled, number, _person(row)))
    return orders


def _key(row: dict[str, str], date: str, rule: Rule) -> Key:
    return row["patient_id"].strip() if rule.spaces else row["patient_id"], row["issuer"], row[date], row["modality"]


def _person(row: dict[str, str]) -> Person:
    return row["patient_name"], row["birth_date"], row["sex"]


def _column(day: str) -> str:
    before, (_, end) = next(iter(BANDS.items()))
    return before if day and int(day[:4]) < end.year else day[:4]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

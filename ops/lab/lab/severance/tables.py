"""The two sets: one whose matching simulation gives table 3, one for table 2."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .hospital import Hospital, OrderRow, StudyRow
from .paper import Cell, Paper

# Of a thousand studies under no known patient so many have no patient ID at all, as in table 2: 42 of 6,131.
BLANK_PER_THOUSAND = 7
# Of so many studies that are matched, or fail, one has an order beside it that is not its own: four kinds, which share the orders that table 1 has beyond
# those of the studies.
MISLED, MISLEADING_KINDS = 50, 5
# The modalities of table 2's exams ("the CT, MR, and DSA image data"), and of a hundred of them.
FIRST_SHARES = {"CT": 52, "MR": 44, "DSA": 4}
# Of a hundred matched exams of table 2 so many share their day with others: table 2 counts them as matched.
SHARED_PER_HUNDRED = 4
# Orders of which the second set has no exam, as a share of the exams.
OTHER_ORDERS = 0.3


@dataclass(frozen=True)
class HospitalSet:
    """Studies and orders in the order in which they are written, and the counts that simulating them gives."""

    studies: list[StudyRow]
    orders: list[OrderRow]
    expected: dict[str, object]


def third_set(paper: Paper, seed: int, scale: float) -> HospitalSet:
    """The hospital of table 3; at a scale below one each cell has its share, rounded up."""
    cells = {cell: scaled(count, scale, 2 if cell[1] == "manual match" else 1) for cell, count in paper.third.items()}
    hospital = Hospital(seed, sum(cells.values()))
    for (modality, outcome, column), count in cells.items():
        if outcome == "matched":
            hospital.matched(modality, column, count)
        elif outcome == "manual match":
            hospital.manual(modality, column, count)
    rest = Counter(cells)
    for modality, wanted in paper.orders.items():
        _add_what_misleads(hospital, rest, modality, max(0, scaled(wanted, scale) - hospital.made[modality]) // MISLEADING_KINDS)
        hospital.other_orders(modality, max(0, scaled(wanted, scale) - hospital.made[modality]), paper.years)
    for (modality, outcome, column), count in rest.items():
        if outcome == "exam level failed":
            hospital.exam_failed(modality, column, count)
        elif outcome == "patient level failed":
            blank = count * BLANK_PER_THOUSAND // 1000
            hospital.blank(modality, column, blank)
            hospital.unknown(modality, column, count - blank)
    expected: dict[str, dict[str, dict[str, int]]] = {}
    for (modality, outcome, column), count in cells.items():
        expected.setdefault(modality, {}).setdefault(column, {})[outcome] = count
    return _shuffled(hospital, expected)


def _add_what_misleads(hospital: Hospital, rest: Counter[Cell], modality: str, most: int) -> None:
    """Orders that are no study's own, at most so many of each kind: cancelled ones and another hospital's. The studies that they go with leave `rest`."""
    matched = sum(count for (row, outcome, _), count in rest.items() if (row, outcome) == (modality, "matched"))
    for is_cancelled in (True, False):
        hospital.beside_matches(modality, min(most, rounded_up(matched, MISLED)), is_cancelled)
    for failed, add in (("exam level failed", hospital.exam_cancelled), ("patient level failed", hospital.known_elsewhere)):
        left = most
        for cell in [cell for cell in rest if (cell[0], cell[1]) == (modality, failed)]:
            count = min(left, rounded_up(rest[cell], MISLED))
            add(modality, cell[2], count)
            rest[cell] -= count
            left -= count


def first_set(paper: Paper, seed: int, scale: float) -> HospitalSet:
    """The exams of table 2; those without an exam on the date were taken before there was an order system."""
    rows = {row: scaled(count, scale, 2) for row, count in paper.first.items() if row not in ("total", "not matched")}
    hospital = Hospital(seed, sum(rows.values()))
    years = paper.years[1:]

    def pick() -> str:
        return hospital.random.choices(list(FIRST_SHARES), list(FIRST_SHARES.values()))[0]

    shared = max(2, rows["matched"] * SHARED_PER_HUNDRED // 100)
    hospital.manual("CT", years[0], shared)
    for _ in range(rows["matched"] - shared):
        hospital.matched(pick(), hospital.random.choice(years), 1)
    hospital.other_orders("CR", int(sum(rows.values()) * OTHER_ORDERS), years)
    for _ in range(rows["no exam on the date"]):
        hospital.exam_failed(pick(), paper.years[0], 1, on_free_day=True)
    for _ in range(rows["patient ID unknown"]):
        hospital.unknown(pick(), hospital.random.choice(years), 1)
    for _ in range(rows["patient ID null or space"]):
        hospital.blank(pick(), hospital.random.choice(years), 1)
    for _ in range(rows["exam date null"]):
        hospital.without_date(pick(), 1)
    return _shuffled(hospital, {**rows, "total": sum(rows.values())})


def rounded_up(count: int, divisor: int) -> int:
    """The share, rounded up."""
    return -(-count // divisor)


def scaled(count: int, scale: float, least: int = 1) -> int:
    """`count` at the scale, rounded up, and at least `least`; none stays none, and the scale 1 changes nothing."""
    return count if scale == 1 or count == 0 else max(least, -int(-count * scale // 1))


def _shuffled(hospital: Hospital, expected: dict[str, object]) -> HospitalSet:
    """Neither system lists anything in the order of the other."""
    hospital.random.shuffle(hospital.studies)
    hospital.random.shuffle(hospital.orders)
    return HospitalSet(hospital.studies, hospital.orders, expected)

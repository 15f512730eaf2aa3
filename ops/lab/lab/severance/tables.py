"""The two sets: one whose matching simulation gives table 3, one for table 2."""

from __future__ import annotations

from dataclasses import dataclass

from .hospital import Hospital, OrderRow, StudyRow
from .paper import Paper

# Of a thousand studies under no known patient so many have no patient ID at all, as in table 2: 42 of 6,131.
BLANK_PER_THOUSAND = 7
# The modalities of table 2's exams ("the CT, MR, and DSA image data"), and of a hundred of them.
FIRST_SHARES = {"CT": 52, "MR": 44, "DSA": 4}
# Of a hundred matched exams of table 2 so many share their day with others: table 2 counts them as matched.
SHARED_PER_HUNDRED = 4
# Orders of which the second set has no exam, as a share of the exams.
OTHER_ORDERS = 0.3


@dataclass(frozen=True)
class HospitalSet:
    """Studies and orders in the order in which they are written, and the counts that simulating them must give."""

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
    for modality, wanted in paper.orders.items():
        made = sum(count for (row, outcome, _), count in cells.items() if row == modality and outcome in ("matched", "manual match"))
        hospital.other_orders(modality, max(0, scaled(wanted, scale) - made), paper.years)
    for (modality, outcome, column), count in cells.items():
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


def scaled(count: int, scale: float, least: int = 1) -> int:
    """`count` at the scale, rounded up, and at least `least`; none stays none, and the scale 1 changes nothing."""
    return count if scale == 1 or count == 0 else max(least, -int(-count * scale // 1))


def _shuffled(hospital: Hospital, expected: dict[str, object]) -> HospitalSet:
    """Neither system lists anything in the order of the other."""
    hospital.random.shuffle(hospital.studies)
    hospital.random.shuffle(hospital.orders)
    return HospitalSet(hospital.studies, hospital.orders, expected)

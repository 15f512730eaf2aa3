"""The comparison of `make accept-severance` finds a cell, a row and a percentage that differ."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

from severance.tables import LINES, OUTCOMES, differences, first_differences, listed, listed_csv, simulated  # noqa: E402

from lab.severance.paper import read_paper  # noqa: E402

PAPER = read_paper()


def document(changed: dict[tuple[str, str, str], int] | None = None) -> str:
    """What the coordinator would say of the paper's own cells, DSA as XA and the years before 1998 in two."""
    third = {**PAPER.third, **(changed or {})}
    cells: dict[tuple[str, str], dict[str, int]] = {}
    for (modality, outcome, year), count in third.items():
        key = next(key for key, words in OUTCOMES.items() if words == outcome)
        parts = {"1996": count // 2, "1997": count - count // 2} if year == "before 1998" else {year: count}
        for part, share in parts.items():
            cells.setdefault(("XA" if modality == "DSA" else modality, part), dict.fromkeys(OUTCOMES, 0))[key] = share
    return json.dumps({"byModalityAndYear": [
        {"modality": modality, "year": year, "counts": counts} for (modality, year), counts in cells.items()]})


def test_the_papers_own_cells_are_no_difference() -> None:
    assert simulated(document()) == PAPER.third
    assert differences(PAPER.third, simulated(document())) == []


@pytest.mark.parametrize("cell", [("CR", "matched", "2001"), ("DSA", "exam level failed", "before 1998"), ("ES", "matched", "1998"), ("RF", "matched", "1999")])
def test_a_cell_that_differs_is_named(cell: tuple[str, str, str]) -> None:
    found = differences(PAPER.third, simulated(document({cell: PAPER.third.get(cell, 0) + 1})))
    assert len(found) == 1 and found[0].startswith(" / ".join(cell))


def test_the_peers_rows_are_read_as_ours() -> None:
    rows = [["XA", "1996", "matched", 2], ["XA", "1997", "matched", 3], ["CR", "2001", "manual match", 4]]
    table = {("DSA", "matched", "before 1998"): 5, ("CR", "manual match", "2001"): 4}
    assert listed(rows) == listed_csv("\r\n".join(",".join(map(str, row)) for row in rows)) == table


def first(**changed: tuple[int, str]) -> str:
    """What the coordinator would say of table 2."""
    lines = {key: (PAPER.first[row], PAPER.percentages.get(row, "0.00")) for key, row in LINES.items()}
    return json.dumps({"first": [{"line": key, "count": count, "percent": percent} for key, (count, percent) in {**lines, **changed}.items()]})


def test_a_row_or_a_percentage_of_table_2_that_differs_is_named() -> None:
    assert first_differences(PAPER, first()) == []
    assert first_differences(PAPER, first(noOrder=(1204, ""))) == ["no exam on the date: 1,204 instead of 1,203"]
    assert first_differences(PAPER, first(found=(138_187, "94.68"))) == ["matched: 94.68 % instead of 94.67 %"]

"""The paper's tables against what programs made of the lab's hospital."""

from __future__ import annotations

import csv
import io
import json

from lab.severance.paper import UNMATCHED, Paper
from lab.severance.writing import ARCHIVE_CODES

Table = dict[tuple[str, str, str], int]
OUTCOMES = {"examLevelFailed": "exam level failed", "patientLevelFailed": "patient level failed", "manualMatch": "manual match", "matched": "matched"}
LINES = dict(zip(["patientIDBlank", "patientUnknown", "studyDateMissing", "noOrder"], UNMATCHED, strict=True)) | {
    "notMatched": "not matched", "found": "matched", "total": "total"}
# The paper's name of what DICOM calls XA.
ROWS = {code: name for name, code in ARCHIVE_CODES.items()}
FIRST_YEAR = 1998


def column(year: str) -> str:
    """The column of table 3 that a year stands in; what has columns already keeps them."""
    return f"before {FIRST_YEAR}" if year.isdigit() and int(year) < FIRST_YEAR else year


def simulated(document: str) -> Table:
    """Table 3 from the JSON of `match simulate --by modality,year`."""
    table: Table = {}
    for cell in json.loads(document)["byModalityAndYear"]:
        for key, outcome in OUTCOMES.items():
            _add(table, cell["modality"], outcome, cell["year"], cell["counts"][key])
    return table


def listed(rows: list[list[object]]) -> Table:
    """Table 3 from rows of modality, year, outcome and count."""
    table: Table = {}
    for modality, year, outcome, count in rows:
        _add(table, str(modality), str(outcome), str(year), int(count))
    return table


def listed_csv(text: str) -> Table:
    """The same from the sqlite3 shell's CSV."""
    return listed(list(csv.reader(io.StringIO(text))))


def _add(table: Table, modality: str, outcome: str, year: str, count: int) -> None:
    place = (ROWS.get(modality, modality), outcome, column(year))
    table[place] = table.get(place, 0) + count


def differences(expected: Table, found: Table) -> list[str]:
    """The cells of table 3 that differ; cells that one of them lacks are zero."""
    places = sorted(set(expected) | set(found))
    return [f"{' / '.join(place)}: {found.get(place, 0):,} instead of {expected.get(place, 0):,}"
            for place in places if found.get(place, 0) != expected.get(place, 0)]


def first_differences(paper: Paper, document: str) -> list[str]:
    """The rows of table 2 that differ, their percentages included where the paper has one."""
    lines = {LINES[line["line"]]: line for line in json.loads(document)["first"]}
    faults = [f"{row}: {lines[row]['count']:,} instead of {count:,}" for row, count in paper.first.items() if lines[row]["count"] != count]
    return faults + [f"{row}: {lines[row]['percent']} % instead of {percent} %"
                     for row, percent in paper.percentages.items() if lines[row]["percent"] != percent]

"""An orders file in which rows of every kind are broken, and what must be said of each."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from . import rows

Row = dict[str, str]
LONGEST_ROW = 65_536
# Values without which a row cannot be used, by their column, and words that the message must have.
FIELDS: list[tuple[str, str, str]] = [
    ("patient_id", "", "is empty"),
    ("patient_id", "1" * 65, "at most 64"),
    ("accession_number", " ", "is empty"),
    ("accession_number", "A" * 17, "at most 16"),
    ("exam_date", "20010230", "no date"),
    ("modality", "M" * 65, "at most 64"),
    ("issuer", "a\tb", "control character"),
]
# Values that cost themselves: the row counts without them.
LEFT_OUT: list[tuple[str, str, str]] = [
    ("exam_time", "2561", "no time"),
    ("exam_time", "905", "no time"),
    ("birth_date", "1950", "no date"),
    ("sex", "U", "M, F, O"),
    ("patient_name", "A=B=C=D", "three groups"),
    ("study_instance_uid", "1.2.x", "no UID"),
    ("procedure_description", "d" * 1025, "at most 1024"),
    ("department", "d" * 1025, "at most 1024"),
]
# Columns that the lab's file has not.
MORE = {"procedure_description": "Chest PA", "department": "RAD", "study_instance_uid": "1.2.840.1"}


@dataclass(frozen=True)
class Place:
    """A line, whether its row is imported all the same, and words that the message must have."""

    line: int
    is_kept: bool
    words: tuple[str, ...]


class BrokenFile:
    """The file, line by line; `sound` are the rows that must be imported, in their order, as the ledger must have them."""

    def __init__(self, source: Path, between: int) -> None:
        self.sound: list[Row] = []
        self.places: list[Place] = []
        # Rows of which only the accession number cannot be used.
        self.without_number: list[Row] = []
        self._lines: list[bytes] = []
        self._rows = ({**row, **MORE} for row in rows.of_file(source))
        self._between = between
        first = next(self._rows)
        self.columns = list(first)
        self._lines.append(self._bytes(dict(zip(self.columns, self.columns, strict=True))))
        self._keep(first)
        for column, value, words in FIELDS:
            row = {**next(self._rows), column: value}
            self._break(self._bytes(row), column, words)
            if column == "accession_number":
                self.without_number.append(row)
        for column, value, words in LEFT_OUT:
            self._leave_out(next(self._rows), column, value, words)
        self._break_shapes()
        self._repeat()
        self._add_sound()

    def write(self, path: Path) -> None:
        """Writes the file."""
        path.write_bytes(b"".join(self._lines))

    def _break_shapes(self) -> None:
        line = self._bytes(next(self._rows))
        count = len(self.columns)
        self._break(b"1," + line, f"{count + 1} fields", str(count))
        self._break(line.replace(b",", b"", 1), f"{count - 1} fields", str(count))
        self._break(b"\xff" + line, self.columns[0], "not UTF-8")
        self._break(b'KIM"' + line, "quote")
        self._break(b'"' + line, "quote", "not closed")
        self._break(b"1" * LONGEST_ROW + line, str(LONGEST_ROW))

    def _repeat(self) -> None:
        """Warnings: an accession number twice for one patient, of which the later row counts, and one for two."""
        repeated = {**self.sound[-1], "procedure_code": "LATER"}
        self.sound[-1] = repeated
        self._lines.append(self._bytes(repeated))
        self.places.append(Place(len(self._lines), True, ("accession",)))
        other = {**next(self._rows), "accession_number": self.sound[0]["accession_number"]}
        self._keep(other)
        self.places.append(Place(len(self._lines), True, ("accession",)))

    def _break(self, line: bytes, *words: str) -> None:
        self._add_sound()
        self._lines.append(line)
        self.places.append(Place(len(self._lines), False, words))

    def _leave_out(self, row: Row, column: str, value: str, words: str) -> None:
        self.sound.append({**row, column: ""})
        self._lines.append(self._bytes({**row, column: value}))
        self.places.append(Place(len(self._lines), True, (column, words, "counts without it")))

    def _add_sound(self) -> None:
        for _ in range(self._between):
            self._keep(next(self._rows))

    def _keep(self, row: Row) -> None:
        self.sound.append(row)
        self._lines.append(self._bytes(row))

    def _bytes(self, row: Row) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerow([row[column] for column in self.columns])
        return text.getvalue().encode()


def faults_in(said: dict, terminal: str, made: BrokenFile) -> list[str]:
    """What the command's JSON document, and the lines that it told at once, have otherwise than they must."""
    faults: list[str] = []
    for name, is_kept in (("broken", False), ("warnings", True)):
        told = {row["line"]: row["text"] for row in said[name]}
        places = {place.line: place for place in made.places if place.is_kept == is_kept}
        if set(told) != set(places) or len(told) != len(said[name]):
            faults.append(f"{name}: the lines {sorted(told)} are told, should be {sorted(places)}")
        for line in told.keys() & places.keys():
            missing = [word for word in places[line].words if word not in told[line]]
            if missing or told[line] not in terminal:
                faults.append(f"{name}: of line {line} is said: {told[line]} (should have {missing or 'been told at once'})")
    if (said["imported"], said["brokenCount"]) != (len(made.sound), sum(not place.is_kept for place in made.places)):
        faults.append(f"{said['imported']} imported and {said['brokenCount']} broken, should be {len(made.sound)} and those of {len(made.places)}")
    return faults

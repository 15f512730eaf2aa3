"""An orders file in which rows of every kind are broken, and what must be said of each."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from . import rows

Row = dict[str, str]
LONGEST_ROW = 65_536
# Values that no row may have, by their column, and words that the message must have.
FIELDS: list[tuple[str, str, str, str]] = [
    ("patient_id", "", "patient_id", "is empty"),
    ("patient_id", "1" * 65, "patient_id", "at most 64"),
    ("accession_number", " ", "accession_number", "is empty"),
    ("accession_number", "A" * 17, "accession_number", "at most 16"),
    ("exam_date", "20010230", "exam_date", ""),
    ("exam_time", "2561", "exam_time", ""),
    ("modality", "M" * 65, "modality", "at most 64"),
    ("birth_date", "1950", "birth_date", ""),
    ("sex", "X", "sex", ""),
    ("patient_name", "A=B=C=D", "patient_name", ""),
    ("issuer", "a\tb", "issuer", "control character"),
]


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
        self._lines: list[bytes] = []
        self._rows = rows.of_file(source)
        self._between = between
        first = next(self._rows)
        self.columns = list(first)
        self._lines.append(self._bytes(dict(zip(self.columns, self.columns, strict=True))))
        self._keep(first)
        for column, value, *words in FIELDS:
            self._break(self._bytes({**next(self._rows), column: value}), *filter(None, words))
        self._break_shapes()
        self._repeat()
        self._add_sound()

    def write(self, path: Path) -> None:
        """Writes the file."""
        path.write_bytes(b"".join(self._lines))

    def _break_shapes(self) -> None:
        line = self._bytes(next(self._rows))
        self._break(line.replace(b",", b"", 1), "10 fields", "11")
        self._break(b"," + line, "12 fields", "11")
        self._break(line.replace(b"\r\n", b"\xff\r\n"), "status", "not UTF-8")
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

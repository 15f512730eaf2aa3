"""The tables of docs/conformance.md: what is known to differ, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

STATEMENT = Path(__file__).parents[3] / "docs" / "conformance.md"
ABSENT = "absent"


@dataclass(frozen=True)
class Difference:
    """One row: the value that each of the three reads, as it is written in the table."""

    file: str
    field: str
    ours: str
    pydicom: str
    dcmtk: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: ours {self.ours}, pydicom {self.pydicom}, DCMTK {self.dcmtk}"


def cell(value: str | None) -> str:
    """A value as the tables write it: without what would break a row. A byte that is no text is `<` and `>` around its digits."""
    if value is None:
        return ABSENT
    plain = "".join(character if character.isprintable() else f"<{ord(character) & 0xFF:02X}>" for character in value)
    return f"`{plain.replace('|', '<7C>')}`" if plain else "empty"


def table(heading: str) -> list[list[str]]:
    """The rows of the one table under a heading, without its head."""
    section = re.search(rf"^#+ {re.escape(heading)}$(.*?)(?=^#|\Z)", STATEMENT.read_text(encoding="utf-8"), re.M | re.S)
    if section is None:
        raise SystemExit(f"{STATEMENT} has no section {heading!r}")
    lines = [line for line in section.group(1).splitlines() if line.startswith("|")]
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines[2:]]


def differences() -> dict[Difference, str]:
    """What is declared to differ, with the reason."""
    found = {}
    for row in table("Differences from pydicom and DCMTK"):
        file, field, ours, pydicom, dcmtk, reason = row
        if not reason:
            raise SystemExit(f"{STATEMENT}: {file}, {field}: no reason is given")
        found[Difference(file.strip("`"), field.strip("`"), ours, pydicom, dcmtk)] = reason
    return found

"""What `make accept-import` looks at: a bar that goes wrong, a line that is not told and a row that differs are found."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2] / "bench")]

from importing import broken, rows  # noqa: E402
from importing.__main__ import bar_faults  # noqa: E402
from importing.terminal import Shown, at_terminal  # noqa: E402

from lab.severance.making import THIRD, make_severance  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small hospital's orders."""
    made = tmp_path_factory.mktemp("importing")
    make_severance(made, 1, 0.003)
    return made / THIRD


def shown(*drawings: tuple[int, int, int], end: str = "") -> Shown:
    """A run of two seconds with these drawings: characters that are full, rows, percent."""
    bars = "".join(f"\r\x1b[K[{'#' * full}{'-' * (30 - full)}] {rows} rows imported, 0 broken, {percent} % of the file read" for full, rows, percent in drawings)
    return Shown("", bars + end, 0, 2.0, 1.0, 1)


def test_a_bar_that_goes_forward_and_away_is_right() -> None:
    assert bar_faults(shown((3, 1000, 10), (15, 5000, 50), (30, 9000, 100), end="\r\x1b[K"), 10_000) == []


@pytest.mark.parametrize("run", [
    shown(), shown((15, 5000, 50), end="\r"), shown((15, 5000, 50), (3, 6000, 10), end="\r"), shown((3, 5000, 10), (15, 5000, 50), end="\r"),
    shown((3, 1000, 10), (3, 5000, 50), end="\r"), shown((3, 1000, 10), (15, 5000, 50)), shown((3, 1000, 10), (15, 50_000, 50), end="\r")])
def test_a_bar_that_does_not_is_found(run: Shown) -> None:
    assert bar_faults(run, 10_000)


def test_what_is_drawn_at_a_terminal_is_seen(tmp_path: Path) -> None:
    program = "import sys; print(sys.stderr.isatty(), sys.stdout.isatty()); sys.stderr.write('drawn'); sys.exit(3)"
    run = at_terminal([sys.executable, "-c", program], tmp_path / "output")
    assert (run.output, run.terminal, run.status) == ("True False\n", "drawn", 3) and run.peak > 1 << 20


def ledger(path: Path, table: list[dict[str, str]]) -> Path:
    """A ledger's table of orders."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE hospital_order(id INTEGER PRIMARY KEY, accession TEXT, content TEXT)")
        for row in table:
            order = {name: row.get(column, "") for column, name in rows.NAMES.items()} | {"patient": {name: row[column] for column, name in rows.PATIENT.items()}}
            connection.execute("INSERT INTO hospital_order(accession, content) VALUES (?, ?)", [row["accession_number"], json.dumps(order)])
    return path


def test_a_row_that_differs_lacks_or_is_too_many_is_found(folder: Path, tmp_path: Path) -> None:
    table = [*rows.of_file(folder / "orders.csv")][:20]
    assert rows.differences(iter(table), ledger(tmp_path / "same", table)) == []
    other = [*table[:7], {**table[7], "birth_date": "19000101"}, *table[8:]]
    assert rows.differences(iter(table), ledger(tmp_path / "other", other)) == ["row 8: the ledger has another birth_date"]
    assert rows.differences(iter(table), ledger(tmp_path / "fewer", table[:-1]))
    assert rows.differences(iter(table[:-1]), ledger(tmp_path / "more", table))


def test_a_broken_row_that_is_not_told_of_is_found(folder: Path) -> None:
    made = broken.BrokenFile(folder / "orders.csv", 2)
    told = {False: [], True: []}
    for place in made.places:
        told[place.is_kept].append({"line": place.line, "text": f"line {place.line}: {' '.join(place.words)}"})
    said = {"imported": len(made.sound), "brokenCount": len(told[False]), "broken": told[False], "warnings": told[True]}
    terminal = "\n".join(row["text"] for row in told[False] + told[True])
    assert broken.faults_in(said, terminal, made) == []
    assert broken.faults_in({**said, "broken": told[False][1:]}, terminal, made)
    assert broken.faults_in({**said, "broken": [*told[False][1:], {"line": told[False][0]["line"], "text": "wrong"}]}, terminal + "wrong", made)
    assert broken.faults_in({**said, "imported": 0}, terminal, made)
    assert broken.faults_in(said, "", made)


def test_the_broken_file_has_its_rows_where_it_says(folder: Path, tmp_path: Path) -> None:
    made = broken.BrokenFile(folder / "orders.csv", 2)
    made.write(tmp_path / "broken.csv")
    lines = (tmp_path / "broken.csv").read_bytes().split(b"\r\n")[:-1]
    kept = [line for number, line in enumerate(lines[1:], 2) if number not in {place.line for place in made.places if not place.is_kept}]
    faulty = {(column, value) for column, value, _ in broken.LEFT_OUT}
    read = [{column: "" if (column, value) in faulty else value for column, value in row.items()}
            for row in csv.DictReader([line.decode() for line in kept], made.columns)]
    # The row before the last two has an accession number that the next one has too, which counts.
    assert len(read) == len(made.sound) + 1 and [row for row in read if row in made.sound] == made.sound
    told = {column for place in made.places if place.is_kept for column in place.words[:1]}
    assert {column for column, _ in faulty} <= told

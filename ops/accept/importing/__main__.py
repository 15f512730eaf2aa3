"""`make accept-import`: an orders file of full size imports in one go, with a progress bar; what is broken in a file is listed by line, and costs itself."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from statistics import median

from lab.severance.making import THIRD, make_severance
from lab.skein import Coordinator

from . import beside, broken, peer, rows
from .terminal import Shown, at_terminal

DESTINATION = "dicom://ARCHIVE@127.0.0.1:104?calling=SKEIN"
# Sound rows between two broken ones, and the port that the coordinator has when nobody comes.
BETWEEN, PORT = 40, 0
# The bar is drawn five times a second at most: so many drawings an import of so many seconds must have at least.
DRAWINGS_PER_SECOND = 2
# What the import may have in memory, whatever the file: the ledger's cache of 96 MiB, and the digests of the accession numbers, by which repetitions are found.
PEAK_BYTES = 400 << 20
# What another write may wait for while a file is imported: a chunk, with room for a machine that does other work.
WAIT_SECONDS = 3


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="importing", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1, help="1: 1,347,319 orders")
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    folder: Path = words.out.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    count = len(make_severance(folder, words.seed, words.scale)[THIRD].orders)
    file = folder / THIRD / "orders.csv"
    print(f"{file.name}: {count:,} rows, {file.stat().st_size / 1e6:.0f} MB", flush=True)
    faults = whole(file, count, folder, words.coordinator) + served(file, count, folder, words.coordinator) + broken_rows(file, folder, words.coordinator)
    for fault in faults:
        print(f"FAULT {fault}")
    print("accept-import: " + (f"FAILED, {len(faults)} faults" if faults else "passed"))
    return 1 if faults else 0


def fresh(folder: Path, program: Path) -> Coordinator:
    """A coordinator with an empty ledger."""
    made = Coordinator(program.resolve(), folder)
    made.init(DESTINATION, PORT, {})
    return made


def whole(file: Path, count: int, folder: Path, program: Path) -> list[str]:
    """The whole file in one go, at a terminal; and what sqlite3 needs for it."""
    made = fresh(folder / "whole", program)
    shown = at_terminal([str(made.program), "orders", "import", str(file), "--config", str(made.configuration)], folder / "whole.txt")
    print(f"coordinator orders import      {shown}  {count / shown.seconds:,.0f} rows/s", flush=True)
    columns = list(next(rows.of_file(file)))
    seconds, usage, entered = peer.import_by_shell(file, columns, folder)
    print(f"sqlite3 .import, same indices  {seconds:6.1f} s  processors {usage.seconds:6.1f} s  peak {usage.peak_bytes / 1e6:5.0f} MB", flush=True)
    faults = faults_of(shown, count) + bar_faults(shown, count) + rows.differences(rows.of_file(file), made.folder / "ledger.sqlite")
    if shown.peak > PEAK_BYTES:
        faults.append(f"the import had {shown.peak / 1e6:.0f} MB in memory, at most {PEAK_BYTES / 1e6:.0f} are allowed")
    return faults + ([f"sqlite3 entered {entered} rows of {count}"] if entered != count else [])


def served(file: Path, count: int, folder: Path, program: Path) -> list[str]:
    """The file through the socket of a running coordinator, which others write to meanwhile."""
    made = fresh(folder / "served", program)
    shown, waits = beside.import_served(made, file, folder)
    print(f"the same while it serves       {shown}", flush=True)
    seconds = waits.seconds
    print(f"{len(seconds)} invitations meanwhile: median {median(seconds or [0]):.2f} s, longest {max(seconds, default=0):.2f} s", flush=True)
    return faults_of(shown, count) + rows.differences(rows.of_file(file), made.folder / "ledger.sqlite") + waits.faults(WAIT_SECONDS, shown.seconds)


def broken_rows(file: Path, folder: Path, program: Path) -> list[str]:
    """A file in which rows of each kind are broken: all are listed by line, the others are there."""
    made = fresh(folder / "broken", program)
    written = broken.BrokenFile(file, BETWEEN)
    written.write(folder / "broken.csv")
    command = [str(made.program), "orders", "import", str(folder / "broken.csv"), "--json", "--config", str(made.configuration)]
    shown = at_terminal(command, folder / "broken.json")
    said = json.loads(shown.output)
    again = at_terminal(command, folder / "again.json")
    once_more = json.loads(again.output)
    print(f"broken rows: {said['brokenCount']} and {len(said['warnings'])} warnings, {said['imported']} imported, exit status {shown.status}", flush=True)
    faults = broken.faults_in(said, shown.terminal, written) + rows.differences(iter(written.sound), made.folder / "ledger.sqlite")
    if (once_more["imported"], once_more["outdated"]) != (0, 0) or once_more["updated"] > 2:
        faults.append(f"imported again, the file adds {once_more['imported']} orders and changes {once_more['updated']}")
    strays = rows.without_number(made.folder / "ledger.sqlite")
    if strays != len(written.without_number):
        faults.append(f"{strays} orders are kept whose accession number cannot be used, should be {len(written.without_number)}")
    return faults + (["rows are broken, and the exit status is not 1"] if shown.status != 1 else [])


def faults_of(shown: Shown, count: int) -> list[str]:
    """What an import of sound rows said otherwise than it must."""
    wanted = f"{count} orders imported, 0 updated, 0 rows broken, 0 warnings\n"
    return [] if (shown.status, shown.output) == (0, wanted) else [f"exit status {shown.status}, said: {shown.output or shown.terminal[-500:]}"]


def bar_faults(shown: Shown, count: int) -> list[str]:
    """Whether the bar was drawn again and again, went forward, and is gone at the end."""
    drawings = shown.drawings
    faults = []
    if len(drawings) < max(1, DRAWINGS_PER_SECOND * (shown.seconds - 1)):
        faults.append(f"the bar was drawn {len(drawings)} times in {shown.seconds:.1f} s")
    for before, after in zip(drawings, drawings[1:], strict=False):
        if not (before.filled <= after.filled and before.percent <= after.percent and before.rows < after.rows <= count):
            faults.append(f"the bar went from {before} to {after}")
    for drawing in drawings:
        if abs(drawing.filled - drawing.width * drawing.percent // 100) > 1:
            faults.append(f"the bar does not say what its line says: {drawing}")
    if shown.terminal.rstrip("\r\n").endswith("read"):
        faults.append("the bar stands there at the end")
    return faults


if __name__ == "__main__":
    sys.exit(main())

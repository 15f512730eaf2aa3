"""A program at a real pseudo-terminal: what it draws there, and what it cost."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from pipeline.figures import LAUNCHER

# `[#####-----] 1234 rows imported, 0 broken, 56 % of the file read`, each drawing at the line's start.
DRAWING = re.compile(r"\[(#*)(-*)\] (\d+) rows imported, (\d+) broken, (\d+) % of the file read")


@dataclass(frozen=True)
class Drawing:
    """One drawing of the bar: how many of its characters are full, and what the line says."""

    filled: int
    width: int
    rows: int
    broken: int
    percent: int


@dataclass(frozen=True)
class Shown:
    """A run: what was written to standard output and drawn on the terminal; seconds, seconds of processors, and the most memory that it had."""

    output: str
    terminal: str
    status: int
    seconds: float
    processor: float
    peak: int

    @property
    def drawings(self) -> list[Drawing]:
        """The bar, each time that it was drawn."""
        return [Drawing(len(full), len(full) + len(empty), int(rows), int(broken), int(percent))
                for full, empty, rows, broken, percent in DRAWING.findall(self.terminal)]

    def __str__(self) -> str:
        return f"{self.seconds:6.1f} s  processors {self.processor:6.1f} s  peak {self.peak / 1e6:5.0f} MB"


def at_terminal(command: list[str], output: Path) -> Shown:
    """Runs a command whose standard error is a terminal of its own."""
    ours, theirs = pty.openpty()
    reading, writing = os.pipe()
    drawn: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, drawn))
    with open(output, "wb") as file, os.fdopen(reading) as report:
        process = subprocess.Popen([sys.executable, "-I", "-S", str(LAUNCHER), str(writing), *command], stdin=subprocess.DEVNULL, stdout=file, stderr=theirs,
                                   pass_fds=[writing])
        os.close(theirs)
        os.close(writing)
        reader.start()
        figures = json.loads(report.read())
    process.wait()
    reader.join()
    os.close(ours)
    return Shown(output.read_text(encoding="utf-8"), b"".join(drawn).decode("utf-8", "replace"), os.waitstatus_to_exitcode(figures["status"]),
                 figures["seconds"], figures["processor"], figures["peak"])


def _read(terminal: int, drawn: list[bytes]) -> None:
    """Until nobody has the terminal any more: Linux says EIO then."""
    while True:
        try:
            drawn.append(os.read(terminal, 1 << 16))
        except OSError:
            return

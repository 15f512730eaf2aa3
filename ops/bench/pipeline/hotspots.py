"""Where the worker's processor time goes: Linux `perf`, which starts it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

# Hertz: a prime, so that no timer of the program beats in step with it.
FREQUENCY = 997
LINES = 25


class Sampler:
    """Samples one program, from its start to its end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._data = folder / "perf.data"

    def sampling(self, command: list[str]) -> list[str]:
        """The command that runs the given one and samples all its threads."""
        self._data.unlink(missing_ok=True)
        if shutil.which("perf") is None:
            raise RuntimeError("there is no perf here: apt-get install linux-perf")
        return ["perf", "record", "--quiet", "--freq", str(FREQUENCY), "--output", str(self._data), "--", *command]

    def report(self) -> str:
        """The functions with the most samples, each with its share of the program's processor time."""
        command = ["perf", "report", "--stdio", "--input", str(self._data), "--sort", "dso,symbol", "--field-separator", ";"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"perf report: {done.stderr.strip()}")
        rows = [line.split(";", 2) for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
        return "\n".join(f"{share.strip():>7}  {where.strip()}  {symbol.split(';')[0].strip()}" for share, where, symbol in rows[:LINES])

"""Where the coordinator's processor time goes: Linux `perf`, attached while the load runs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Hertz: a prime, so that no timer of the program beats in step with it.
FREQUENCY = 499
LINES = 30


@contextmanager
def sampling(process_id: int, data: Path) -> Iterator[None]:
    """Samples a process while the body runs."""
    if shutil.which("perf") is None:
        raise RuntimeError("there is no perf here: apt-get install linux-perf")
    sampler = subprocess.Popen(["perf", "record", "--quiet", "--freq", str(FREQUENCY), "--call-graph", "fp", "--output", str(data), "--pid", str(process_id)])
    try:
        yield
    finally:
        sampler.terminate()
        sampler.wait()


def report(data: Path) -> str:
    """Threads by their share, then functions with all that they call."""
    threads = _report(data, "--no-children", "--sort", "comm,dso")
    functions = _report(data, "--children", "--sort", "symbol")
    return f"by thread and library:\n{threads}\nby function, with all that it calls:\n{functions}"


def _report(data: Path, *words: str) -> str:
    command = ["perf", "report", "--stdio", "--input", str(data), "--call-graph", "none", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"perf report: {done.stderr.strip()}")
    rows = [line.rstrip() for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]
    return "\n".join(rows[:LINES])

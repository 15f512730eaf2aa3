"""Figures of one run, and the medians of several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")
LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True)
class Usage:
    """What a process has used so far: processor seconds (user and system), and the most memory that it had resident."""

    seconds: float
    peak_bytes: int

    def since(self, before: Usage) -> Usage:
        """The processor seconds used since `before`; the peak is the process's own, whenever it was."""
        return Usage(self.seconds - before.seconds, self.peak_bytes)


@dataclass(frozen=True)
class Figures:
    """One run. `coordinator` is None for storescu, which has none."""

    seconds: float
    instances: int
    byte_count: int
    sender: Usage
    coordinator: Usage | None = None
    reading_seconds: float | None = None

    @property
    def rate(self) -> float:
        """Instances a second."""
        return self.instances / self.seconds


def usage_of(process: int) -> Usage:
    """What a running process has used: `utime` and `stime` of proc(5) stat, `VmHWM` of status."""
    # The name in brackets may hold anything; the fields are counted from its end.
    after = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{process}/status").read_text().splitlines()
    peak = next(line for line in status if line.startswith("VmHWM:"))
    return Usage((int(after[11]) + int(after[12])) / TICKS, int(peak.split()[1]) * 1024)


def run_measured(command: list[str], environment: dict[str, str] | None = None, output: Path = Path(os.devnull)) -> tuple[float, Usage]:
    """Runs a program to its end, its standard output into a file; seconds and usage. RuntimeError unless it ends with status 0."""
    reading, writing = os.pipe()
    launched = [sys.executable, "-I", "-S", str(LAUNCHER), str(writing), *command]
    with open(output, "wb") as file, os.fdopen(reading) as report:
        process = subprocess.Popen(launched, env=environment, stdout=file, stderr=subprocess.PIPE, pass_fds=[writing])
        os.close(writing)
        words = process.communicate()[1]
        figures = json.loads(report.read() or "null")
    status = os.waitstatus_to_exitcode(figures["status"]) if figures else process.returncode
    if status or not figures:
        raise RuntimeError(f"{Path(command[0]).name}: exit status {status}\n{words.decode(errors='replace')[-2000:]}")
    return figures["seconds"], Usage(figures["processor"], figures["peak"])


def medians(runs: list[Figures]) -> Figures:
    """Each figure's median; peaks are the highest of all runs."""
    coordinators = [run.coordinator for run in runs if run.coordinator]
    readings = [run.reading_seconds for run in runs if run.reading_seconds is not None]
    return Figures(
        median(run.seconds for run in runs), runs[0].instances, runs[0].byte_count, _median_usage([run.sender for run in runs]),
        _median_usage(coordinators) if coordinators else None, median(readings) if readings else None)


def _median_usage(usages: list[Usage]) -> Usage:
    return Usage(median(usage.seconds for usage in usages), max(usage.peak_bytes for usage in usages))

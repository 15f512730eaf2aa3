"""`python -m lab kill`: a control run without a kill, then the runs with their moments, and the figures over all of them."""

from __future__ import annotations

import shutil
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..making import ensure_hospital
from .moments import Moment, plan
from .run import KillRun, Result
from .site import GATEWAYS

PRINTED_FAULTS = 20


@dataclass
class KillSeries:
    """What is to be run: the folder, the programs, the hospital, how many runs of how many moments."""

    out: Path
    coordinator: Path
    worker: Path
    seed: int
    size: str
    runs: int
    moments: int
    keep: bool = False
    """Whether what green runs leave behind stays: logs, ledger, the PACS's storage."""

    def run(self) -> int:
        """Runs it all; returns the exit status, 0 only if every run is as it must be."""
        signal.signal(signal.SIGTERM, _interrupt)
        # Whoever started us in the background may have had Ctrl-C's signal ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self._run()
        except KeyboardInterrupt:
            print("interrupted; everything is stopped", flush=True)
            return 130

    def _run(self) -> int:
        began = time.monotonic()
        ensure_hospital(self.seed, self.size, self.out / "hospital")
        print(f"lab: a {self.size} hospital from seed {self.seed}; {self.runs} runs with {self.moments} moments each, after one without", flush=True)
        plans = plan(self.seed, self.runs, self.moments, len(GATEWAYS))
        results = [self._one(number, moments) for number, moments in enumerate([[], *plans])]
        _print_figures(plans, results, time.monotonic() - began)
        return 1 if any(result.faults for result in results) else 0

    def _one(self, number: int, moments: list[Moment]) -> Result:
        # A Unix socket's path is short, so the folder's name is as well.
        out = self.out / f"r{number}"
        shutil.rmtree(out, ignore_errors=True)
        result = KillRun(out, self.out / "hospital", (self.coordinator, self.worker), moments).run()
        name = f"run {number}" if moments else "control"
        again = f", discs put in again: {', '.join(result.put_in_again)}" if result.put_in_again else ""
        print(f"{name}: {'ok' if not result.faults else 'FAILED'}, {len(moments)} moments, {result.seconds:.1f} s; {result.arrived} instances "
              f"sent, {result.sent - result.arrived} sends doubled{_by_victims(result.doubled)}{again}", flush=True)
        for fault in result.faults[:PRINTED_FAULTS]:
            print(f"  {fault}")
        if len(result.faults) > PRINTED_FAULTS:
            print(f"  … and {len(result.faults) - PRINTED_FAULTS} more")
        if not result.faults and not self.keep:
            # What a good run leaves behind would fill the disk; a bad one is to be looked at.
            shutil.rmtree(out)
        return result


def _by_victims(counts: dict[str, int]) -> str:
    return f" ({', '.join(f'{count} by {name}' for name, count in sorted(counts.items()))})" if counts else ""


def _print_figures(plans: list[list[Moment]], results: list[Result], seconds: float) -> None:
    """Moments by their victims, sends, seconds."""
    moments = Counter("+".join(moment.victims) for each in plans for moment in each)
    doubled: Counter[str] = Counter()
    for result in results:
        doubled.update(result.doubled)
    print("killed                      moments  sends doubled by it")
    for name, count in moments.items():
        print(f"{name:27} {count:7} {doubled[name]:20}")
    instances, sends = sum(result.arrived for result in results), sum(result.sent for result in results)
    print(f"{sum(len(result.put_in_again) for result in results)} readings were interrupted, their discs put in again")
    print(f"at {sum(result.busy for result in results)} or more of {moments.total()} moments something was being read or sent; before the PACS was first "
          f"killed {sum(result.looks for result in results)} looks for attempts counted against a study")
    bad = sum(bool(result.faults) for result in results)
    print(f"kill: {'FAILED, ' + str(bad) + ' of ' if bad else ''}{len(results)} runs {'are not as they must be' if bad else 'green'}, "
          f"{moments.total()} moments; {instances} instances sent, {sends - instances} sends doubled by kills; {seconds:.0f} s")


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt

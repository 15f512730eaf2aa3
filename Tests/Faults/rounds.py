"""Rounds: every scenario with every seed, several side by side, each in a process of its own; and the table of what came of them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from lab.making import ensure_hospital

from .play import Outcome

NAME_WIDTH = 31
# Far longer than any scenario waits for all of its steps together.
PLAY_SECONDS = 600


@dataclass
class Rounds:
    """What is to be run: the folder, the programs, the first seed, how many rounds of which scenarios, how many at a time."""

    out: Path
    programs: tuple[Path, Path]
    seed: int
    rounds: int
    names: list[str]
    side_by_side: int
    running: set[subprocess.Popen] = field(default_factory=set)

    def run(self) -> int:
        """Runs them all; returns the exit status, 0 only if every scenario of every round is as it must be."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        began = time.monotonic()
        # Discs are the same in all rounds: the seeds of the rounds choose the moments.
        ensure_hospital(self.seed, "small", self.out / "hospital")
        outcomes: list[Outcome] = []
        pool = ThreadPoolExecutor(self.side_by_side)
        # All rounds at once: what waits in one leaves the processors to the next.
        seeds = range(self.seed, self.seed + self.rounds)
        plays = {seed: [pool.submit(self._play, name, seed) for name in self.names] for seed in seeds}
        try:
            for seed in seeds:
                played = [play.result() for play in plays[seed]]
                _print_round(seed, played, time.monotonic() - began)
                outcomes += played
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(self.running):
                process.terminate()
            print("interrupted; everything is stopped", flush=True)
            return 130
        pool.shutdown()
        _print_table(self.names, outcomes, time.monotonic() - began)
        return 1 if any(outcome.faults for outcome in outcomes) else 0

    def _play(self, name: str, seed: int) -> Outcome:
        # The path of a Unix socket is short, so the folder's name is as well.
        folder = self.out / f"{seed}-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        outcome = self._in_process(name, seed, folder)
        verdict = "ok" if not outcome.faults else f"FAILED; logs in {folder / 'log'}"
        print(f"  {name:{NAME_WIDTH}} {outcome.seconds:5.1f} s  {outcome.moment:10} {outcome.said}; {outcome.frames} frames equal, {outcome.twice} objects "
              f"twice, {outcome.begun_again} begun again  {verdict}" + "".join(f"\n      {fault}" for fault in outcome.faults), flush=True)
        if not outcome.faults:
            shutil.rmtree(folder)
        return outcome

    def _in_process(self, name: str, seed: int, folder: Path) -> Outcome:
        command = [sys.executable, "-m", __package__, "--play", str(folder), "--only", name, "--seed", str(seed), "--out", str(self.out),
                   "--coordinator", str(self.programs[0]), "--worker", str(self.programs[1])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True)
        self.running.add(process)
        try:
            output, errors = process.communicate(timeout=PLAY_SECONDS)
            return Outcome(**json.loads(output.splitlines()[-1]))
        except subprocess.TimeoutExpired:
            process.kill()
            return _failed(name, seed, f"it did not end within {PLAY_SECONDS} s")
        except (IndexError, ValueError):
            return _failed(name, seed, f"it ended without a word:\n{errors}")
        finally:
            self.running.discard(process)


def _failed(name: str, seed: int, why: str) -> Outcome:
    return Outcome(name, seed, 0.0, "", "", 0, 0, 0, [why])


def _print_round(seed: int, outcomes: list[Outcome], seconds: float) -> None:
    bad = [outcome.name for outcome in outcomes if outcome.faults]
    print(f"seed {seed}: {len(outcomes) - len(bad)} of {len(outcomes)} faults borne, {seconds:.0f} s after the beginning"
          + (f"; not: {', '.join(bad)}" if bad else ""), flush=True)


def _print_table(names: list[str], outcomes: list[Outcome], seconds: float) -> None:
    """Scenario by seed: seconds, and after a plus how many objects the PACS got twice; a cross where it is not as it must be."""
    seeds = sorted({outcome.seed for outcome in outcomes})
    found = {(outcome.name, outcome.seed): outcome for outcome in outcomes}
    print(f"{'seconds + sends doubled':{NAME_WIDTH + 2}}" + "".join(f"{f'seed {seed}':>9}" for seed in seeds) + "  doubled")
    for name in names:
        row = [found[name, seed] for seed in seeds]
        cells = "".join(f"{f'{each.seconds:.0f}+{each.twice}' + (' ✗' if each.faults else ''):>9}" for each in row)
        print(f"{name:{NAME_WIDTH + 2}}{cells}  {sum(each.twice for each in row):7}")
    bad = sum(bool(outcome.faults) for outcome in outcomes)
    print(f"faults: {'FAILED, ' + str(bad) + ' of ' if bad else ''}{len(outcomes)} scenarios {'are not as they must be' if bad else 'green'}; "
          f"{sum(outcome.frames for outcome in outcomes)} frames of pictures equal to their sources', {sum(outcome.twice for outcome in outcomes)} "
          f"objects sent twice, {sum(outcome.begun_again for outcome in outcomes)} sends begun again; {seconds:.0f} s")

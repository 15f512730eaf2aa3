"""Runs the scenarios, one after another, and prints a line about each."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..making import ensure_hospital
from ..skein import CommandError
from . import at_destination, at_restart, at_room
from .disk import see_own_mounts
from .stage import Settings, Stage, StuckError

NAME_WIDTH = 28


@dataclass(frozen=True)
class Scenario:
    """What goes wrong, with which settings, in which hospital."""

    name: str
    play: Callable[[Stage], None]
    settings: Settings
    size: str = "small"


SCENARIOS = [
    Scenario("destination-down-at-start", at_destination.down_at_start, at_destination.DOWN_AT_START),
    Scenario("destination-down-midway", at_destination.down_midway, at_destination.TWO),
    Scenario("destination-rejects", at_destination.rejecting, at_destination.TWO),
    Scenario("destination-out-of-space", at_destination.out_of_resources, at_destination.SMALL_PACS_DISK, "crowded"),
    Scenario("destination-away-for-good", at_destination.away_for_good, at_destination.FEW_ATTEMPTS_DOWN),
    Scenario("destination-rejects-for-good", at_destination.rejecting_for_good, at_destination.ONE_ATTEMPT),
    Scenario("destination-full-for-good", at_destination.out_of_resources_for_good, at_destination.ONE_ATTEMPT_SMALL_DISK, "crowded"),
    Scenario("spool-full", at_room.spool_full, at_room.SMALL_SPOOL, "crowded"),
    Scenario("spool-full-with-store", at_room.spool_full_with_store, at_room.SMALL_SPOOL_AND_STORE, "crowded"),
    Scenario("holding-store-full", at_room.holding_store_full, at_room.SMALL_SPOOL_AND_STORE_DISK, "crowded"),
    Scenario("spool-disk-full", at_room.spool_disk_full, at_room.SMALL_SPOOL_DISK),
    Scenario("spool-disk-full-restart", at_room.spool_disk_full_restart, at_room.SMALL_SPOOL_DISK),
    Scenario("ledger-disk-full", at_room.ledger_disk_full, at_room.SMALL_LEDGER_DISK),
    Scenario("ledger-disk-full-restart", at_room.ledger_disk_full_restart, at_room.SMALL_LEDGER_DISK),
    Scenario("coordinator-restarted", at_restart.restarted, at_restart.TWO),
    Scenario("coordinator-killed", at_restart.killed, at_restart.TWO),
    Scenario("coordinator-killed-reading", at_restart.killed_while_reading, at_restart.SMALL_SPOOL_DISK),
    Scenario("coordinator-away", at_restart.away, at_restart.SHORT_TERM),
]


@dataclass
class Trouble:
    """The run: its folder, the programs, the hospital's seed, and which scenarios; none named, all."""

    out: Path
    coordinator: Path
    worker: Path
    seed: int
    only: list[str]

    def run(self) -> int:
        """Plays the scenarios; returns the exit status, 0 only if each is green and every claim held."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        unknown = set(self.only) - {scenario.name for scenario in SCENARIOS}
        if unknown:
            print(f"no such scenario: {', '.join(sorted(unknown))}; there are {', '.join(scenario.name for scenario in SCENARIOS)}")
            return 2
        try:
            see_own_mounts()
        except PermissionError as error:
            print(error)
            return 2
        started = time.monotonic()
        try:
            chosen = [scenario for scenario in SCENARIOS if not self.only or scenario.name in self.only]
            failed = [scenario.name for scenario in chosen if not self._play(scenario)]
        except KeyboardInterrupt:
            print("interrupted; everything is stopped, nothing is mounted any more", flush=True)
            return 130
        print(f"trouble: {len(chosen) - len(failed)} of {len(chosen)} scenarios as they should be, "
              f"{time.monotonic() - started:.1f} s" + (f"; not: {', '.join(failed)}" if failed else ""))
        return 1 if failed else 0

    def _play(self, scenario: Scenario) -> bool:
        hospital = self.out / f"hospital-{scenario.size}"
        ensure_hospital(self.seed, scenario.size, hospital)
        folder = self.out / scenario.name
        shutil.rmtree(folder, ignore_errors=True)
        started = time.monotonic()
        with ExitStack() as stack:
            stage = Stage(folder, hospital, (self.coordinator, self.worker), scenario.settings, stack)
            try:
                stage.open()
                scenario.play(stage)
            except (StuckError, CommandError, RuntimeError, subprocess.TimeoutExpired) as error:
                stage.faults.append(f"{type(error).__name__}: {error}")
        seconds = time.monotonic() - started
        verdict = "ok" if not stage.faults else f"FAILED, {len(stage.faults)} faults; logs in {folder / 'log'}"
        print(f"{scenario.name:{NAME_WIDTH}} {seconds:5.1f} s  “{stage.said}”  {verdict}", flush=True)
        for fault in stage.faults:
            print(f"    {fault}", flush=True)
        return not stage.faults

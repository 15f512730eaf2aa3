"""One scenario with one seed, in a process of its own; its last line of output says what came of it."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from lab import chance
from lab.skein import CommandError
from lab.trouble.disk import see_own_mounts
from lab.trouble.stage import StuckError

from .ground import Ground
from .scenarios import SCENARIOS


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario with a seed."""

    name: str
    seed: int
    seconds: float
    moment: str
    said: str
    frames: int
    twice: int
    begun_again: int
    faults: list[str]

    @property
    def text(self) -> str:
        """As a line that another process reads."""
        return json.dumps(asdict(self), ensure_ascii=False)


def needs_root(name: str) -> bool:
    """Whether the scenario mounts small disks."""
    settings = SCENARIOS[name].settings
    return bool(settings.spool_disk or settings.ledger_disk)


def play(name: str, seed: int, folder: Path, hospital: Path, programs: tuple[Path, Path]) -> Outcome:
    """Plays it; raises nothing that a fault can bring about."""
    scenario = SCENARIOS[name]
    if needs_root(name):
        see_own_mounts()
    started = time.monotonic()
    with ExitStack() as stack:
        ground = Ground(folder, hospital, programs, scenario.settings, stack, random=chance.generator(seed, "fault", name))
        try:
            ground.open()
            scenario.play(ground)
        except (StuckError, CommandError, RuntimeError, subprocess.TimeoutExpired) as error:
            ground.faults.append(f"{type(error).__name__}: {error}")
    return Outcome(name, seed, round(time.monotonic() - started, 1), ground.moment_said, ground.said, ground.frames, ground.twice,
                   ground.begun_again, ground.faults)

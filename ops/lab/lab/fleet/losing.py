"""A worker is killed while it sends; what it had in its custody is asked for again, and read by others."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..progress import READ, Terminal
from ..skein import CommandError
from .evidence import ON_ITS_WAY, asked_again, discs_needed, waiting
from .posts import PATIENCE_SECONDS, Fleet
from .watch import Sample, look

# Who is killed has at least so many studies that nobody else could send now.
WORTH_KILLING = 3


@dataclass(frozen=True)
class Killed:
    """A worker that was killed, since when it is silent, and which discs must be asked for again."""

    name: str
    silent_since: float
    discs: set[str]

    def is_lost(self, sample: Sample) -> bool:
        """Whether the coordinator has declared it lost."""
        return sample.state(self.name) == "lost"


def kill_while_sending(fleet: Fleet, terminal: Terminal, spared: str) -> Killed:
    """A worker with a good deal in its custody, but not the one that is spared, is killed while parts are leased to it.

    It is held still for the look at the lists: what they say then is so when it dies.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        sample = fleet.watch.until("a worker sends", _somebody_sends, PATIENCE_SECONDS, time.monotonic())
        name, studies = fleet.richest(sample, ON_ITS_WAY, spared)
        if len(studies) < WORTH_KILLING:
            continue
        held = time.monotonic()
        fleet.posts[name].worker.hold()
        sample = look(fleet.coordinator)
        studies = waiting(fleet.studies(), sample, name)
        if sample.leases(name) > 0 and discs_needed(studies, sample):
            return _kill(fleet, terminal, Killed(name, held, discs_needed(studies, sample)), sample.leases(name), len(studies))
        fleet.posts[name].worker.let_go()
    raise CommandError(f"within {PATIENCE_SECONDS} s no worker was found that sends and has {WORTH_KILLING} studies in its custody alone")


def _kill(fleet: Fleet, terminal: Terminal, killed: Killed, leases: int, studies: int) -> Killed:
    fleet.kill(killed.name)
    terminal.event(f"{killed.name} killed (SIGKILL) while it was sending {leases} studies; {studies} studies in its custody have not arrived")
    fleet.watch.when(killed.is_lost, lambda sample: _tell_loss(fleet, terminal, killed, sample))
    return killed


def _tell_loss(fleet: Fleet, terminal: Terminal, killed: Killed, sample: Sample) -> None:
    asked = asked_again(fleet.watch.since(killed.silent_since), killed.name)
    terminal.event(f"{killed.name} declared lost, seen {sample.answered - killed.silent_since:.1f} s after it fell silent",
                   *(f"asked for again: {label}, because {reason}" for label, reason in sorted(asked.items())))


def await_loss(fleet: Fleet, killed: Killed) -> set[str]:
    """The killed worker is declared lost, and its discs are asked for again, each with a reason; returns their labels."""
    fleet.watch.until(f"{killed.name} is declared lost", killed.is_lost, PATIENCE_SECONDS, killed.silent_since)
    asked = asked_again(fleet.watch.since(killed.silent_since), killed.name).keys()
    if missing := sorted(killed.discs - asked):
        raise CommandError(f"{killed.name} is lost, but these discs are not asked for again: {', '.join(missing)}")
    return set(asked)


def read_again(terminal: Terminal, last: Sample, killed: Killed, asked: set[str]) -> None:
    """What was asked for again was read again, by others."""
    for label in sorted(asked):
        medium = last.media[label]
        if medium["state"] not in READ or medium["worker"] == killed.name:
            raise CommandError(f"{label} was asked for again, and is {medium['state']} by {medium['worker']}")
        terminal.event(f"{label} was read again by {medium['worker']}")


def _somebody_sends(sample: Sample) -> bool:
    return any(worker["state"] == "connected" and worker["leases"] for worker in sample.workers.values())

"""A worker is drained, takes no new work, and works again when it is resumed."""

from __future__ import annotations

import time

from ..progress import Terminal
from ..skein import CommandError
from .evidence import new_work, waiting
from .posts import BEAT_SECONDS, PATIENCE_SECONDS, Fleet
from .watch import Sample

# A drained worker is watched for at least so many beats.
BEATS = 3
READY = {"ready"}


def drain_and_resume(fleet: Fleet, terminal: Terminal, spared: str, at_least: int) -> None:
    """A worker, but not the one that is spared, is drained: it takes no new work although so many studies wait. Resumed, it works again."""
    name = _to_drain(fleet, spared, at_least)
    refusals = fleet.posts[name].operator.refusals
    fleet.coordinator.ask("workers", "drain", name)
    drained = time.monotonic()
    terminal.event(f"{name} drained")
    fleet.shelf.set_aside(name)
    fleet.shelf.offer_all()
    fleet.watch.until(
        f"{name} has sent what it held, and refuses a disc",
        lambda sample: sample.leases(name) == 0 and refusals and sample.asked - drained >= BEATS * BEAT_SECONDS,
        PATIENCE_SECONDS, drained)
    samples = fleet.watch.since(drained)
    if found := new_work(samples, name):
        raise CommandError(f"{name} took work while it was drained: {'; '.join(found)}")
    idle = waiting(fleet.studies(), samples[-1], name, READY)
    if samples[-1].state(name) not in ("draining", "drained") or len(idle) < at_least:
        raise CommandError(f"{name} is {samples[-1].state(name)} and has {len(idle)} studies to send; at least {at_least} were to wait")
    terminal.event(f"{name} took nothing new for {samples[-1].answered - drained:.1f} s, with {len(idle)} studies to send; "
                   f"of a disc it said: {refusals[0]}")
    _resume(fleet, terminal, name, samples[-1])


def _to_drain(fleet: Fleet, spared: str, at_least: int) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        sample = fleet.watch.until("a fresh look", lambda sample: True, PATIENCE_SECONDS, time.monotonic())
        name, studies = fleet.richest(sample, READY, spared)
        if name and len(studies) >= at_least:
            return name
    raise CommandError(f"within {PATIENCE_SECONDS} s no worker had {at_least} studies ready to be sent")


def _resume(fleet: Fleet, terminal: Terminal, name: str, before: Sample) -> None:
    fleet.coordinator.ask("workers", "resume", name)
    resumed = time.monotonic()
    terminal.event(f"{name} resumed")
    again = fleet.watch.until(f"{name} works again", lambda sample: new_work([before, sample], name), PATIENCE_SECONDS, resumed)
    terminal.event(f"{name} works again, seen after {again.answered - resumed:.1f} s: {'; '.join(new_work([before, again], name))}")

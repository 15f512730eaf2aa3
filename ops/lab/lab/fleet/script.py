"""The fleet's way through a migration, from the first gateway to the last study."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..progress import Terminal
from .draining import drain_and_resume
from .joining import join_midway
from .losing import await_loss, kill_while_sending, read_again
from .posts import Fleet
from .watch import look

# A migration that hangs is given up.
RUN_SECONDS = 400


# What operators may ask for while the fleet works; each must be answered.
LIVE = (("status",), ("workers",), ("media",), ("studies",), ("exceptions",), ("report",), ("report", "--format", "csv"),
        ("report", "--format", "html"))


@dataclass(frozen=True)
class Script:
    """What a run shows, by the size of its hospital."""

    gateways: int
    offered: int
    """Discs that anybody may take when one more gateway joins; the rest is offered when one is drained."""
    kills: bool
    drained_with: int
    """Studies that wait at least in the custody of the worker that is drained."""


SCRIPTS = {"full": Script(gateways=5, offered=3, kills=True, drained_with=1),
           # Too small for anybody to be caught sending.
           "small": Script(gateways=2, offered=0, kills=False, drained_with=0)}


def fly(fleet: Fleet, terminal: Terminal, script: Script) -> None:
    """The fleet's way through the migration, with all that befalls it, to the last disc and study."""
    watch = fleet.watch
    names = [f"gateway{number}" for number in range(1, script.gateways + 2)]
    for name in names[:-1]:
        fleet.start(fleet.join(name))
    watch.until("all gateways are heard of", lambda sample: all(sample.state(name) == "connected" for name in names[:-1]), RUN_SECONDS)
    terminal.event(f"{names[0]} to {names[-2]} joined")
    third = math.ceil(len(watch.latest.media) / 3)
    watch.until("a third of the discs is read", lambda sample: sample.read >= third, RUN_SECONDS)
    fleet.shelf.offer(script.offered)
    join_midway(fleet, terminal, names[-1])
    for words in LIVE:
        fleet.coordinator.ask(*words)
    killed = kill_while_sending(fleet, terminal, names[-1]) if script.kills else None
    drain_and_resume(fleet, terminal, names[-1], script.drained_with)
    asked = await_loss(fleet, killed) if killed else set()
    watch.until("every disc is read, and nothing is left to send", lambda sample: watch.is_over, RUN_SECONDS)
    fleet.coordinator.expect_no_more()
    if killed:
        read_again(terminal, look(fleet.coordinator), killed, asked)

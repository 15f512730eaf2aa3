"""One more gateway joins while the others are at work."""

from __future__ import annotations

import time

from ..progress import Terminal
from ..skein import CommandError
from .posts import BEAT_SECONDS, PATIENCE_SECONDS, Fleet

# The joiner has work within so many beats of its HELLO.
BEATS = 2


def join_midway(fleet: Fleet, terminal: Terminal, name: str) -> None:
    """That gateway is invited, joins, and has work within two beats of its HELLO; raises CommandError when it has not.

    Its log tells when it was connected, and HELLO is the first it says then; and when the coordinator had granted it a disc.
    """
    gateway = fleet.join(name)
    terminal.event(f"{name} joined, with {fleet.watch.latest.read} of {len(fleet.watch.latest.media)} discs read")
    started = time.monotonic()
    worker = fleet.start(gateway).worker
    connected = worker.await_line("connected to the coordinator", started)
    granted = worker.await_line(", grant ", connected.earliest)
    seconds, allowed = granted.latest - connected.earliest, BEATS * BEAT_SECONDS
    if seconds > allowed:
        raise CommandError(f"{name} waited up to {seconds:.1f} s from its HELLO to its first work; {BEATS} beats are {allowed:.1f} s")
    listed = fleet.watch.until(f"{name} is listed with a disc", lambda sample: sample.discs(name), PATIENCE_SECONDS, started)
    terminal.event(f"{name} had work {seconds:.2f} s after its HELLO, {', '.join(sorted(listed.discs(name)))} to read; "
                   f"{BEATS} beats are {allowed:.1f} s")

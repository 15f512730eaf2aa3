"""Operators who go on when a program below their hands was killed."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..skein import CommandError, Gateway
from .site import Site

POLL_SECONDS = 0.3
# Nothing more is to be done with such a disc.
DONE = {"read", "partly read", "drained", "excluded"}
# So long a disc that lies in the drive may be asked for before its operator puts it in again.
PATIENCE_SECONDS = 3
UNANSWERED = (CommandError, subprocess.TimeoutExpired)


class Stack:
    """The discs that nobody has had in hand yet."""

    def __init__(self, labels: list[str], discs: Path) -> None:
        self._labels: queue.SimpleQueue[str] = queue.SimpleQueue()
        for label in labels:
            self._labels.put(label)
        self._discs = discs

    def take(self) -> tuple[str, Path] | None:
        """The next disc and its image; None when there is none left."""
        try:
            label = self._labels.get_nowait()
        except queue.Empty:
            return None
        return label, self._discs / f"{label}.iso"


class Operator(threading.Thread):
    """Feeds one gateway until no disc is left. A command that is not answered is tried again; a worker that began anew gets its disc again."""

    def __init__(self, gateway: Gateway, site: Site, discs: Stack, stop: threading.Event) -> None:
        super().__init__(name=f"operator of {gateway.name}", daemon=True)
        self.failure: Exception | None = None
        self.started: list[float] = []
        """When each disc was put in for the first time, by the steady clock."""
        self.disc = ""
        """The disc that lies in the drive; empty: none."""
        self.put_in_again: list[str] = []
        """The discs that were put in once more, and why, in words."""
        self._gateway, self._site, self._discs, self._halt = gateway, site, discs, stop

    def run(self) -> None:
        """Insert, wait, eject; until there is no disc left."""
        try:
            while not self._halt.is_set() and (disc := self._discs.take()) is not None:
                self._feed(*disc)
        except Exception as error:  # noqa: BLE001 whatever it is, the run ends and says it
            self.failure = error

    def _feed(self, label: str, image: Path) -> None:
        self.disc = label
        self.started.append(time.monotonic())
        why = ""
        while not self._halt.is_set() and not (why and self._state(label) in DONE):
            start = self._site.starts[self._gateway.name]
            if not self._try(lambda: self._gateway.insert(label, image)):
                why = "the worker did not answer"
                self._halt.wait(POLL_SECONDS)
                continue
            if why:
                self.put_in_again.append(f"{label} in {self._gateway.name} ({why})")
            why = self._wait(label, start)
        while not self._halt.is_set() and not self._try(self._gateway.eject):
            self._halt.wait(POLL_SECONDS)
        self.disc = ""

    def _wait(self, label: str, start: int) -> str:
        """Until the disc is done, or has to be put in again; returns why that is."""
        asked_since: float | None = None
        while not self._halt.wait(POLL_SECONDS):
            state = self._state(label)
            if state in DONE:
                break
            if self._site.starts[self._gateway.name] != start:
                return "the worker began anew"
            if state != "expected":
                asked_since = None
            elif asked_since is None:
                asked_since = time.monotonic()
            elif time.monotonic() - asked_since > PATIENCE_SECONDS:
                return "it was asked for again"
        return "done"

    def _state(self, label: str) -> str | None:
        """What the coordinator says of the disc; None when it does not answer."""
        try:
            media = self._site.coordinator.ask_json("media", "--json")["media"]
        except UNANSWERED:
            return None
        return next(medium["state"] for medium in media if medium["label"] == label)

    @staticmethod
    def _try(command: Callable[[], None]) -> bool:
        try:
            command()
            return True
        except UNANSWERED:
            return False

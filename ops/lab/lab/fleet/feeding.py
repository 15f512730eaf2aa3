"""The operators' hands: one disc after another into each drive, as long as the coordinator's list asks for any."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..skein import CommandError, Gateway, Worker
from .shelf import Shelf
from .watch import Sample, Watch

POLL_SECONDS = 0.05
# A drive whose reading was taken back gives its disc back as soon as its worker has heard of that.
EJECT_SECONDS = 20
# What a gateway that takes no new work says of a disc; its operator keeps the disc in hand and tries again later.
DRAINING = {"worker-draining", "worker-drained"}
# What settles a disc without its being read here.
SETTLED = {"already-read", "copy-of-read-medium", "medium-excluded"}


class Operator(threading.Thread):
    """Feeds one gateway until halted. `failure` is what stopped it, if anything did.

    `refusals` are the answers of the gateway when it took no new work.
    """

    def __init__(self, gateway: Gateway, worker: Worker, shelf: Shelf, watch: Watch) -> None:
        super().__init__(name=f"operator of {gateway.name}", daemon=True)
        self.failure: Exception | None = None
        self.refusals: list[str] = []
        self._gateway, self._worker, self._shelf, self._watch = gateway, worker, shelf, watch
        self._halt, self._is_gone = threading.Event(), threading.Event()

    def halt(self) -> None:
        """No more discs; returns when the hands rest."""
        self._halt.set()
        self.join()

    def leave(self) -> None:
        """The gateway is about to be gone: what its commands say from now on does not count, and its disc goes back to the shelf."""
        self._is_gone.set()
        self._halt.set()

    def run(self) -> None:
        """Takes a disc, inserts it, waits, ejects it; again and again."""
        try:
            self._gateway.await_hands(self._worker)
            while not self._halt.wait(POLL_SECONDS):
                if (disc := self._shelf.take(self._gateway.name)) is not None:
                    self._handle(*disc)
        except Exception as error:  # noqa: BLE001 whatever it is, the run ends and says it
            self.failure = error

    def _handle(self, label: str, image: Path) -> None:
        try:
            self._feed(label, image)
            self._take_out()
        except (CommandError, subprocess.TimeoutExpired):
            if not self._is_gone.is_set():
                raise
            self._gateway.drive_path.unlink(missing_ok=True)
        self._shelf.put_back(label)

    def _feed(self, label: str, image: Path) -> None:
        while not self._halt.is_set():
            answer = self._gateway.offer(label, image)
            answered = time.monotonic()
            if answer["outcome"] == "done":
                return self._until(answered, lambda sample: sample.media[label]["state"] != "reading")
            if answer["code"] in SETTLED:
                return self._until(answered, lambda sample: True)
            if answer["code"] not in DRAINING:
                raise CommandError(f"{label} is refused: {answer['message']}")
            self.refusals.append(answer["message"])
            self._until(answered, lambda sample: sample.state(self._gateway.name) == "connected")

    def _take_out(self) -> None:
        deadline = time.monotonic() + EJECT_SECONDS
        while True:
            try:
                return self._gateway.eject()
            except CommandError:
                if self._halt.wait(POLL_SECONDS) or time.monotonic() > deadline:
                    raise

    def _until(self, moment: float, holds: Callable[[Sample], bool]) -> None:
        """Waits for a look that was begun after that moment and for which that holds, or to be halted."""
        while not self._halt.wait(POLL_SECONDS):
            latest = self._watch.latest
            if latest.asked >= moment and holds(latest):
                return

"""The operators' hands: one disc after another into each drive."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from .skein import Coordinator, Gateway

POLL_SECONDS = 0.3
READ = {"read", "partly read", "drained"}


class Shelf:
    """The discs that are still to be read; two operators take from it."""

    def __init__(self, labels: list[str], discs: Path) -> None:
        self._labels: queue.SimpleQueue[str] = queue.SimpleQueue()
        for label in labels:
            self._labels.put(label)
        self._discs = discs

    def take(self) -> tuple[str, Path] | None:
        """The next disc and its image; None when the shelf is empty."""
        try:
            label = self._labels.get_nowait()
        except queue.Empty:
            return None
        return label, self._discs / f"{label}.iso"


class Operator(threading.Thread):
    """Feeds one gateway until the shelf is empty. `failure` is what stopped it, if anything did."""

    def __init__(self, gateway: Gateway, coordinator: Coordinator, shelf: Shelf, stop: threading.Event) -> None:
        super().__init__(name=f"operator of {gateway.name}", daemon=True)
        self.failure: Exception | None = None
        self._gateway, self._coordinator, self._shelf, self._halt = gateway, coordinator, shelf, stop

    def run(self) -> None:
        """Insert, wait, eject; until there is no disc left."""
        try:
            while not self._halt.is_set() and (disc := self._shelf.take()) is not None:
                label, image = disc
                self._gateway.insert(label, image)
                self._wait(label)
                if not self._halt.is_set():
                    self._gateway.eject()
        except Exception as error:  # noqa: BLE001 whatever it is, the run ends and says it
            self.failure = error

    def _wait(self, label: str) -> None:
        while not self._halt.wait(POLL_SECONDS):
            media = self._coordinator.ask_json("media", "--json")["media"]
            if next(medium["state"] for medium in media if medium["label"] == label) in READ:
                return

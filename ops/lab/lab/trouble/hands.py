"""The operator of one gateway: takes each disc that the coordinator asks for, also again, and bears with what goes wrong."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ..skein import CommandError, Coordinator, Gateway
from .sight import READ

# A disc that is still asked for so long after it was inserted is inserted once more.
PATIENCE_SECONDS = 3


class Pile:
    """The discs within reach of the operators; a disc is in one operator's hands at a time."""

    def __init__(self, discs: Path) -> None:
        self._discs = discs
        self._allowed: set[str] = set()
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def allow(self, labels: list[str]) -> None:
        """From now on these discs may be inserted."""
        with self._lock:
            self._allowed.update(labels)

    def take(self, wanted: list[str]) -> str | None:
        """The first of the wanted discs that is within reach and in nobody's hands."""
        with self._lock:
            label = next((label for label in wanted if label in self._allowed - self._taken), None)
            if label is not None:
                self._taken.add(label)
            return label

    def put_back(self, label: str) -> None:
        """Out of the hands again."""
        with self._lock:
            self._taken.discard(label)

    def image(self, label: str) -> Path:
        """The disc itself."""
        return self._discs / f"{label}.iso"


class Hands(threading.Thread):
    """Feeds one gateway until halted. `inserted` lists the discs in their order, `refusals` what commands said when they failed."""

    def __init__(self, gateway: Gateway, coordinator: Coordinator, pile: Pile, rest: float) -> None:
        super().__init__(name=f"hands at {gateway.name}", daemon=True)
        self.inserted: list[str] = []
        self.refusals: list[str] = []
        self.gateway = gateway
        self._coordinator, self._pile, self._rest = coordinator, pile, rest
        self._halt = threading.Event()

    @property
    def has_failed(self) -> bool:
        """Whether they ended though nobody halted them."""
        return not self.is_alive() and not self._halt.is_set()

    def halt(self, patience: float | None = None) -> None:
        """No more discs; returns when the hands rest, or after so many seconds: a command may wait for an answer that nobody gives any more."""
        self._halt.set()
        self.join(patience)

    def run(self) -> None:
        """Insert, wait, eject; whatever is asked for."""
        while not self._halt.wait(self._rest):
            label = self._pile.take([label for label, state in self._states().items() if state == "expected"])
            if label is None:
                continue
            self._tried(partial(self.gateway.insert, label, self._pile.image(label)))
            self.inserted.append(label)
            self._wait(label)
            self._tried(self.gateway.eject)
            self._pile.put_back(label)

    def _wait(self, label: str) -> None:
        """Until it is read, or was asked for so long that nobody can be reading it."""
        patient_until = time.monotonic() + PATIENCE_SECONDS
        while not self._halt.wait(self._rest):
            state = self._states().get(label, "reading")
            if state in READ or (state == "expected" and time.monotonic() > patient_until):
                return
            if state == "reading":
                patient_until = time.monotonic() + PATIENCE_SECONDS

    def _states(self) -> dict[str, str]:
        try:
            return {medium["label"]: medium["state"] for medium in self._coordinator.ask_json("media", "--json")["media"]}
        except (CommandError, subprocess.TimeoutExpired) as error:
            self.refusals.append(str(error))
            return {}

    def _tried(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except (CommandError, subprocess.TimeoutExpired) as error:
            self.refusals.append(str(error))

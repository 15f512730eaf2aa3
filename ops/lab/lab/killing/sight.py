"""What is seen of a run while it goes on: what each worker does, and whether an interruption is counted as a failure."""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic

from ..skein import Coordinator
from .arrivals import Arrivals
from .hands import UNANSWERED

POLL_SECONDS = 0.5
# Over so long the pace is taken.
WINDOW_SECONDS = 1.0
NOT_TOLD = "what was done then was not told any more"


class Pace:
    """How many objects arrived within the last second."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._seen: deque[tuple[float, int]] = deque([(monotonic(), 0)])

    def look(self) -> int:
        """Counts, and returns how many there are in all."""
        count, now = self._arrivals.count, monotonic()
        self._seen.append((now, count))
        while len(self._seen) > 1 and self._seen[1][0] <= now - WINDOW_SECONDS:
            self._seen.popleft()
        return count

    @property
    def per_second(self) -> int:
        """How many came since a second ago, by what was looked at."""
        return self._seen[-1][1] - self._seen[0][1]


class Attempts(threading.Thread):
    """Looks for studies that have an attempt counted against them, until halted: as long as the PACS was never away none may have any."""

    def __init__(self, coordinator: Coordinator) -> None:
        super().__init__(name="attempts", daemon=True)
        self.burnt: set[str] = set()
        self.looks = 0
        self._coordinator = coordinator
        self._halt = threading.Event()

    def halt(self) -> None:
        """No more looks; what a look under way still finds does not count."""
        self._halt.set()

    def run(self) -> None:
        """A look each half second."""
        while not self._halt.wait(POLL_SECONDS):
            try:
                studies = self._coordinator.ask_json("studies", "--json")["studies"]
            except UNANSWERED:
                continue
            if not self._halt.is_set():
                self.looks += 1
                self.burnt |= {study["studyInstanceUID"] for study in studies if study["attempts"]}


def activity(coordinator: Coordinator) -> tuple[str, bool]:
    """What the workers are doing, in words, by `workers --json`; and whether anything is being read or sent."""
    try:
        workers = coordinator.ask_json("workers", "--json")["workers"]
    except UNANSWERED:
        return NOT_TOLD, False
    words, leases = [], sum(worker["leases"] for worker in workers)
    for worker in workers:
        for drive in worker["drives"]:
            if drive["state"] == "reading":
                words.append(f"{worker['name']} reads {drive['label']}")
    words.append(f"{leases} leases ({'+'.join(str(worker['leases']) for worker in workers)})")
    return ", ".join(words), leases > 0 or len(words) > 1

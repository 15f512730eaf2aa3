"""One pair of eyes for everybody: what the coordinator's lists say, asked again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..progress import READ
from ..skein import CommandError, Coordinator

# Each look costs a command for each list: some 0.1 s of a processor.
PAUSE_SECONDS = 0.2
STATUS_SECONDS = 1.0


@dataclass(frozen=True)
class Sample:
    """What the lists said at one look. Moments are those of `time.monotonic`: before it was asked, and when all was answered."""

    asked: float
    answered: float
    workers: dict[str, dict]
    media: dict[str, dict]

    def state(self, name: str) -> str:
        """The state of that worker; "" where the coordinator knows none of that name."""
        return self.workers[name]["state"] if name in self.workers else ""

    def leases(self, name: str) -> int:
        """Parts that are leased to that worker."""
        return self.workers[name]["leases"] if name in self.workers else 0

    def discs(self, name: str, states: Collection[str] | None = None) -> set[str]:
        """The labels of the discs that this worker reads, or was the last to read; only those in these states, if any are given."""
        return {label for label, medium in self.media.items() if medium["worker"] == name and (states is None or medium["state"] in states)}

    @property
    def read(self) -> int:
        """How many discs are read."""
        return sum(medium["state"] in READ for medium in self.media.values())


def look(coordinator: Coordinator) -> Sample:
    """Asks for the lists of workers and media, in this order."""
    asked = time.monotonic()
    workers = {worker["name"]: worker for worker in coordinator.ask_json("workers", "--json")["workers"]}
    media = {medium["label"]: medium for medium in coordinator.ask_json("media", "--json")["media"]}
    return Sample(asked, time.monotonic(), workers, media)


class Watch(threading.Thread):
    """Looks until it is stopped, and keeps what it saw. `tell` hears the status about once a second."""

    def __init__(self, coordinator: Coordinator, tell: Callable[[dict], None]) -> None:
        super().__init__(name="watch", daemon=True)
        self._coordinator, self._tell = coordinator, tell
        self._news = threading.Condition()
        self._samples: list[Sample] = [look(coordinator)]
        self._status: dict = {"finished": False}
        self._failure: Exception | None = None
        self._halt = threading.Event()
        self._wanted: list[tuple[Callable[[Sample], object], Callable[[Sample], None]]] = []
        self.guards: list[Callable[[], None]] = []
        """Each raises CommandError when the run cannot go on; they are called while somebody waits."""

    def run(self) -> None:
        """Looks again and again."""
        told = 0.0
        try:
            while not self._halt.wait(PAUSE_SECONDS):
                sample = look(self._coordinator)
                if sample.answered - told >= STATUS_SECONDS:
                    told, self._status = sample.answered, self._coordinator.ask_json("status", "--json")
                    self._tell(self._status)
                with self._news:
                    self._samples.append(sample)
                    self._news.notify_all()
                    due = [pair for pair in self._wanted if pair[0](sample)]
                    self._wanted = [pair for pair in self._wanted if pair not in due]
                for _, act in due:
                    act(sample)
        except Exception as error:  # noqa: BLE001 whoever waits hears of it
            with self._news:
                self._failure = error
                self._news.notify_all()

    def stop(self) -> None:
        """No more looks; returns when the last one is over."""
        self._halt.set()
        self.join()

    @property
    def is_over(self) -> bool:
        """Whether, as the last status said, every disc is read and nothing is left to send."""
        return self._status["finished"] and not self._status["media"]["expected"]

    @property
    def latest(self) -> Sample:
        """The last look."""
        return self._samples[-1]

    def since(self, moment: float) -> list[Sample]:
        """The looks that were begun after that moment."""
        return [sample for sample in list(self._samples) if sample.asked >= moment]

    def when(self, holds: Callable[[Sample], object], act: Callable[[Sample], None]) -> None:
        """Hands the first look from now on for which that holds to `act`, at once."""
        with self._news:
            self._wanted.append((holds, act))

    def until(self, what: str, holds: Callable[[Sample], object], seconds: float, after: float = 0.0) -> Sample:
        """The first look from now on, begun after that moment, for which that holds.

        Raises CommandError when there is none within so many seconds, when a guard does, or when the coordinator answers no more.
        """
        deadline = time.monotonic() + seconds
        seen = len(self._samples) - 1
        while True:
            with self._news:
                self._news.wait_for(lambda: seen < len(self._samples) or self._failure, PAUSE_SECONDS)
                fresh = self._samples[seen:]
            seen += len(fresh)
            for sample in fresh:
                if sample.asked >= after and holds(sample):
                    return sample
            if self._failure:
                raise CommandError(f"the coordinator cannot be watched any more: {self._failure}")
            for guard in self.guards:
                guard()
            if time.monotonic() > deadline:
                raise CommandError(f"not within {seconds:.0f} s: {what}; {self._status.get('complaints')}; {_standing(self.latest)}")


def _standing(sample: Sample) -> str:
    workers = ", ".join(f"{name} {worker['state']} with {worker['leases']} leases" for name, worker in sample.workers.items())
    media = ", ".join(f"{label} {medium['state']}" for label, medium in sample.media.items() if medium["state"] not in READ)
    return f"{workers}; {media or 'all media are read'}"

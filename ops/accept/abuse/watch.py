"""What the coordinator uses, and what the honest fleet gets, second by second."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

SAMPLE_SECONDS = 0.2


@dataclass
class Use:
    """The most that a process used in a stretch of time."""

    mebibytes: float = 0
    descriptors: int = 0
    processor: float = 0

    def merge(self, other: "Use") -> None:
        """Takes in another stretch."""
        self.mebibytes = max(self.mebibytes, other.mebibytes)
        self.descriptors = max(self.descriptors, other.descriptors)
        self.processor = max(self.processor, other.processor)


class Watch:
    """Samples a process of this machine until it is stopped."""

    def __init__(self, process_id: int) -> None:
        self._folder = Path(f"/proc/{process_id}")
        self._samples: list[tuple[float, float, int, float]] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._is_over.wait(SAMPLE_SECONDS):
            try:
                pages = int((self._folder / "statm").read_text().split()[1])
                descriptors = len(list((self._folder / "fd").iterdir()))
                ticks = sum(int(word) for word in (self._folder / "stat").read_text().rsplit(")", 1)[1].split()[11:13])
            except OSError:
                return
            self._samples.append((time.time(), pages * 4096 / (1 << 20), descriptors, ticks / 100))

    def use(self, begin: float, end: float) -> Use:
        """What it used between two moments of time.time()."""
        samples = [sample for sample in self._samples if begin <= sample[0] <= end]
        if not samples:
            return Use()
        seconds = max(samples[-1][0] - samples[0][0], SAMPLE_SECONDS)
        return Use(max(sample[1] for sample in samples), max(sample[2] for sample in samples), (samples[-1][3] - samples[0][3]) / seconds)

    def stop(self) -> None:
        """Ends the sampling."""
        self._is_over.set()
        self._thread.join()


@dataclass
class Pace:
    """What the fleet got in a stretch of time."""

    seconds: float = 0
    cycles: int = 0
    failures: int = 0
    empty: int = 0
    waits: list[float] = field(default_factory=list)
    newcomer: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Cycles a second."""
        return self.cycles / self.seconds if self.seconds else 0

    def merge(self, other: "Pace") -> None:
        """Takes in another stretch."""
        self.seconds += other.seconds
        self.cycles += other.cycles
        self.failures += other.failures
        self.empty += other.empty
        self.waits += other.waits
        self.newcomer += other.newcomer


def pace(log: Path, begin: float, end: float) -> Pace:
    """What the fleet's log says about the time between two moments, as far as whole lines of it lie within."""
    total = Pace()
    before = float("-inf")
    for text in log.read_text(encoding="utf-8").splitlines():
        # The last line may be half written.
        if not (text.startswith("{") and text.endswith("}")):
            continue
        row = json.loads(text)
        if before >= begin and row["at"] <= end:
            total.merge(Pace(row["at"] - before, row["cycles"], row["failures"], row["empty"], row["waits"], row["newcomer"]))
        before = row["at"]
    return total


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

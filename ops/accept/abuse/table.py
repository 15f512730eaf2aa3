"""The table of a run, and what must hold of it."""

from __future__ import annotations

from dataclasses import dataclass

from .watch import Pace, Use, percentile

# A fleet that is attacked does at least this share of the cycles that it does alone.
PACE_SHARE = 0.9
# In fewer whole seconds a pace says nothing.
PACE_SECONDS = 5
# The bound for the coordinator's memory.
MEBIBYTES = 300
# Connections (docs/protocol.md, "Bounds"): those of strangers, and as many workers as there are here; and files.
DESCRIPTORS = 256 + 200


@dataclass
class Row:
    """One attack: what became of it, and of the coordinator and the fleet meanwhile."""

    name: str
    attempts: int
    refused: int
    note: str
    seconds: float
    use: Use
    pace: Pace
    is_held: bool = True

    def faults(self, alone: float) -> list[str]:
        """What must hold and does not; `alone` is the fleet's pace without an attack."""
        faults = []
        if not self.is_held:
            faults.append(f"{self.attempts - self.refused} of {self.attempts} attempts were not refused ({self.note})")
        if self.pace.seconds >= PACE_SECONDS and self.pace.per_second < alone * PACE_SHARE:
            faults.append(f"the fleet did {self.pace.per_second:.0f} cycles a second, alone {alone:.0f}")
        if self.pace.failures:
            faults.append(f"{self.pace.failures} connections of honest workers broke or did not come about")
        if self.use.mebibytes > MEBIBYTES:
            faults.append(f"the coordinator used {self.use.mebibytes:.0f} MiB, more than {MEBIBYTES}")
        if self.use.descriptors > DESCRIPTORS:
            faults.append(f"the coordinator had {self.use.descriptors} files open, more than {DESCRIPTORS}")
        return [f"{self.name}: {fault}" for fault in faults]

    def text(self) -> str:
        """The row in Markdown."""
        waits, newcomer = self.pace.waits, self.pace.newcomer
        cells = [
            self.name, f"{self.attempts}", f"{self.refused}", self.note, f"{self.seconds:.0f}", f"{self.pace.per_second:.0f}",
            f"{percentile(waits, 0.5):.1f}", f"{percentile(waits, 0.99):.1f}", f"{percentile(newcomer, 0.5):.0f}", f"{max(newcomer, default=0):.0f}",
            f"{self.use.mebibytes:.0f}", f"{self.use.descriptors}", f"{self.use.processor:.2f}"]
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| attack | attempts | refused | how | s | cycles/s | reply p50 ms | p99 ms | newcomer p50 ms | worst ms | MiB | files | processors |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|")

"""The table of a run, and what must hold of each attack."""

from __future__ import annotations

from dataclasses import dataclass

from .outcome import Outcome
from .watch import Pace, Use, percentile

# The fleet that is attacked does at least this share of the cycles that it does in the quiet stretch before: it asks at a steady pace, far below what the
# coordinator could do, and a turn that comes late is lost. So a tenth is what may be lost to turns that wait for an attacker's.
PACE_SHARE = 0.9
# In fewer whole seconds a pace says nothing: a row that has fewer fails.
PACE_SECONDS = 6
# A worker that connects anew is greeted within this time, though strangers crowd the port: less than the worker's own patience with a connection (10 s).
NEWCOMER_SECONDS = 8
# The bound for the coordinator's memory: 300 MB.
MEBIBYTES = 300_000_000 / (1 << 20)
# What one attack may add to it: waiting lines of 256 strangers (128 KiB each), and their TLS.
GROWTH_MEBIBYTES = 64
# Connections (docs/protocol.md, "Bounds"): those of strangers and of the workers that there are here, those that were accepted and not closed yet; and files.
DESCRIPTORS = 256 + 200
# Connections that come to nothing are told in a line of some 300 bytes every two seconds; the rest is for what each attack brings once.
LOG_BYTES = 16 * 1024
LOG_BYTES_A_SECOND = 512


@dataclass
class Row:
    """One attack: what became of it, and of the coordinator and the fleet meanwhile."""

    name: str
    outcome: Outcome
    seconds: float
    use: Use
    quiet_use: Use
    log_bytes: int
    # Cycles a second.
    asked: float
    quiet: Pace
    pace: Pace

    @property
    def share(self) -> float:
        """The fleet's pace as a share of that in the quiet stretches beside it."""
        return self.pace.per_second / self.quiet.per_second if self.quiet.per_second else 0.0

    @property
    def keeps_pace(self) -> bool:
        """Whether the fleet kept its pace, as far as it was measured."""
        return self.share >= PACE_SHARE

    def merge(self, other: "Row") -> None:
        """Takes in another measurement of the same."""
        self.outcome.merge(other.outcome)
        self.seconds += other.seconds
        self.use.merge(other.use)
        self.log_bytes += other.log_bytes
        self.quiet.merge(other.quiet)
        self.pace.merge(other.pace)

    def faults(self) -> list[str]:
        """What must hold and does not."""
        faults = list(self.outcome.faults)
        if min(self.pace.seconds, self.quiet.seconds) < PACE_SECONDS:
            faults.append(f"the fleet's pace was measured for {self.pace.seconds:.1f} s, and without it for {self.quiet.seconds:.1f} s: {PACE_SECONDS} are needed")
        if self.quiet.per_second < PACE_SHARE * self.asked:
            faults.append(f"the fleet did {self.quiet.per_second:.0f} cycles a second without it, and was to do {self.asked:.0f}: the machine is too busy")
        if self.pace.empty + self.quiet.empty:
            faults.append("the fleet had no work left: it needs more --studies")
        if not self.keeps_pace:
            faults.append(f"the fleet did {self.pace.per_second:.0f} cycles a second, beside that without it {self.quiet.per_second:.0f}")
        if self.pace.failures:
            faults.append(f"{self.pace.failures} connections of honest workers broke or did not come about")
        if not self.pace.newcomer or max(self.pace.newcomer) > NEWCOMER_SECONDS * 1000:
            faults.append(f"a worker that connects anew was not greeted within {NEWCOMER_SECONDS} s")
        if self.use.mebibytes > min(MEBIBYTES, self.quiet_use.mebibytes + GROWTH_MEBIBYTES):
            faults.append(f"the coordinator used {self.use.mebibytes:.0f} MiB, before it {self.quiet_use.mebibytes:.0f}")
        if self.use.descriptors > DESCRIPTORS:
            faults.append(f"the coordinator had {self.use.descriptors} files open, more than {DESCRIPTORS}")
        if self.log_bytes > LOG_BYTES + LOG_BYTES_A_SECOND * self.seconds:
            faults.append(f"the coordinator's log grew by {self.log_bytes} bytes")
        return [f"{self.name}: {fault}" for fault in faults]

    def text(self) -> str:
        """The row in Markdown."""
        waits, newcomer = self.pace.waits, self.pace.newcomer
        cells = [
            self.name, f"{self.outcome.attempts}", f"{self.outcome.refused}", self.outcome.word, f"{self.seconds:.0f}", f"{self.quiet.per_second:.0f}",
            f"{self.pace.per_second:.0f}", f"{self.share:.2f}", f"{percentile(waits, 0.5):.1f}", f"{percentile(waits, 0.99):.1f}",
            f"{max(newcomer, default=0):.0f}", f"{self.use.mebibytes:.0f}", f"{self.use.descriptors}", f"{self.log_bytes}", f"{self.use.processor:.2f}"]
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| attack | attempts | refused | how | s | cycles/s without | with | share | reply p50 ms | p99 ms | newcomer worst ms | MiB | files | log bytes | processors |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")

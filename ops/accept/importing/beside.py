"""Others are served while a running coordinator imports: each write of theirs waits for a chunk at most."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from lab.skein import Coordinator

from .terminal import Shown, at_terminal

PAUSE_SECONDS = 0.2


@dataclass
class Waits:
    """The seconds that `coordinator invite` took each time, which writes to the ledger; and what became of the one that failed, if any did."""

    seconds: list[float] = field(default_factory=list)
    failure: str | None = None

    def faults(self, longest: float, importing: float) -> list[str]:
        """What is wrong: one that failed or took longer than `longest`, or fewer than `importing` seconds have room for, each waiting that long."""
        faults = [f"invitation {len(self.seconds) + 1} failed during the import: {self.failure}"] if self.failure else []
        if self.seconds and max(self.seconds) > longest:
            faults.append(f"an invitation took {max(self.seconds):.1f} s during the import")
        least = max(1, int(importing / (longest + PAUSE_SECONDS)))
        if len(self.seconds) < least:
            faults.append(f"{len(self.seconds)} invitations were made during an import of {importing:.1f} s, at least {least} should be")
        return faults


def import_served(made: Coordinator, file: Path, folder: Path) -> tuple[Shown, Waits]:
    """Imports through the coordinator's socket, and invites workers meanwhile."""
    waits = Waits()
    is_over = threading.Event()

    def invite() -> None:
        try:
            while not is_over.wait(PAUSE_SECONDS):
                started = time.monotonic()
                made.ask("invite", f"gateway-{len(waits.seconds)}")
                waits.seconds.append(time.monotonic() - started)
        except Exception as error:  # noqa: BLE001: whatever it is, it is told
            waits.failure = f"after {time.monotonic() - started:.1f} s: {error}"

    person = threading.Thread(target=invite)
    with made.serve(folder / "serve.log"):
        person.start()
        try:
            shown = at_terminal([str(made.program), "orders", "import", str(file), "--config", str(made.configuration)], folder / "served.txt")
        finally:
            is_over.set()
            person.join()
    return shown, waits

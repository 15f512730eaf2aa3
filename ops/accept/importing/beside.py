"""Others are served while a running coordinator imports: each write of theirs waits for a chunk at most."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from lab.skein import Coordinator

from .terminal import Shown, at_terminal

PAUSE_SECONDS = 0.2


def import_served(made: Coordinator, file: Path, folder: Path) -> tuple[Shown, list[float]]:
    """Imports through the coordinator's socket; the seconds that `coordinator invite` took each time meanwhile, which writes to the ledger."""
    waits: list[float] = []
    is_over = threading.Event()

    def invite() -> None:
        while not is_over.wait(PAUSE_SECONDS):
            started = time.monotonic()
            made.ask("invite", f"gateway-{len(waits)}")
            waits.append(time.monotonic() - started)

    person = threading.Thread(target=invite)
    with made.serve(folder / "serve.log"):
        person.start()
        try:
            shown = at_terminal([str(made.program), "orders", "import", str(file), "--config", str(made.configuration)], folder / "served.txt")
        finally:
            is_over.set()
            person.join()
    return shown, waits

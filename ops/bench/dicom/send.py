"""(b) to (e) Sending: `worker send` beside storescu, to the same destination."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from lab.processes import Child, free_port
from lab.proxy.delay import Delay
from pipeline.figures import Usage, run_measured
from pipeline.peer import AE_TITLE, TUNED, Peer, await_port, environment, storescu

from . import granting_peer

ROUND_TRIP_SECONDS = 0.040
# Operations that a destination with a window grants: as many as `worker send` asks for.
WINDOW = 32


class GrantingPeer:
    """A pynetdicom that takes objects and grants so many operations at a time, in the shape of the pipeline's storescp."""

    def __init__(self, window: int, log: Path) -> None:
        self.port = free_port()
        log.unlink(missing_ok=True)
        self._child = Child("pynetdicom", [sys.executable, "-m", granting_peer.__name__, str(self.port), str(window)], log)
        await_port(self._child, self.port)

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    @property
    def received(self) -> int:
        """Objects that it took so far."""
        return self._child.log.read_text().split().count(granting_peer.TAKEN)


class Way:
    """A destination, at once or a long way off, and what it took: a storescp tuned, or one that grants a window."""

    def __init__(self, log: Path, round_trip: float = 0, window: int | None = None) -> None:
        self._peer = Peer(TUNED, log) if window is None else GrantingPeer(window, log)
        self._delay = Delay(self._peer.port, round_trip / 2) if round_trip else nullcontext()

    def __enter__(self) -> "Way":
        self._delay.__enter__()
        return self

    def __exit__(self, *words: object) -> None:
        self._delay.__exit__(*words)
        self._peer.__exit__(*words)

    @property
    def port(self) -> int:
        """Where a sender connects to."""
        return self._delay.port if isinstance(self._delay, Delay) else self._peer.port

    def require(self, count: int) -> None:
        """RuntimeError unless the destination took so many."""
        if self._peer.received != count:
            raise RuntimeError(f"{self._peer.received} of {count} objects arrived")


def run_ours(worker: Path, folders: list[Path], count: int, associations: int, out: Path, round_trip: float = 0, window: int | None = None) -> tuple[float, Usage]:
    """`worker send`; its own report and the destination must both count all."""
    report = out / "report.json"
    with Way(out / "destination.log", round_trip, window) as way:
        destination = f"dicom://{AE_TITLE}@127.0.0.1:{way.port}?calling=SKEIN"
        command = [str(worker), "send", "--to", destination, "--associations", str(associations), "--json", *map(str, folders)]
        figures = run_measured(command, output=report)
        way.require(count)
    if json.loads(report.read_text())["acknowledged"] != count:
        raise RuntimeError("worker send reports another number of objects")
    return figures


def run_theirs(folders: list[Path], count: int, associations: int, out: Path, round_trip: float = 0, window: int | None = None) -> tuple[float, Usage]:
    """storescu tuned; for several associations several of them at once, each with its share of the folders."""
    shares = [folders[number::associations] for number in range(associations)]
    with Way(out / "destination.log", round_trip, window) as way, ThreadPoolExecutor(associations) as pool:
        started = time.monotonic()
        runs = list(pool.map(lambda share: run_measured(storescu(TUNED, way.port, share), environment(TUNED)), shares))
        seconds = time.monotonic() - started
        way.require(count)
    return seconds, Usage(sum(used.seconds for _, used in runs), max(used.peak_bytes for _, used in runs))

"""The coordinator under its fleet."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.processes import Child
from lab.skein import Coordinator

from .material import Material, Programs
from .seed import WORKERS

# A thousand handshakes and HELLOs before a load, and what is under way after it, generously.
CONNECT_SECONDS = 300
# For the start on a large ledger, generously: how long it takes is told.
START_SECONDS = 300
# More than a term, and what a restart adds to it.
SETTLE_SECONDS = 180
# Numbers in one question to SQLite.
CHUNK = 500


@dataclass(frozen=True)
class Run:
    """What a load came to; latencies of LEASE replies in milliseconds. An error is also a live grant that is answered `STALE`."""

    rate: float
    recorded: int
    errors: int
    p50: float
    p99: float
    highest: float

    @classmethod
    def of(cls, text: str) -> "Run":
        """From the load program's JSON. A cycle is one durable grant and one durable result."""
        told = json.loads(text)
        lease = told["lease"]
        return cls(min(told["granted"], told["recorded"]) / told["seconds"], told["recorded"], told["errors"] + told["stale"],
                   lease["p50"] / 1000, lease["p99"] / 1000, lease["highest"] / 1000)


@dataclass(frozen=True)
class Kept:
    """What an independent look into the ledger found of what the load had been told; `again` is how long the next start took, in seconds."""

    granted: int
    recorded: int
    lost: int
    again: float


@dataclass
class Server:
    """The coordinator over a material's ledger."""

    child: Child
    # From its start to its first answer to an operator.
    start_seconds: float
    peak: int = 0

    def note_memory(self) -> None:
        """Remembers the most memory that it had resident: VmHWM, proc(5)."""
        status = Path(f"/proc/{self.child.process_id}/status").read_text(encoding="utf-8")
        self.peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


@contextmanager
def serving(programs: Programs, material: Material) -> Iterator[Server]:
    """The coordinator, until the body ends or kills it."""
    began = time.monotonic()
    with Coordinator(programs.coordinator, material.coordinator).serve(material.folder / "serve.log", START_SECONDS) as child:
        server = Server(child, time.monotonic() - began)
        yield server
        if child.exit_status is None:
            server.note_memory()


def load_command(programs: Programs, material: Material, count: int, seconds: float, rate: float, interrupts: bool) -> list[str]:
    """The load program's words."""
    text = (material.coordinator / "coordinator.yaml").read_text(encoding="utf-8")
    port = re.search(r"^worker-port: .*port: (\d+)", text, re.MULTILINE)
    if port is None:
        raise RuntimeError("the coordinator's configuration names no port")
    return [str(programs.load), "run", str(material.fleet), port[1], str(WORKERS), str(count), str(seconds), str(rate), str(int(interrupts))]


def run(programs: Programs, material: Material, count: int, seconds: float, rate: float = 0, interrupts: bool = False) -> Run:
    """One load on a coordinator that serves."""
    command = load_command(programs, material, count, seconds, rate, interrupts)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=seconds + CONNECT_SECONDS, check=False)
    if done.returncode:
        raise RuntimeError("the load program failed")
    return Run.of(done.stdout)


def run_until_killed(programs: Programs, material: Material, count: int, seconds: float) -> tuple[Server, Kept]:
    """Kills the coordinator with SIGKILL when all workers have been at work for so long; then looks for all that it had acknowledged."""
    with serving(programs, material) as server:
        with subprocess.Popen(load_command(programs, material, count, 0, 0, False), stdout=subprocess.PIPE, text=True) as load:
            load.stdout.readline()
            time.sleep(seconds)
            server.note_memory()
            server.child.kill()
            told, _ = load.communicate(timeout=CONNECT_SECONDS)
        if load.returncode:
            raise RuntimeError("the load program failed")
        if Run.of(told).errors:
            raise RuntimeError(f"before the kill {Run.of(told).errors} lines were answered with an error")
    granted, recorded = _numbers(material.fleet / "granted"), _numbers(material.fleet / "recorded")
    if not recorded:
        raise RuntimeError("nothing was acknowledged before the kill: let the load run for longer")
    with closing(sqlite3.connect(material.ledger)) as ledger:
        lost = _missing(ledger, granted, "SELECT number FROM lease_grant WHERE number IN ({})")
        # A recorded result is three things: the grant was answered, its part is done, its study is verified.
        lost += _missing(ledger, recorded, "SELECT g.number FROM lease_grant g JOIN part p ON p.id = g.part JOIN study s ON s.id = p.study "
                         "WHERE g.state = 'answered' AND p.is_done = 1 AND s.state = 'verified' AND g.number IN ({})")
    return server, Kept(len(granted), len(recorded), lost, _settle(programs, material))


def _settle(programs: Programs, material: Material) -> float:
    """Starts it again and waits until the leases that nobody names any more are over, so that the next run finds none; returns how long the start took."""
    with serving(programs, material) as server, closing(sqlite3.connect(material.ledger)) as ledger:
        deadline = time.monotonic() + SETTLE_SECONDS
        while ledger.execute("SELECT count(*) FROM lease_grant WHERE state = 'live'").fetchone()[0]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"leases are live {SETTLE_SECONDS} s after a restart, though nobody names them")
            time.sleep(1)
        return server.start_seconds


def _numbers(path: Path) -> list[int]:
    return [int(line) for line in path.read_text(encoding="utf-8").split()]


def _missing(ledger: sqlite3.Connection, numbers: list[int], question: str) -> int:
    if len(set(numbers)) != len(numbers):
        raise RuntimeError("a grant was acknowledged twice")
    found = 0
    for begin in range(0, len(numbers), CHUNK):
        chunk = numbers[begin:begin + CHUNK]
        found += len(set(ledger.execute(question.format(",".join("?" * len(chunk))), chunk).fetchall()))
    return len(numbers) - found

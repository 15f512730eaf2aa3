"""beanstalkd with its log synced at each write, and how fast this disk syncs at all."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lab.processes import Child, free_port

from .material import Programs

START_SECONDS = 10
# What beanstalkd is tried with: connections, and whether a connection sends its next reserve together with the delete.
WAYS = [(1, False), (4, False), (16, False), (64, False), (1, True), (4, True)]
TRIAL_JOBS = 1000
VERSION = "1.12"
SYNCS, SYNC_BYTES = 200, 512


@dataclass(frozen=True)
class Way:
    """How beanstalkd was driven, and the cycles of reserve + delete a second."""

    connections: int
    pipelined: bool
    rate: float

    def __str__(self) -> str:
        return f"{self.connections} connections{', delete and reserve in one write' if self.pipelined else ''}"


def measure(programs: Programs, folder: Path, connections: int, pipelined: bool, jobs: int) -> Way:
    """One run on a new log: the jobs are put beforehand, then reserved and deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    port = free_port()
    command = ["beanstalkd", "-l", "127.0.0.1", "-p", str(port), "-b", str(folder), "-f", "0"]
    with Child("beanstalkd", command, folder / "beanstalkd.log"):
        _await(port)
        done = subprocess.run([programs.queue, str(port), str(connections), str(jobs), str(int(pipelined))], check=True, capture_output=True, text=True)
    return Way(connections, pipelined, float(done.stdout))


def best_way(programs: Programs, folder: Path) -> Way:
    """Tries all ways shortly and prints them; returns the fastest."""
    said = subprocess.run(["beanstalkd", "-v"], check=True, capture_output=True, text=True).stdout.strip()
    if VERSION not in said.split():
        raise RuntimeError(f"what is measured beside is beanstalkd {VERSION}; here is {said}")
    tried = [measure(programs, folder, connections, pipelined, TRIAL_JOBS) for connections, pipelined in WAYS]
    for way in tried:
        print(f"  beanstalkd, {way}: {way.rate:,.0f} cycles/s", flush=True)
    return max(tried, key=lambda way: way.rate)


def sync_milliseconds(folder: Path) -> float:
    """The median time of a small write and fdatasync into a file that has its blocks already."""
    path, times = folder / "sync", []
    with open(path, "wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, SYNCS * SYNC_BYTES)
        os.fsync(file.fileno())
        for _ in range(SYNCS):
            begin = time.perf_counter()
            file.write(bytes(SYNC_BYTES))
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    path.unlink()
    return median(times) * 1000


def _await(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError("beanstalkd does not listen") from None
            time.sleep(0.05)

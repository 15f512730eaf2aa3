"""What the bench needs and keeps between runs: its programs in C, and ledgers of two sizes with the fleet that works on them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lab.skein import Coordinator

from .seed import DESTINATION, WORKERS, make_seed

SOURCES = Path(__file__).parent / "c"
PROGRAMS = {
    "load": (["load.c", "gateway.c", "enrol.c", "histogram.c", "tools.c"], ["-lssl", "-lcrypto"]),
    "queue": (["queue.c", "tools.c"], []),
    "fill": (["fill.c", "rows.c", "tools.c"], ["-lsqlite3", "-lcrypto", "-lz"]),
}
STUDIES_OF_MEDIUM = 20
# A file in each folder that is finished: says what is in it, and by its time when the fleet enrolled.
MARK = "made"
# Certificates live seven days; a kept fleet is made anew before.
FLEET_SECONDS = 6 * 86_400


@dataclass(frozen=True)
class Programs:
    """The coordinator, and where the bench's own programs are."""

    coordinator: Path
    folder: Path

    @property
    def load(self) -> Path:
        """The fleet in one process."""
        return self.folder / "load"

    @property
    def queue(self) -> Path:
        """beanstalkd's client."""
        return self.folder / "queue"

    @property
    def fill(self) -> Path:
        """The filler."""
        return self.folder / "fill"


@dataclass(frozen=True)
class Material:
    """A coordinator's folder with a filled ledger, and its fleet's keys, certificates and custodies."""

    folder: Path
    studies: int

    @property
    def coordinator(self) -> Path:
        """The coordinator's folder."""
        return self.folder / "coordinator"

    @property
    def fleet(self) -> Path:
        """What the load program needs of the workers, and where it writes what was acknowledged."""
        return self.folder / "fleet"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.coordinator / "ledger.sqlite"

    @property
    def byte_count(self) -> int:
        """The ledger's size."""
        return self.ledger.stat().st_size


def build(coordinator: Path, out: Path) -> Programs:
    """Compiles the programs in C."""
    for program in ["gcc", "beanstalkd"]:
        if shutil.which(program) is None:
            raise RuntimeError(f"there is no {program} here: apt-get install {program}")
    out.mkdir(parents=True, exist_ok=True)
    for name, (sources, libraries) in PROGRAMS.items():
        command = ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(out / name), *(str(SOURCES / source) for source in sources), *libraries]
        subprocess.run(command, check=True)
    return Programs(coordinator, out)


def ensure(programs: Programs, out: Path, name: str, studies: int) -> Material:
    """The ledger of so many studies: as the last run left it, or made now."""
    folder, tables = out / name, _tables(programs, out)
    wanted = f"{studies} {tables}"
    if not _is_kept(folder, wanted):
        seed = _seed(programs, out, tables)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(seed, folder)
        began = time.monotonic()
        print(f"filling a ledger of {studies:,} studies …", flush=True)
        subprocess.run([programs.fill, folder / "coordinator" / "ledger.sqlite", folder / "fleet", str(WORKERS), str(studies),
                        str(min(STUDIES_OF_MEDIUM, studies // WORKERS))], check=True)
        # As old as the seed: so are the certificates.
        _write_mark(folder, wanted, (seed / MARK).stat().st_mtime)
        print(f"made in {time.monotonic() - began:.0f} s", flush=True)
    return Material(folder, studies)


def _seed(programs: Programs, out: Path, tables: str) -> Path:
    """What is multiplied: one for all sizes."""
    folder = out / "seed"
    if not _is_kept(folder, tables):
        print(f"enrolling {WORKERS:,} workers …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make_seed(programs.coordinator, programs.load, folder)
        _write_mark(folder, tables, time.time())
    return folder


def _is_kept(folder: Path, wanted: str) -> bool:
    mark = folder / MARK
    return mark.exists() and time.time() - mark.stat().st_mtime < FLEET_SECONDS and mark.read_text(encoding="utf-8") == wanted


def _write_mark(folder: Path, wanted: str, enrolled: float) -> None:
    (folder / MARK).write_text(wanted, encoding="utf-8")
    os.utime(folder / MARK, (enrolled, enrolled))


def _tables(programs: Programs, out: Path) -> str:
    """Changes with the ledger's tables: a filled ledger of other ones is no material."""
    probe = out / "schema"
    shutil.rmtree(probe, ignore_errors=True)
    Coordinator(programs.coordinator, probe).init(DESTINATION, 1, {})
    with sqlite3.connect(probe / "ledger.sqlite") as ledger:
        tables = ledger.execute("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name)").fetchone()[0]
    shutil.rmtree(probe)
    return hashlib.sha256(tables.encode()).hexdigest()

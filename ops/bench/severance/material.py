"""What is simulated: the lab's two sets, in fresh ledgers of the real coordinator, and the peers' database and table."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lab import people
from lab.severance import making
from lab.severance.making import FIRST, THIRD, make_severance
from lab.severance.rule import BARE, simulate
from lab.skein import run

from .tables import Table

SEED = 1
HERE = Path(__file__).parent
DESTINATION = "dicom://ARCHIVE@127.0.0.1:104?calling=SKEIN"
IMPORT_SECONDS = 900


@dataclass(frozen=True)
class Material:
    """Where it lies."""

    folder: Path

    def orders(self, name: str) -> Path:
        """The orders of a set."""
        return self.folder / name / "orders.csv"

    def studies(self, name: str) -> Path:
        """The mini-PACS database of a set."""
        return self.folder / name / "studies.csv"

    @property
    def database(self) -> Path:
        """What the sqlite3 shell joins: the set of table 3."""
        return self.folder / "peer.sqlite"

    @property
    def bare(self) -> Table:
        """What the peers' join comes to, which looks neither at people, issuers nor competing studies."""
        return {tuple(place): count for *place, count in json.loads(self._bare.read_text(encoding="utf-8"))}

    def write_bare(self) -> None:
        """Counts it from the files."""
        self._bare.write_text(json.dumps([[*place, count] for place, count in simulate(self.folder / THIRD, BARE).items()]), encoding="utf-8")

    @property
    def _bare(self) -> Path:
        return self.folder / "bare.json"


def ensure_material(folder: Path) -> Material:
    """Makes both sets, the peers' database and table unless they are there already, made by the same files."""
    material = Material(folder)
    stamp, wanted = folder / "made.txt", f"{_digest()} {SEED}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return material
    shutil.rmtree(folder, ignore_errors=True)
    started = time.monotonic()
    for name, made in make_severance(folder, SEED).items():
        print(f"{name}: {len(made.studies):,} studies, {len(made.orders):,} orders", flush=True)
    _load_peer(material)
    material.write_bare()
    print(f"made in {time.monotonic() - started:.0f} s", flush=True)
    stamp.write_text(wanted)
    return material


def _digest() -> str:
    """Of all files that say what the material is."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(making.__file__).parent.iterdir()), Path(people.__file__), Path(__file__), HERE / "load.sql"]:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _load_peer(material: Material) -> None:
    script = "\n".join([
        ".bail on", ".mode csv", f".import '{material.orders(THIRD)}' csv_orders", f".import '{material.studies(THIRD)}' csv_studies",
        (HERE / "load.sql").read_text(encoding="utf-8")])
    subprocess.run(["sqlite3", str(material.database)], input=script, text=True, encoding="utf-8", check=True)


def warm(*paths: Path) -> None:
    """Reads files once, so that they are in the page cache: disks are not compared."""
    for path in paths:
        with open(path, "rb") as file:
            while file.read(1 << 20):
                pass


def fresh_ledgers(program: Path, material: Material, folder: Path) -> dict[str, Path]:
    """Imports both sets into ledgers of their own; their configurations by the set's name."""
    shutil.rmtree(folder, ignore_errors=True)
    configurations = {}
    for name in (THIRD, FIRST):
        home = folder / name
        home.parent.mkdir(parents=True, exist_ok=True)
        run([str(program), "init", str(home), "--destination", DESTINATION])
        configurations[name] = home / "coordinator.yaml"
        for words, file in ((["orders"], material.orders(name)), (["studies"], material.studies(name))):
            started = time.monotonic()
            said = run([str(program), *words, "import", str(file), "--config", str(configurations[name])], patience=IMPORT_SECONDS).strip()
            print(f"{name}: {said}, in {time.monotonic() - started:.0f} s", flush=True)
    return configurations


def ledger_of_read(configuration: Path, folder: Path) -> Path:
    """A copy of a ledger in which all studies that the legacy index lists were read too (read.sql); its configuration."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(configuration.parent, folder)
    ledger = sqlite3.connect(folder / "ledger.sqlite")
    with ledger:
        ledger.executescript((HERE / "read.sql").read_text(encoding="utf-8"))
    ledger.close()
    return folder / configuration.name

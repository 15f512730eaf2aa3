"""What is simulated: the lab's two sets, in fresh ledgers of the real coordinator, and the peer's database."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lab.severance.making import FIRST, THIRD, make_severance
from lab.skein import run

SEED = 1
HERE = Path(__file__).parent
# Raised when the lab makes other bytes than before: what an earlier run left is then made anew.
VERSION = 1
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


def ensure_material(folder: Path) -> Material:
    """Makes both sets and the peer's database unless they are there already."""
    material = Material(folder)
    stamp, wanted = folder / "made.txt", f"{VERSION} {SEED}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return material
    shutil.rmtree(folder, ignore_errors=True)
    started = time.monotonic()
    for name, made in make_severance(folder, SEED).items():
        print(f"{name}: {len(made.studies):,} studies, {len(made.orders):,} orders", flush=True)
    _load_peer(material)
    print(f"made in {time.monotonic() - started:.0f} s", flush=True)
    stamp.write_text(wanted)
    return material


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

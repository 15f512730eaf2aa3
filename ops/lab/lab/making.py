"""Makes a hospital on disk, on all processors at hand."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from .burn import burn_discs
from .hospital import plan
from .model import Disc, Hospital
from .processes import processors
from .tables import write_tables


def make_hospital(seed: int, size: str, folder: Path) -> Hospital:
    """Makes discs and tables in the folder, in place of what a hospital left there before."""
    hospital = plan(seed, size)
    discs = folder / "discs"
    shutil.rmtree(discs, ignore_errors=True)
    discs.mkdir(parents=True)
    stacks = _stacks(hospital.discs)
    heaviest = sorted(stacks, key=lambda stack: (-_weight(stack), stack[0].label))
    with processors() as pool:
        burning = {stack[0].label: pool.submit(burn_discs, seed, stack, discs) for stack in heaviest}
        burnt = [file for stack in stacks for file in burning[stack[0].label].result()]
    write_tables(hospital, burnt, folder)
    return hospital


def ensure_hospital(seed: int, size: str, folder: Path) -> bool:
    """Makes the hospital unless the folder has it already, made by this very lab; returns whether it was made."""
    stamp, wanted = folder / "made.txt", f"seed {seed}, {size}, lab {_lab_digest()}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    stamp.unlink(missing_ok=True)
    make_hospital(seed, size, folder)
    stamp.write_text(wanted)
    return True


def _lab_digest() -> str:
    """SHA-256 over the lab's own files and the versions of what it uses."""
    here = Path(__file__).parent
    digest = hashlib.sha256((here.parent / "requirements.txt").read_bytes())
    for path in sorted(here.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stacks(discs: list[Disc]) -> list[list[Disc]]:
    """Each original with its copies."""
    return [[disc, *(copy for copy in discs if copy.copy_of == disc.label)] for disc in discs if not disc.copy_of]


def _weight(stack: list[Disc]) -> int:
    return sum(50 if file.instance and file.instance.material.startswith("ct512") else 15 for file in stack[0].files)

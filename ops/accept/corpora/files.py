"""Which files there are. GDCM's own test data (gdcmData) is in no package of Debian or PyPI; pydicom's store holds two of its samples."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pydicom
import pynetdicom

from .faults import make

# Where each package of requirements.txt keeps its samples.
INSTALLED = {"pydicom-data": "data_store/data", "nibabel": "nibabel/nicom/tests/data"}
# So many objects are read of each corpus at the least: a check of fewer looked at something else, or not at all.
READ_AT_LEAST = {"pydicom": 160, "pydicom-charsets": 17, "pynetdicom": 6, "faults": 30, "pydicom-data": 65, "nibabel": 7}


def corpora(installed: Path | None, made: Path) -> dict[str, Path]:
    """Folders by the name that the tables of docs/conformance.md call them by.

    `installed` is where requirements.txt went; into `made` the objects with faults are written.
    """
    data = Path(pydicom.__file__).parent / "data"
    folders = {
        "pydicom": data / "test_files",
        "pydicom-charsets": data / "charset_files",
        "pynetdicom": Path(pynetdicom.__file__).parent / "tests" / "dicom_files",
        "faults": made,
    }
    make(made)
    if installed:
        folders |= {name: installed / place for name, place in INSTALLED.items()}
        unpack(folders["nibabel"])
    for name, folder in folders.items():
        if not folder.is_dir():
            raise SystemExit(f"{name} has no {folder}: run `make setup`")
    return folders


def unpack(folder: Path) -> None:
    """Objects that a package carries compressed are laid beside it."""
    for packed in folder.glob("*.dcm.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))


def too_few(names: Iterable[str], folders: dict[str, Path], what: str, least: dict[str, int] = READ_AT_LEAST) -> list[str]:
    """A sentence for each corpus of which fewer of these names are than must be."""
    counts = Counter(name.split("/")[0] for name in names)
    return [
        f"{corpus}: {counts[corpus]} are {what}, and {least[corpus]} must be at the least"
        for corpus in folders if counts[corpus] < least[corpus]
    ]


def files(folders: dict[str, Path]) -> dict[str, Path]:
    """Every file by its name in the tables: its corpus, and its path within it."""
    found = {}
    for name, folder in folders.items():
        for place, _, names in sorted(os.walk(folder)):
            for file in sorted(names):
                path = Path(place) / file
                found[f"{name}/{path.relative_to(folder)}"] = path
    return found

"""Makes the files of a disc and burns them; says where each file's bytes came to lie."""

from __future__ import annotations

import calendar
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from .dicomdir import Entry, make_dicomdir
from .iso import SECTOR, Burn, Extent, cut_image, write_image
from .model import Disc
from .objects import StudyPress

SECONDS_PER_SESSION = 30 * 86_400
# Where the cut goes through a file: behind its header, before its end.
CUT_WITHIN_FILE = 0.6


@dataclass
class BurntFile:
    """A file as it lies on its disc. `damage` says why it cannot be read as an object ("" when it can)."""

    label: str
    path: str
    study_instance_uid: str
    sop_instance_uid: str
    offset: int
    byte_count: int
    sha256: str
    damage: str


def burn_discs(seed: int, discs: list[Disc], folder: Path) -> list[BurntFile]:
    """Burns a disc and its copies, all in one go, so that a copy's files are made once."""
    tree = folder / f".{discs[0].label}"
    contents = _contents(seed, discs[0])
    digests = [hashlib.sha256(contents[id(file)]).hexdigest() for file in discs[0].files]
    trees = _write_trees(discs[0], contents, tree)
    burnt: list[BurntFile] = []
    for number, disc in enumerate(discs):
        image = folder / f"{disc.label}.iso"
        sessions = write_image(image, [Burn(path, names, disc.rock_ridge, disc.joliet, _epoch(disc, number, index))
                                       for index, (path, names) in enumerate(trees)])
        files = _located(disc, sessions, digests)
        if disc.cut:
            _cut(image, disc, files)
        burnt += files
    shutil.rmtree(tree)
    return burnt


def _contents(seed: int, disc: Disc) -> dict[int, bytes]:
    """The bytes of each file, by its identity."""
    presses: dict[str, StudyPress] = {}
    contents: dict[int, bytes] = {}
    for file in disc.files:
        if file.study is None or file.instance is None:
            contents[id(file)] = file.content
            continue
        press = presses.setdefault(file.study.uid, StudyPress(seed, file.study))
        contents[id(file)] = press.file(file.instance, file.preamble)
    return contents


def _write_trees(disc: Disc, contents: dict[int, bytes], tree: Path) -> list[tuple[Path, list[str]]]:
    """Writes one folder for each session; returns them with the order in which the files are to be burnt."""
    trees: list[tuple[Path, list[str]]] = []
    for session in range(1, disc.sessions + 1):
        root = tree / f"session{session}"
        names: list[str] = []
        for file in (file for file in disc.files if file.session == session):
            _write(root / _disc_name(disc, file.path), contents[id(file)])
            names.append(_disc_name(disc, file.path))
        if disc.dicomdir != "none":
            _write(root / "DICOMDIR", _directory(disc, session, contents))
            names.insert(0, "DICOMDIR")
        _date_everything(root)
        trees.append((root, names))
    return trees


def _directory(disc: Disc, session: int, contents: dict[int, bytes]) -> bytes:
    """The DICOMDIR: of all sessions so far; a stale one lacks the last files and names others that are gone."""
    entries = [Entry(file.path, file.study, contents[id(file)]) for file in disc.files
               if file.study and file.instance and file.session <= session and file.instance.cut_to is None and file.preamble]
    if disc.dicomdir == "stale":
        entries = entries[:len(entries) * 2 // 3]
        for entry in entries[::5]:
            entry.path = "DICOM/GONE/" + entry.path.rsplit("/", 1)[-1][:8].replace(".", "_")
        for entry in entries:
            entry.path = "/".join(part[:8].upper().replace(".", "_").replace("-", "_") for part in entry.path.split("/"))
    return make_dicomdir(f"{disc.label}/{session}", entries)


def _disc_name(disc: Disc, path: str) -> str:
    # Without Joliet and Rock Ridge the disc itself knows capital letters only.
    return path if disc.rock_ridge or disc.joliet else path.upper()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _date_everything(root: Path) -> None:
    """One date for files and folders alike: their own would be those of today."""
    for folder, _, names in os.walk(root):
        os.utime(folder, (0, 0))
        for name in names:
            os.utime(os.path.join(folder, name), (0, 0))


def _epoch(disc: Disc, copy: int, session: int) -> int:
    """Seconds since 1970 at which the session was burnt: the day of the disc's newest study, a copy and a later session later."""
    day = disc.date_to or "20021231"
    newest = calendar.timegm((int(day[:4]), int(day[4:6]), int(day[6:]), 18, 0, 0))
    return newest + (copy * 12 + session + 1) * SECONDS_PER_SESSION


def _located(disc: Disc, sessions: list[dict[str, Extent]], digests: list[str]) -> list[BurntFile]:
    burnt: list[BurntFile] = []
    for file, digest in zip(disc.files, digests, strict=True):
        path = _disc_name(disc, file.path)
        extent = sessions[file.session - 1][path]
        burnt.append(BurntFile(disc.label, path, file.study.uid if file.study else "",
                               file.instance.sop_instance_uid if file.instance else "",
                               extent.offset, extent.byte_count, digest, file.damage))
    return burnt


def _cut(image: Path, disc: Disc, files: list[BurntFile]) -> None:
    """Ends the image in the middle of a file of the study that is to be incomplete; later files are lost."""
    study = next(file.study for file in disc.files if file.study and file.study.truth.state == "verified, incomplete")
    within = [file for file in files if file.study_instance_uid == study.uid]
    victim = within[len(within) // 2]
    end = victim.offset + int(victim.byte_count * CUT_WITHIN_FILE) // SECTOR * SECTOR
    cut_image(image, end)
    for file in files:
        if file.offset + file.byte_count > end and file.byte_count:
            file.damage = "cut by the end of the image" if file.offset < end else "beyond the end of the image"

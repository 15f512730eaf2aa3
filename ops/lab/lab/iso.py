"""ISO 9660 images by xorriso: the same bytes for the same files, whenever and wherever they are made."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECTOR = 2048
VOLUME = "CDROM"
# A session starts where a recorder would have started it: after some gap, at a multiple of 16 sectors.
SESSION_ALIGNMENT = 16
SESSION_GAP = 32


@dataclass(frozen=True)
class Extent:
    """Where a file's bytes lie in the image."""

    offset: int
    byte_count: int


@dataclass(frozen=True)
class Burn:
    """How a session is written. `names` are the paths below `tree` in the order in which their bytes are to lie."""

    tree: Path
    names: list[str]
    rock_ridge: bool
    joliet: bool
    epoch: int


def write_image(image: Path, sessions: list[Burn]) -> list[dict[str, Extent]]:
    """Writes the image; returns for each session where its files lie, by path."""
    found: list[dict[str, Extent]] = []
    for number, burn in enumerate(sessions):
        if number == 0:
            _make(image, burn, [])
            found.append(_extents(image))
        else:
            found.append(_append(image, burn))
    return found


def cut_image(image: Path, byte_count: int) -> None:
    """Leaves the first bytes of the image only."""
    os.truncate(image, byte_count)


def _append(image: Path, burn: Burn) -> dict[str, Extent]:
    """Adds a session as a recorder does: behind the first one, with addresses counted from the disc's beginning."""
    used = image.stat().st_size // SECTOR + SESSION_GAP
    start = -(-used // SESSION_ALIGNMENT) * SESSION_ALIGNMENT
    part = image.with_suffix(".session")
    _make(part, burn, ["-C", f"0,{start}", "-M", str(image)])
    with open(image, "r+b") as disc, open(part, "rb") as session:
        disc.truncate(start * SECTOR)
        disc.seek(start * SECTOR)
        disc.write(session.read())
    part.unlink()
    return _extents(image, start)


def _make(target: Path, burn: Burn, options: list[str]) -> None:
    weights = burn.tree.with_suffix(f".{target.suffix[1:]}.weights")
    count = len(burn.names)
    weights.write_text("".join(f"{count - index} /{name}\n" for index, name in enumerate(burn.names)), encoding="utf-8")
    names = (["-r"] if burn.rock_ridge else ["--norock"]) + (["-J"] if burn.joliet else [])
    command = ["xorriso", "-as", "mkisofs", "-quiet", "-V", VOLUME, "-iso-level", "1" if not (burn.rock_ridge or burn.joliet) else "3",
               *names, "-input-charset", "utf-8", "--sort-weight-list", str(weights), *options, "-o", str(target), str(burn.tree)]
    _run(command, burn.epoch)
    weights.unlink()


def _extents(image: Path, session_start: int = 0) -> dict[str, Extent]:
    load = ["-load", "sbsector", str(session_start)] if session_start else []
    command = ["xorriso", *load, "-indev", f"stdio:{image}", "-find", "/", "-type", "f", "-exec", "report_lba"]
    found: dict[str, Extent] = {}
    for line in _run(command).splitlines():
        # "File data lba:  0 ,       33 ,        3 ,     5000 , '/a/f1'"
        if not line.startswith("File data lba:"):
            continue
        _, lba, _, size, name = line.removeprefix("File data lba:").split(",", 4)
        path = shlex.split(name)[0].lstrip("/")
        found[path] = Extent(int(lba) * SECTOR, int(size))
    return found


def _run(command: list[str], epoch: int | None = None) -> str:
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
    if epoch is not None:
        environment["SOURCE_DATE_EPOCH"] = str(epoch)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)}: {done.stderr.strip()}")
    return done.stdout

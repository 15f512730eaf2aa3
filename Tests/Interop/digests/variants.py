"""The same object written in other ways, by DCMTK's dcmconv."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# As dcmconv's options: the transfer syntax, and sequences and items with or without lengths.
WAYS = {
    "implicit, defined": ("+ti", "+e"),
    "implicit, undefined": ("+ti", "-e"),
    "explicit, defined": ("+te", "+e"),
    "explicit, undefined": ("+te", "-e"),
    "big endian, defined": ("+tb", "+e"),
    "big endian, undefined": ("+tb", "-e"),
    "deflated, undefined": ("+td", "-e"),
}
# Compressed pixels stay as they are; only the lengths can be other ones.
WAYS_OF_COMPRESSED = {"its own, defined": ("+t=", "+e"), "its own, undefined": ("+t=", "-e")}
AT_ONCE = 4


def write(objects: dict[Path, bool], folder: Path) -> list[tuple[Path, str, Path]]:
    """Writes each object (True: with compressed pixels) in each way; (object, way, file) of those that dcmconv can write."""
    wanted = [
        (path, way, options, folder / f"{number}-{place}.dcm")
        for number, (path, is_compressed) in enumerate(sorted(objects.items()))
        for place, (way, options) in enumerate((WAYS_OF_COMPRESSED if is_compressed else WAYS).items())
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        written = pool.map(lambda want: convert(want[0], want[2], want[3]), wanted)
        return [(path, way, target) for (path, way, _, target), good in zip(wanted, written, strict=True) if good]


def convert(source: Path, options: tuple[str, str], target: Path) -> bool:
    """Whether dcmconv wrote the object."""
    command = ["/usr/bin/dcmconv", *options, str(source), str(target)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0 and target.exists()

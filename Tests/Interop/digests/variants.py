"""The same object written in other ways, by DCMTK's dcmconv; and its pixels compressed in other ways, by DCMTK's codecs and the worker's."""

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
    return run(["/usr/bin/dcmconv", *options, str(source), str(target)], target)


# DCMTK compresses what is native, and decompresses what it can; the worker does both with all of its codecs.
DCMTK = {"dcmcjpeg": (), "dcmcjpls": (), "dcmcrle": ()}
JPEG_LS = dict.fromkeys(("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"), {"dcmdjpls": ("+cn",)})
DCMTK_BACK = {"1.2.840.10008.1.2.5": {"dcmdrle": ()}, "1.2.840.10008.1.2.4.57": {"dcmdjpeg": ("+cn",)}, "1.2.840.10008.1.2.4.70": {"dcmdjpeg": ("+cn",)}, **JPEG_LS}
TARGETS = ("explicit", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "rle")


def recompress(worker: Path, objects: dict[Path, str | None], folder: Path) -> list[tuple[Path, str, Path]]:
    """Every object (with the transfer syntax of compressed pixels) that the programs take, in each compression; (object, way, file)."""
    folder.mkdir()
    wanted = []
    for number, (path, syntax) in enumerate(sorted(objects.items())):
        for place, (program, options) in enumerate((DCMTK_BACK.get(syntax, {}) if syntax else DCMTK).items()):
            wanted.append((path, program, [f"/usr/bin/{program}", *options], folder / f"{number}-{place}.dcm"))
        for target in TARGETS:
            command = [str(worker), "transcode", "--to", target]
            wanted.append((path, f"transcode --to {target}", command, folder / f"{number}-{target}.dcm"))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = pool.map(lambda want: run([*want[2], str(want[0]), str(want[3])], want[3]), wanted)
        return [(path, way, target) for (path, way, _, target), good in zip(wanted, made, strict=True) if good]


def run(command: list[str], target: Path) -> bool:
    """Whether a program wrote the file."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0 and target.exists()

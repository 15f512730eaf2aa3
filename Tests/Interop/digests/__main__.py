"""accept-digests: a second program computes the digests of docs/digests.md, and they are the same however an object is written.

    Tests/Interop/digests --worker PATH [--installed DIR]

For the page's example and for every file of the corpora that `worker inspect` reads, its digests must be those computed here. Then dcmconv writes
each object in other transfer syntaxes, with and without lengths, and DCMTK's and the worker's codecs compress and decompress it: both programs must say the
same of what was written, and it must be what they said before. Prints what differs; exit status 1 if EXPLAINED does not say why, or if an entry of it is no
longer needed. The corpora are those of ops/accept/corpora; --installed is where its requirements.txt went.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "Tests" / "Interop"), str(ROOT / "ops" / "accept")]

from corpora.files import corpora, files, too_few  # noqa: E402
from digests.canonical import PIXEL_DATA, object_digests  # noqa: E402
from digests.compressed import compressed_pixel_digest  # noqa: E402
from digests.pixels import pixel_digest  # noqa: E402
from digests.reading import Malformed, Object, read  # noqa: E402
from digests.variants import recompress, write  # noqa: E402

PAGE = ROOT / "docs" / "digests.md"
# Objects that are larger are compared, but not written in other ways.
LARGEST_CONVERTED = 1 << 17
# Of these corpora; the others are compared only. Of the faults' pixels, which are all the same, only one is compressed, and one of another byte order.
CONVERTED = ("pydicom", "pydicom-charsets", "faults")
COMPRESSED_FAULTS = ("faults/no-preamble.dcm", "faults/big-endian-pixels.dcm")


@dataclass(frozen=True)
class Explained:
    """What a program changed in an object when it wrote it in some ways; how each way's name begins."""

    file: str
    key: str
    way: str
    reason: str


IN_WORDS = "DCMTK turns samples of 32 bits round in words of 16"
EXPLAINED = [
    Explained("pydicom/dicomdirtests/DICOMDIR-nooffset", "00041220", "", "dcmconv sets the offsets of directory records"),
    Explained("pydicom/MR_small_padded.dcm", "pixels", "dcmc", "DCMTK's codecs leave out what follows the last frame"),
    Explained("pydicom/badVR.dcm", "pixels", "dcmcrle", "its Number of Frames is no number: compressed pixels have no digest then"),
    Explained("faults/doubled-elements.dcm", "00100020", "", "dcmconv leaves out one of two elements of a tag"),
    *(Explained(f"pydicom/{name}.dcm", "pixels", "big endian", IN_WORDS) for name in ("badVR", "rtdose", "rtdose_1frame")),
    *(Explained(f"pydicom/{name}.dcm", "pixels", way, IN_WORDS)
      for name in ("rtdose_expb", "rtdose_expb_1frame") for way in ("implicit", "explicit", "deflated", "dcm")),
]
# Native pixels that have no digest, by docs/digests.md: that two programs say so of others too is no agreement.
WITHOUT_DIGEST: dict[str, str] = {
    "pydicom/meta_missing_tsyntax.dcm": "without Rows and Columns",
    "pydicom/nested_priv_SQ.dcm": "without Rows and Columns",
}


def inspect(worker: Path, paths: list[Path]) -> dict[Path, dict]:
    """The worker's record of each file."""
    command = [str(worker), "inspect", "--json", "--digests", *map(str, paths)]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if process.returncode not in (0, 1) or process.stderr:
        sys.exit(f"worker inspect: exit status {process.returncode}: {process.stderr}")
    # Only LF ends a line: others that Python knows may stand in a value.
    return {Path(record["path"]): record for record in map(json.loads, filter(None, process.stdout.split("\n")))}


def digests(found: Object, path: Path) -> dict[str, str | None]:
    """By element, and `pixels` and `data set`."""
    data_set, elements = object_digests(found.elements)
    pixels = compressed_pixel_digest(path) if is_compressed(found) else pixel_digest(found)
    return {**elements, "data set": data_set, "pixels": pixels}


def digests_of_file(path: Path) -> dict[str, str | None]:
    """The same of a file; nothing of one that cannot be read."""
    try:
        return digests(read(path.read_bytes()), path)
    except Malformed:
        return {}


def told(record: dict) -> dict[str, str | None]:
    """The same of the worker's record."""
    return {**(record["elementDigests"] or {}), "data set": record["dataSetDigest"], "pixels": record["pixelDigest"]}


def differing(one: dict[str, str | None], other: dict[str, str | None]) -> list[str]:
    """Where two objects' digests differ; the data set only if no element says why."""
    keys = sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
    return [key for key in keys if key != "data set"] or keys


class Judge:
    """Counts differences, and prints those that nothing explains."""

    def __init__(self) -> None:
        self.faults = 0
        self.used: set[Explained] = set()

    def agree(self, name: str, what: str, keys: list[str]) -> None:
        """Two programs must say the same of the same bytes, whatever those are."""
        for key in keys:
            self.fault(f"DIFFERENT: {name}: {what}: {key}")

    def unchanged(self, name: str, way: str, keys: list[str]) -> None:
        """What was written in another way must say the same, unless the program that wrote it is known to change it."""
        for key in keys:
            why = next((entry for entry in EXPLAINED if (entry.file, entry.key) == (name, key) and way.startswith(entry.way)), None)
            if why:
                self.used.add(why)
            else:
                self.fault(f"CHANGED: {name}: {way}: {key}")

    def has_pixels(self, name: str, found: Object, pixels: str | None) -> None:
        """Native pixels have a digest."""
        native = any(element.tag == PIXEL_DATA and not element.undefined for element in found.elements)
        if native and (pixels is None) != (name in WITHOUT_DIGEST):
            self.fault(f"{name}: its pixels have {'no' if pixels is None else 'a'} digest")

    def fault(self, words: str) -> None:
        """Something else is not as it must be."""
        self.faults += 1
        print(f"  {words}", flush=True)


def check_example(worker: Path, folder: Path, judge: Judge) -> None:
    """The page's example is what both programs say of it."""
    page = PAGE.read_text(encoding="utf-8").split("## Example")[1]
    bytes_of_example = bytes.fromhex("".join(re.findall(r"^    ((?:[0-9A-F]{2} ?)+)$", page, re.MULTILINE)))
    expected = {name.strip("`"): digest for name, digest in re.findall(r"^\| (`?[0-9A-Za-z ]+`?) \|.*\| `([0-9a-f]{64})` \|$", page, re.MULTILINE)}
    path = folder / "example.dcm"
    path.write_bytes(bytes_of_example)
    judge.agree(path.name, "the page and this program", differing(expected, digests(read(bytes_of_example), path)))
    judge.agree(path.name, "the page and the worker", differing(expected, told(inspect(worker, [path])[path])))


def check_written(worker: Path, objects: dict[str, Written], folder: Path, judge: Judge) -> tuple[int, int, int]:
    """Writes objects in other ways; how many could be, and in how many ways, and with how many compressions."""
    names = {found.path: name for name, found in objects.items()}
    (folder / "written").mkdir()
    variants = write({found.path: is_compressed(found.object) for found in objects.values()}, folder / "written")
    pixels = {
        found.path: found.object.syntax if is_compressed(found.object) else None for name, found in objects.items()
        if found.digests["pixels"] and (name in COMPRESSED_FAULTS or not name.startswith("faults/"))
    }
    recompressed = recompress(worker, pixels, folder / "recompressed")
    told_of = inspect(worker, [folder / "written", folder / "recompressed"])
    for path, way, target in variants + recompressed:
        name, ours = names[path], digests_of_file(target)
        differ = differing(objects[name].digests, ours)
        # A codec changes what says how pixels are written; dcmconv nothing.
        judge.unchanged(name, way, [key for key in differ if key == "pixels"] if target.parent.name == "recompressed" else differ)
        judge.agree(name, f"{way}: the worker and this program", differing(told(told_of[target]), ours))
    return len({path for path, _, _ in variants}), len(variants), len(recompressed)


@dataclass(frozen=True)
class Written:
    """A file as it was found, and what this program makes of it."""

    path: Path
    object: Object
    digests: dict[str, str | None]


def main() -> int:
    """Compares, prints, and says by the exit status whether all agrees."""
    parser = argparse.ArgumentParser(prog="Tests/Interop/digests", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    parser.add_argument("--installed", type=Path, help="where the corpora's requirements.txt was installed to")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    begin, judge = time.monotonic(), Judge()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folders = corpora(arguments.installed, folder / "faults")
        records = inspect(arguments.worker, list(folders.values()))
        objects = {}
        for name, path in files(folders).items():
            if records[path]["status"] == "dicom":
                found = read(path.read_bytes())
                objects[name] = Written(path, found, digests(found, path))
                judge.agree(name, "the worker and this program", differing(told(records[path]), objects[name].digests))
                judge.has_pixels(name, found, objects[name].digests["pixels"])
        for sentence in too_few(objects, folders, "read"):
            judge.fault(sentence)
        check_example(arguments.worker, folder, judge)
        small = {name: found for name, found in objects.items() if found.path.stat().st_size <= LARGEST_CONVERTED and name.split("/")[0] in CONVERTED}
        written, ways, compressions = check_written(arguments.worker, small, folder, judge)
    for entry in EXPLAINED:
        if entry not in judge.used:
            judge.fault(f"no longer needed in the table of explained differences: {entry}")
    for what, count, least in (("objects", written, 190), ("ways", ways, 1100), ("compressions", compressions, 450)):
        if count < least:
            judge.fault(f"{count} {what} were written, and {least} must be at the least")
    compared = sum(len(found.digests) for found in objects.values())
    pixels = [found for found in objects.values() if found.digests["pixels"] is not None]
    print(
        f"accept-digests: {len(objects)} objects, {compared} digests, {len(pixels)} of them of pixels, "
        f"{sum(is_compressed(found.object) for found in pixels)} of those compressed; {written} objects written in {ways} other ways and {compressions} times "
        f"with other compressions; {len(judge.used)} explained differences, {judge.faults} faults; {time.monotonic() - begin:.1f} s")
    return 1 if judge.faults else 0


def is_compressed(found: Object) -> bool:
    """Whether its pixels are fragments."""
    return any(element.tag == PIXEL_DATA and element.undefined for element in found.elements)


if __name__ == "__main__":
    sys.exit(main())

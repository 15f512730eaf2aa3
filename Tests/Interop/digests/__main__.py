"""accept-digests: a second program computes the digests of docs/digests.md, and they are the same however an object is written.

    Tests/Interop/digests --worker PATH [--verbose]

For the page's example and for every file of the pydicom wheel that `worker inspect` reads, its digests must be those computed here. Then dcmconv writes
each object in other transfer syntaxes, with and without lengths, and DCMTK's and the worker's codecs compress and decompress it: the digests of both
programs must stay what they were. Prints what differs; exit status 1 if EXPLAINED does not say why, or if an entry of it is no longer needed.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pydicom

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from digests.canonical import PIXEL_DATA, object_digests  # noqa: E402
from digests.compressed import compressed_pixel_digest  # noqa: E402
from digests.pixels import pixel_digest  # noqa: E402
from digests.reading import Malformed, Object, read  # noqa: E402
from digests.variants import recompress, write  # noqa: E402

PAGE = Path(__file__).resolve().parents[3] / "docs" / "digests.md"
# Objects that are larger are compared, but not written in other ways.
LARGEST_CONVERTED = 1 << 17
# (file of the wheel, element or "pixels") -> what dcmconv, or whoever wrote the file, changed.
EXPLAINED: dict[tuple[str, str], str] = {
    ("DICOMDIR-nooffset", "00041220"): "dcmconv sets the offsets of directory records",
    ("MR_small_padded.dcm", "pixels"): "DCMTK's codecs leave out what follows the last frame",
    **{(name, "pixels"): "dcmconv turns samples of 32 bits round in words of 16"
       for name in ("badVR.dcm", "rtdose.dcm", "rtdose_1frame.dcm", "rtdose_expb.dcm", "rtdose_expb_1frame.dcm")},
}


def inspect(worker: Path, paths: list[Path]) -> dict[Path, dict]:
    """The worker's record of each file."""
    command = [str(worker), "inspect", "--json", "--digests", *map(str, paths)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode not in (0, 1) or process.stderr:
        sys.exit(f"worker inspect: exit status {process.returncode}: {process.stderr}")
    return {Path(record["path"]): record for record in map(json.loads, process.stdout.splitlines())}


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
        self.used: set[tuple[str, str]] = set()

    def differences(self, path: Path, what: str, keys: list[str]) -> None:
        """Some digests of an object are not what they must be."""
        for key in keys:
            if (path.name, key) in EXPLAINED:
                self.used.add((path.name, key))
                continue
            self.faults += 1
            print(f"  DIFFERENT: {path.name}: {what}: {key}", flush=True)

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
    judge.differences(path, "the page and this program", differing(expected, digests(read(bytes_of_example), path)))
    judge.differences(path, "the page and the worker", differing(expected, told(inspect(worker, [path])[path])))


def main() -> int:
    """Compares, prints, and says by the exit status whether all agrees."""
    parser = argparse.ArgumentParser(prog="Tests/Interop/digests", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    arguments = parser.parse_args()
    begin, judge = time.monotonic(), Judge()
    data = Path(pydicom.__file__).parent / "data"
    records = inspect(arguments.worker, [data / "test_files", data / "charset_files"])
    objects = {path: read(path.read_bytes()) for path, record in sorted(records.items()) if record["status"] == "dicom"}
    computed = {path: digests(found, path) for path, found in objects.items()}
    for path, ours in computed.items():
        judge.differences(path, "the worker and this program", differing(told(records[path]), ours))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_example(arguments.worker, folder, judge)
        small = {path: is_compressed(found) for path, found in objects.items() if path.stat().st_size <= LARGEST_CONVERTED}
        variants = write(small, folder)
        told_of = inspect(arguments.worker, [folder])
        for path, way, target in variants:
            judge.differences(path, f"{way}: the worker", differing(computed[path], told(told_of[target])))
            judge.differences(path, f"{way}: this program", differing(computed[path], digests_of_file(target)))
        recompressed = recompress(arguments.worker, [path for path in small if computed[path]["pixels"]], folder / "recompressed")
        told_of = inspect(arguments.worker, [folder / "recompressed"])
        for path, way, target in recompressed:
            pixels = computed[path]["pixels"]
            if told_of[target]["pixelDigest"] != pixels:
                judge.differences(path, f"{way}: the worker", ["pixels"])
            if digests_of_file(target).get("pixels") != pixels:
                judge.differences(path, f"{way}: this program", ["pixels"])
    for entry in sorted(EXPLAINED.keys() - judge.used):
        judge.fault(f"no longer needed in the table of explained differences: {entry}")
    written = len({path for path, _, _ in variants})
    compared = sum(map(len, computed.values()))
    pixels = sum(found["pixels"] is not None for found in computed.values())
    decoded = sum(computed[path]["pixels"] is not None for path, found in objects.items() if is_compressed(found))
    print(
        f"accept-digests: {len(objects)} objects of the wheel, {compared} digests, {pixels} of them of pixels, {decoded} of those compressed; {written} objects written in "
        f"{len(variants)} other ways and {len(recompressed)} times with other compressions; {len(judge.used)} explained differences, {judge.faults} faults; {time.monotonic() - begin:.1f} s")
    return 1 if judge.faults or not variants or not recompressed else 0


def is_compressed(found: Object) -> bool:
    """Whether its pixels are fragments."""
    return any(element.tag == PIXEL_DATA and element.undefined for element in found.elements)


if __name__ == "__main__":
    sys.exit(main())

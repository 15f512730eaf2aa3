"""`python -m dicom --worker BIN --out DIR`: measures, prints, and ends with status 1 when a bound is missed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from pipeline.figures import Usage
from pipeline.material import Material, ensure_material

from .material import FILES, Objects, ensure_objects
from .scan import require_same_digests, require_same_headers, run_dcmdump, run_inspect, run_openssl, run_pydicom, write_listing
from .send import ROUND_TRIP_SECONDS, WINDOW, run_ours, run_theirs

ROUNDS = 5
# One association's pace varies most from run to run: more rounds, so that the median says something.
SENDING_ROUNDS = 11
# The bounds of issue 5.
SCAN, SHA_256, ONE_ASSOCIATION, PEAK_BYTES = 5, 0.8, 1.2, 100_000_000
ASSOCIATIONS = 4
# Folders of a hundred CT each that go the long way: storescu takes a round trip for each object.
FAR_FOLDERS = 2

Run = Callable[[], tuple[float, Usage]]


def main() -> int:
    """Measures all; returns the exit status."""
    parser = argparse.ArgumentParser(prog="dicom", description=__doc__)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where the material is kept between runs, and logs are left")
    parser.add_argument("--rounds", type=int, help="of each part, instead of its own number")
    parser.add_argument("--only", choices=["scan", "send", "far"], help="one part")
    words = parser.parse_args()
    worker, out = words.worker.resolve(), words.out.resolve()
    met: list[bool] = []
    try:
        objects = ensure_objects(out / "objects")
        if words.only in (None, "scan"):
            met += _scan(worker, objects, out, words.rounds or ROUNDS)
        material = ensure_material(out / "material")
        if words.only in (None, "send"):
            met += _send(worker, objects, material, out, words.rounds or SENDING_ROUNDS)
        if words.only in (None, "far"):
            _send_far(worker, sorted(material.files.iterdir())[:FAR_FOLDERS], out, words.rounds or ROUNDS)
    except RuntimeError as error:
        print(f"accept-dicom-speed: {error}", flush=True)
        return 1
    return 0 if all(met) else 1


def _scan(worker: Path, objects: Objects, out: Path, rounds: int) -> list[bool]:
    listing, byte_count = write_listing(objects), objects.warm()
    print(f"(a) {FILES:,} files, {byte_count / 1e6:,.0f} MB, in the page cache", flush=True)
    files = {name: out / f"{name}.txt" for name in ("inspect", "dcmdump", "pydicom", "sha", "openssl")}
    seconds = _rounds(rounds, FILES, {
        "headers: worker inspect --json --headers": lambda: run_inspect(worker, objects, files["inspect"], headers=True),
        "headers: dcmdump": lambda: run_dcmdump(listing, files["dcmdump"]),
        "headers: pydicom": lambda: run_pydicom(listing, files["pydicom"]),
        "SHA-256: worker inspect --json": lambda: run_inspect(worker, objects, files["sha"], headers=False),
        "SHA-256: openssl dgst": lambda: run_openssl(listing, files["openssl"]),
    })
    require_same_headers(files["inspect"], files["dcmdump"], files["pydicom"])
    require_same_digests(files["sha"], files["openssl"])
    ours, dcmdump, pydicom, sha, openssl = seconds
    return [
        _judge("a", min(dcmdump, pydicom) / ours, SCAN, "times the faster of dcmdump and pydicom"),
        _judge("a", openssl / sha, SHA_256, "of the pace of openssl dgst -sha256, headers included"),
    ]


def _send(worker: Path, objects: Objects, material: Material, out: Path, rounds: int) -> list[bool]:
    folders, count = sorted(material.files.iterdir()), len(material.paths())
    print(f"(b) (c) {count:,} CT, {material.warm() / 1e6:,.0f} MB, in the page cache, to storescp --ignore tuned", flush=True)
    ours, theirs, ours_many, theirs_many = _rounds(rounds, count, {
        "worker send, one association": lambda: run_ours(worker, folders, count, 1, out),
        "storescu tuned": lambda: run_theirs(folders, count, 1, out),
        f"worker send, {ASSOCIATIONS} associations": lambda: run_ours(worker, folders, count, ASSOCIATIONS, out),
        f"storescu tuned, {ASSOCIATIONS} of them": lambda: run_theirs(folders, count, ASSOCIATIONS, out),
    })
    met = [_judge("b", theirs / ours, ONE_ASSOCIATION, "times storescu tuned on one association")]
    print(f"(c) {ASSOCIATIONS} associations: {theirs_many / ours_many:.2f} times {ASSOCIATIONS} storescu, {ours / ours_many:.2f} times one association", flush=True)
    print(f"(d) an object of {objects.large.stat().st_size / 1e9:.2f} GB", flush=True)
    _, used = run_ours(worker, [objects.large], 1, 1, out)
    met.append(used.peak_bytes < PEAK_BYTES)
    print(f"accept-dicom-speed: {_word(met[-1])}: (d) peak {used.peak_bytes / 1e6:.0f} MB, less than {PEAK_BYTES / 1e6:.0f} MB wanted", flush=True)
    return met


def _send_far(worker: Path, folders: list[Path], out: Path, rounds: int) -> None:
    count = sum(1 for folder in folders for _ in folder.iterdir())
    print(f"(e) {count} CT over a round trip of {ROUND_TRIP_SECONDS * 1000:.0f} ms", flush=True)
    theirs, one, four, sixteen = _rounds(min(rounds, 3), count, {
        "storescu tuned": lambda: run_theirs(folders, count, 1, out, ROUND_TRIP_SECONDS),
        **{f"worker send, {number} association{'s' if number > 1 else ''}":
           lambda number=number: run_ours(worker, folders, count, number, out, ROUND_TRIP_SECONDS) for number in (1, 4, 16)},
    })
    print(f"(e) times storescu tuned: {theirs / one:.2f} with one association, {theirs / four:.2f} with 4, {theirs / sixteen:.2f} with 16", flush=True)
    print(f"(e) the same to a pynetdicom on one association, without and with a window of {WINDOW} operations", flush=True)
    theirs, one, windowed = _rounds(min(rounds, 3), count, {
        "storescu tuned, to pynetdicom": lambda: run_theirs(folders, count, 1, out, ROUND_TRIP_SECONDS, 1),
        "worker send, no window": lambda: run_ours(worker, folders, count, 1, out, ROUND_TRIP_SECONDS, 1),
        f"worker send, window of {WINDOW}": lambda: run_ours(worker, folders, count, 1, out, ROUND_TRIP_SECONDS, WINDOW),
    })
    print(f"(e) times storescu tuned: {theirs / one:.2f} without a window, {theirs / windowed:.2f} with one", flush=True)


def _rounds(rounds: int, count: int, runs: dict[str, Run]) -> list[float]:
    """Each run's median of seconds; who goes first changes from round to round."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        names = list(runs)
        for name in names[number % len(names):] + names[:number % len(names)]:
            took, used = runs[name]()
            seconds[name].append(took)
            print(f"round {number + 1}: {name:42} {took:7.2f} s {count / took:9.1f}/s  cpu {used.seconds:6.2f} s  peak {used.peak_bytes / 1e6:4.0f} MB", flush=True)
    for name, values in seconds.items():
        print(f"median:  {name:42} {median(values):7.2f} s {count / median(values):9.1f}/s", flush=True)
    return [median(values) for values in seconds.values()]


def _judge(part: str, ratio: float, wanted: float, words: str) -> bool:
    print(f"accept-dicom-speed: {_word(ratio >= wanted)}: ({part}) {ratio:.2f} {words}, at least {wanted} wanted", flush=True)
    return ratio >= wanted


def _word(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    sys.exit(main())

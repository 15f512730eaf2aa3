"""`make accept-codecs`: every image of the corpora through every codec and back; all allocated bits are equal, as pydicom reads them.

    python -m transcoding --worker PATH --out DIR [--installed DIR]

Cells are compared outside of Skein: as they lie in native objects, and as pydicom's own decoders give them of compressed ones.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from pathlib import Path

import pydicom
from corpora.files import corpora, files
from pydicom.errors import InvalidDicomError

from .made import make
from .previews import check
from .rounds import Rounds

# Samples that overlays are put into.
OVERLAID = ("CT_small.dcm", "MR_small.dcm")
# What a run over all corpora does at the least: with less, something was not looked at.
LEAST = {"images": 220, "frames": 3900, "previews": 370, "previews compared": 100, "decompressions compared": 8, "group lengths": 80}


def is_image(path: Path) -> bool:
    """Whether pydicom finds pixels in it, and what they are. It passes over files without preamble; any other failure of it is ours to explain."""
    try:
        dataset = pydicom.dcmread(path)
    except InvalidDicomError:
        return False
    return "PixelData" in dataset and "Rows" in dataset and "TransferSyntaxUID" in dataset.file_meta


def too_little(done: dict[str, int], whole: bool) -> list[str]:
    """A sentence for each thing that was done less often than must be: at least once, and as often as the corpora hold it where all were asked for."""
    return [
        f"{done[what]} {what}, and {least if whole else 1} must be at the least"
        for what, least in LEAST.items() if (whole or what == "images") and done[what] < (least if whole else 1)
    ]


def main() -> int:
    """Counts, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    parser.add_argument("--out", type=Path, required=True, help="where files are made")
    parser.add_argument("--installed", type=Path, help="where the corpora's requirements.txt was installed to")
    parser.add_argument("--only", help="images whose name contains this")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")

    folders = corpora(arguments.installed, arguments.out / "faults")
    folders["made"] = make(arguments.out / "made", [folders["pydicom"] / name for name in OVERLAID])
    images = {name: path for name, path in files(folders).items() if is_image(path) and (arguments.only or "") in name}
    rounds = Rounds(arguments.worker, arguments.out / "transcoded")
    start = time.monotonic()
    for name, path in images.items():
        rounds.run(name, path)
    tally = rounds.tally
    shown, compared = check(arguments.worker, images, arguments.out / "previews", tally.faults)
    done = {
        "images": len(images), "frames": tally.frames, "previews": shown, "previews compared": compared,
        "decompressions compared": tally.counts["lossy: decompressed"], "group lengths": tally.lengths,
    }
    tally.faults += too_little(done, whole=arguments.installed is not None and not arguments.only)
    for label, count in sorted(tally.counts.items()):
        print(f"  {count:5} {label}")
    for fault in tally.faults:
        print(f"  FAULT {fault}")
    print(
        f"accept-codecs: {len(images)} images, {tally.frames} frames and {tally.bytes / 1e6:.1f} MB of cells compared, {tally.lengths} group lengths, "
        f"{shown} previews, {compared} of them compared, "
        f"{len(tally.faults)} faults, {time.monotonic() - start:.0f} s"
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())

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

from .made import make
from .previews import check
from .rounds import Rounds

# Samples that overlays are put into.
OVERLAID = ("CT_small.dcm", "MR_small.dcm")


def is_image(path: Path) -> bool:
    """Whether pydicom finds pixels in it that are all there."""
    try:
        dataset = pydicom.dcmread(path)
        return "PixelData" in dataset and "Rows" in dataset and "TransferSyntaxUID" in dataset.file_meta
    except Exception:  # whatever pydicom throws, it reads no image
        return False


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
    shown = check(arguments.worker, images, arguments.out / "previews", rounds.tally.faults)
    tally = rounds.tally
    for label, count in sorted(tally.counts.items()):
        print(f"  {count:5} {label}")
    for fault in tally.faults:
        print(f"  FAULT {fault}")
    print(
        f"accept-codecs: {len(images)} images, {tally.frames} frames and {tally.bytes / 1e6:.1f} MB of cells compared, {shown} previews, "
        f"{len(tally.faults)} faults, {time.monotonic() - start:.0f} s"
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())

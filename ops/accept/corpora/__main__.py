"""`make accept-corpora`, `make accept-roundtrip`: the sample files that the registries carry, and an object of 4 GiB.

    python -m corpora inspect   --worker PATH --out DIR [--installed DIR]
    python -m corpora roundtrip --worker PATH --out DIR [--installed DIR]
    python -m corpora large     --worker PATH --out DIR

Without --installed only the files of the lab's own packages.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

from . import agreement, large, roundtrip
from .files import corpora


def main() -> int:
    """Runs one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["inspect", "roundtrip", "large"])
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    parser.add_argument("--installed", type=Path, help="where requirements.txt was installed to")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write into")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.command == "large":
        return large.run(arguments.worker, arguments.out)
    folders = corpora(arguments.installed, arguments.out / "faults")
    if arguments.command == "inspect":
        return agreement.run(arguments.worker, folders)
    return roundtrip.run(arguments.worker, folders, arguments.out / "written")


if __name__ == "__main__":
    sys.exit(main())

"""`make accept-corpora`, `make accept-roundtrip`: the sample files that the registries carry.

    python -m corpora inspect   --worker PATH [--installed DIR]
    python -m corpora roundtrip --worker PATH --out DIR [--installed DIR]

Without --installed only the files of the lab's own packages.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

from . import agreement
from .files import corpora


def main() -> int:
    """Runs one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["inspect"])
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    parser.add_argument("--installed", type=Path, help="where requirements.txt was installed to")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    return agreement.run(arguments.worker, corpora(arguments.installed))


if __name__ == "__main__":
    sys.exit(main())

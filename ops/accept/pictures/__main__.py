"""`make accept-previews`: a coordinator and a worker with real objects; each picture is compared with that of `worker preview`."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from lab.skein import CommandError

from .scenes import Ground, all_scenes


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="pictures", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    out: Path = arguments.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    (out / "log").mkdir(parents=True)
    begun = time.monotonic()
    try:
        with ExitStack() as stack:
            faults = all_scenes(Ground(out, arguments.coordinator.resolve(), arguments.worker.resolve(), stack))
    except CommandError as error:
        faults = [str(error)]
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"accept-previews: {f'FAILED, {len(faults)} faults' if faults else 'passed'} in {time.monotonic() - begun:.1f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make accept-requests`: requests of clinicians during a migration with real programs, discs and a real PACS, judged by the
hospital's truth and by what reaches the PACS; of leases by the ledger's chain of events."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from lab.skein import CommandError

from .ground import SHELVES, Ground
from .scenes import all_scenes


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="clinicians", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=SHELVES, default="full")
    arguments = parser.parse_args()
    out: Path = arguments.out.resolve()
    for path in out.glob("*"):
        if path.name != "hospital":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (out / "log").mkdir(parents=True)
    begun = time.monotonic()
    try:
        with ExitStack() as stack:
            ground = Ground(out, (arguments.coordinator, arguments.worker), arguments.seed, SHELVES[arguments.size], stack)
            ground.prepare()
            print(f"{len(ground.chain.waiting())} studies wait to be sent after {time.monotonic() - begun:.1f} s", flush=True)
            faults = all_scenes(ground)
    except CommandError as error:
        faults = [str(error)]
    for fault in faults:
        print(f"FAULT {fault}")
    print(f"accept-requests: {f'FAILED, {len(faults)} faults' if faults else 'passed'} in {time.monotonic() - begun:.1f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

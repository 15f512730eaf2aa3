"""`make accept-merges`: A40 and A08 in the middle of a migration into Orthanc, and each profile of the destination."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from lab.orthanc import Orthanc
from lab.skein import CommandError

from . import decisions, rejection, scenes
from .site import Site

SHOWN = 20


def awaiting(_: Orthanc) -> str:
    """The destination corrects by itself."""
    return f"{{ profile: await, every: {scenes.EVERY}, wait: {scenes.WAIT} }}"


def deleting(orthanc: Orthanc) -> str:
    """Orthanc deletes."""
    return f"{{ profile: delete-and-send-again, every: {scenes.EVERY}, wait: {scenes.WAIT}, orthanc: {{ url: '{orthanc.url}' }} }}"


def by_hand(_: Orthanc) -> str:
    """A person deletes."""
    return f"{{ profile: delete-and-send-again, every: {scenes.EVERY}, wait: {scenes.WAIT} }}"


def rejecting(_: Orthanc) -> str:
    """A note rejects what is there, which Orthanc stores and takes no heed of."""
    return f"{{ profile: reject-and-send-again, every: {scenes.EVERY}, wait: {scenes.WAIT} }}"


SCENES = {
    "await": (awaiting, scenes.by_itself), "delete-and-send-again": (deleting, scenes.by_deletion), "deleted-by-hand": (by_hand, scenes.by_hand),
    "reject-and-send-again": (rejecting, rejection.by_rejection), "during-a-lease": (deleting, scenes.during_a_lease),
    "decided-by-hand": (deleting, decisions.by_decision)}


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="merges", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=SCENES, help="some profiles alone")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder: Path = arguments.out.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    faults: list[str] = []
    for name in arguments.only or SCENES:
        begin = time.monotonic()
        print(f"{name}:", flush=True)
        corrections, scene = SCENES[name]
        with ExitStack() as stack:
            site = Site(folder / name, arguments.coordinator, arguments.worker, arguments.seed, corrections, stack)
            try:
                scene(site)
            except (CommandError, RuntimeError, OSError, KeyError) as error:
                site.faults.append(f"the run ended: {error!r}")
        print(f"  {'passed' if not site.faults else f'{len(site.faults)} faults'} in {time.monotonic() - begin:.1f} s", flush=True)
        faults += [f"{name}: {fault}" for fault in site.faults]
    for fault in faults[:SHOWN]:
        print(f"FAULT {fault}")
    print("accept-merges: " + (f"FAILED, {len(faults)} faults" if faults else "passed"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""`make accept-outbound`: an order for each unspecified exam, acknowledged before its images are sent."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from lab.processes import free_port
from lab.skein import CommandError

from . import scenes
from .site import Site

SHOWN = 20
SCENES = ("orm", "omi", "tls", "unwritable", "csv")


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="outbound", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", choices=SCENES, help="one scene alone")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder: Path = arguments.out.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    faults: list[str] = []
    for name in [arguments.only] if arguments.only else SCENES:
        begin = time.monotonic()
        print(f"{name}:", flush=True)
        found = play(name, folder, arguments)
        print(f"  {'passed' if not found else f'{len(found)} faults'} in {time.monotonic() - begin:.1f} s", flush=True)
        faults += [f"{name}: {fault}" for fault in found]
    for fault in faults[:SHOWN]:
        print(f"FAULT {fault}")
    print("accept-outbound: " + (f"FAILED, {len(faults)} faults" if faults else "passed"))
    return 1 if faults else 0


def play(name: str, folder: Path, arguments: argparse.Namespace) -> list[str]:
    """One scene: what differs."""
    port = free_port()
    values = {
        "orm": scenes.settings(port, "ORM^O01", "UNICODE UTF-8"), "omi": scenes.settings(port, "OMI^O23", "KS X 1001"),
        "tls": scenes.settings(port, "ORM^O01", "UNICODE UTF-8"), "unwritable": scenes.settings(port, "ORM^O01", "8859/1"),
        "csv": f"{{ orders: csv, folder: {folder / 'files'} }}"}
    outbound = values[name]
    if name == "tls":
        outbound = outbound.replace(" }", f", tls: {scenes.certificates(folder)} }}")
    with ExitStack() as stack:
        site = Site(folder / name, arguments.coordinator, arguments.worker, arguments.seed, outbound, stack)
        try:
            run(name, site, port, folder)
        except (CommandError, RuntimeError, OSError, KeyError, StopIteration) as error:
            site.faults.append(f"the run ended: {error!r}")
    return site.faults


def run(name: str, site: Site, port: int, folder: Path) -> None:
    """Plays the scene at a site."""
    match name:
        case "orm":
            scenes.faulty(site, port, "utf-8")
        case "omi":
            # What the standard's KS X 1001 is to Python: without the syllables of Korean Windows.
            scenes.faulty(site, port, "euc-kr")
        case "tls":
            scenes.secure(site, port, folder)
        case "unwritable":
            scenes.unwritable(site, port)
        case "csv":
            scenes.files(site, folder / "files")


if __name__ == "__main__":
    sys.exit(main())

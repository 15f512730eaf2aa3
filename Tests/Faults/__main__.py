"""`python -m Faults`: rounds of all faults, each round with a seed of its own, and a table of what came of them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .play import play
from .rounds import Rounds
from .scenarios import SCENARIOS

# Most of a scenario is waiting.
SIDE_BY_SIDE = 2 * (os.cpu_count() or 1)


def main() -> int:
    """Runs the rounds, or plays one scenario for them; returns the exit status, 0 only if nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m Faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first round; the next ones follow")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--only", action="append", choices=sorted(SCENARIOS), help="this scenario; may be given several times; left out: all")
    parser.add_argument("--side-by-side", type=int, default=SIDE_BY_SIDE, help="so many scenarios are played at a time")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; what a green scenario leaves there goes")
    parser.add_argument("--coordinator", type=Path, required=True, help="the coordinator program")
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    parser.add_argument("--play", metavar="FOLDER", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    programs = arguments.coordinator.resolve(), arguments.worker.resolve()
    names = arguments.only or list(SCENARIOS)
    if arguments.play:
        print(play(names[0], arguments.seed, arguments.play, arguments.out / "hospital", programs).text)
        return 0
    return Rounds(arguments.out.resolve(), programs, arguments.seed, arguments.rounds, names, arguments.side_by_side).run()


if __name__ == "__main__":
    sys.exit(main())

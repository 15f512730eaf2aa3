"""`python -m lab COMMAND`: the lab's commands."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path


def main() -> int:
    """Runs the command given; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    hospital = commands.add_parser("hospital", help="make a hospital from a seed")
    hospital.add_argument("--seed", type=int, required=True)
    hospital.add_argument("--out", type=Path, required=True)
    hospital.add_argument("--size", choices=["full", "small"], default="full")
    hospital.set_defaults(run=_hospital)
    severance = commands.add_parser("severance", help="make the orders and the mini-PACS database of the paper's hospital, which simulate to its tables")
    severance.add_argument("--seed", type=int, default=1)
    severance.add_argument("--out", type=Path, required=True)
    severance.add_argument("--scale", type=float, default=1, help="1 is the hospital's full size; below it each cell has its share, rounded up")
    severance.set_defaults(run=_severance)
    check = commands.add_parser("check", help="check what arrived in the PACS, independently of who sent it")
    check.add_argument("--hospital", type=Path, required=True, help="folder with discs/ and the tables")
    check.add_argument("--pacs", required=True, help="root of Orthanc's REST interface")
    check.add_argument("--statements", type=Path, help="folder with the coordinator's studies.json and report.json; left out: the PACS only")
    check.set_defaults(run=_check)
    demo = commands.add_parser("demo", help="run a whole migration, and check it")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--out", type=Path, required=True, help="folder of the run; what an earlier run left there goes")
    demo.add_argument("--coordinator", type=Path, required=True, help="the coordinator program")
    demo.add_argument("--worker", type=Path, required=True, help="the worker program")
    demo.add_argument("--size", choices=["full", "small"], default="full")
    demo.add_argument("--limit", type=float, help="seconds that it may take in all; longer is a failure")
    demo.set_defaults(run=_demo)
    trouble = commands.add_parser("trouble", help="let one thing at a time go wrong with a migration, and check it")
    trouble.add_argument("--only", action="append", default=[], metavar="NAME", help="this scenario; may be given several times; left out: all")
    trouble.add_argument("--seed", type=int, default=1)
    trouble.add_argument("--out", type=Path, required=True, help="folder of the run; what an earlier run left there goes")
    trouble.add_argument("--coordinator", type=Path, required=True, help="the coordinator program")
    trouble.add_argument("--worker", type=Path, required=True, help="the worker program")
    trouble.set_defaults(run=_trouble)
    kill = commands.add_parser("kill", help="kill -9 of coordinator, workers and PACS at seeded moments of migrations, each checked")
    kill.add_argument("--seed", type=int, default=1)
    kill.add_argument("--runs", type=int, default=10, help="migrations, beside one without a kill")
    kill.add_argument("--moments", type=int, default=3, help="moments in each of them")
    kill.add_argument("--out", type=Path, required=True, help="folder of the runs; what a green run left there goes")
    kill.add_argument("--coordinator", type=Path, required=True, help="the coordinator program")
    kill.add_argument("--worker", type=Path, required=True, help="the worker program")
    kill.add_argument("--size", choices=["full", "small"], default="full")
    kill.add_argument("--keep", action="store_true", help="keep what green runs leave behind")
    kill.set_defaults(run=_kill)
    noise = commands.add_parser("noise", help="make the tables of a noisy hospital with truth, and say what the paper's rule alone makes of it")
    noise.add_argument("--seed", type=int, required=True)
    noise.add_argument("--out", type=Path, required=True)
    noise.add_argument("--studies", type=int, help="at least so many; left out: as rates.toml says")
    noise.set_defaults(run=_noise)
    arguments = parser.parse_args()
    return arguments.run(arguments)


def _hospital(arguments: argparse.Namespace) -> int:
    from .making import make_hospital

    started = time.monotonic()
    made = make_hospital(arguments.seed, arguments.size, arguments.out)
    images = list((arguments.out / "discs").glob("*.iso"))
    total = sum(image.stat().st_size for image in images)
    instances = {instance.sop_instance_uid for study in made.studies for instance in study.instances}
    print(f"seed {made.seed}: {len(images)} discs of {total / 1e6:.0f} MB, {len(made.studies)} studies, {len(instances)} instances, "
          f"{len(made.orders)} orders, in {time.monotonic() - started:.1f} s")
    return 0


def _severance(arguments: argparse.Namespace) -> int:
    from .severance.making import make_severance

    started = time.monotonic()
    for name, made in make_severance(arguments.out, arguments.seed, arguments.scale).items():
        print(f"{arguments.out / name}: {len(made.studies):,} studies, {len(made.orders):,} orders")
    print(f"made in {time.monotonic() - started:.1f} s")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from .check import check
    from .summary import print_verdict

    started = time.monotonic()
    verdict = check(arguments.hospital, arguments.pacs, arguments.statements)
    return print_verdict(verdict, time.monotonic() - started)


def _demo(arguments: argparse.Namespace) -> int:
    from .demo import Demo

    programs = arguments.coordinator.resolve(), arguments.worker.resolve()
    return Demo(arguments.out.resolve(), *programs, arguments.seed, arguments.size, arguments.limit).run()


def _trouble(arguments: argparse.Namespace) -> int:
    from .trouble.runner import Trouble

    programs = arguments.coordinator.resolve(), arguments.worker.resolve()
    return Trouble(arguments.out.resolve(), *programs, arguments.seed, arguments.only).run()


def _kill(arguments: argparse.Namespace) -> int:
    from .killing.series import KillSeries

    programs = arguments.coordinator.resolve(), arguments.worker.resolve()
    return KillSeries(arguments.out.resolve(), *programs, arguments.seed, arguments.size, arguments.runs, arguments.moments, arguments.keep).run()


def _noise(arguments: argparse.Namespace) -> int:
    from .noise.bare_rule import bare_rule, judge
    from .noise.making import write_noisy

    started = time.monotonic()
    made = write_noisy(arguments.out, arguments.seed, arguments.studies)
    print(f"seed {arguments.seed}: {len(made.studies):,} studies, {len(made.orders):,} orders, in {time.monotonic() - started:.1f} s")
    found = judge(arguments.out, bare_rule(arguments.out))
    print(f"the paper's rule alone: {found.right:,} matched rightly, {found.wrong:,} wrongly, {found.left:,} left to a person that have an order, "
          f"{found.none:,} without one")
    return 0


if __name__ == "__main__":
    sys.exit(main())

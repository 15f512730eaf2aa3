"""`python -m severance --coordinator BIN --out DIR`: simulates, compares, measures, and ends with status 1 when a cell differs or a peer is faster."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from lab.severance.making import FIRST, THIRD
from lab.severance.paper import read_paper
from lab.skein import CommandError, run
from pipeline.figures import run_measured

from .material import HERE, Material, ensure_material, fresh_ledgers, ledger_of_read, warm
from .tables import Table, differences, first_differences, listed, listed_csv, simulated

ROUNDS = 5
OURS, SQLITE, PANDAS = "coordinator match simulate", "sqlite3 shell", "pandas from loaded frames"
READ = "the same, all studies read"
SIMULATE = ["match", "simulate", "--by", "modality,year", "--json"]


@dataclass(frozen=True)
class Timing:
    """One run: its seconds, those of processors (user and system), and the most memory that the process had."""

    seconds: float
    processor: float
    peak: int

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  processors {self.processor:6.2f} s  peak {self.peak / 1e6:6.0f} MB"


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(prog="severance", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where the material is kept between runs; the ledgers are made anew")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    words = parser.parse_args()
    program, out = words.coordinator.resolve(), words.out.resolve()
    try:
        material = ensure_material(out / "material")
        configurations = fresh_ledgers(program, material, out / "ledgers")
        is_right = _compare(program, configurations)
        all_read = ledger_of_read(configurations[THIRD], out / "ledgers" / "all-read")
        return 0 if _measure(program, configurations[THIRD], all_read, material, out, words.rounds) and is_right else 1
    except (CommandError, RuntimeError, subprocess.SubprocessError) as error:
        print(f"accept-severance: {error}", flush=True)
        return 1


def _compare(program: Path, configurations: dict[str, Path]) -> bool:
    paper = read_paper()
    documents = {name: run([str(program), *SIMULATE, "--config", str(path)]) for name, path in configurations.items()}
    # The program's own column for the years before 1998 says the same as the years that the check adds up.
    columns = run([str(program), *SIMULATE, "--before", "1998", "--config", str(configurations[THIRD])])
    third = differences(paper.third, simulated(documents[THIRD])) + differences(paper.third, simulated(columns))
    first = first_differences(paper, documents[FIRST])
    print(f"\naccept-severance: {'met' if not third else 'MISSED'}: {len(paper.third)} cells of table 3, {len(third)} differ")
    print(f"accept-severance: {'met' if not first else 'MISSED'}: {len(paper.first)} rows of table 2, {len(first)} differ", flush=True)
    for fault in third + first:
        print(f"  {fault}")
    return not third and not first


def _measure(program: Path, configuration: Path, all_read: Path, material: Material, out: Path, rounds: int) -> bool:
    third, bare = read_paper().third, material.bare
    runs = {
        OURS: (third, lambda: _ours(program, configuration, out / "ours.json")),
        READ: (third, lambda: _ours(program, all_read, out / "ours.json")),
        SQLITE: (bare, lambda: _sqlite(material, out / "sqlite3.csv")),
        PANDAS: (bare, lambda: _pandas(material, out / "pandas.json")),
    }
    timings: dict[str, list[Timing]] = {name: [] for name in runs}
    for number in range(1, rounds + 1):
        # Who goes first changes from round to round: a machine that grows slower or faster favours nobody.
        for name in list(runs) if number % 2 else list(runs)[::-1]:
            warm(configuration.with_name("ledger.sqlite"), all_read.with_name("ledger.sqlite"), material.database)
            expected, measure = runs[name]
            timing, table = measure()
            if faults := differences(expected, table):
                raise RuntimeError(f"{name} does not give its table: {faults[0]}")
            timings[name].append(timing)
            print(f"round {number}: {name:28} {timing}", flush=True)
    return _judge(timings, rounds)


def _judge(timings: dict[str, list[Timing]], rounds: int) -> bool:
    medians = {name: Timing(median(timing.seconds for timing in taken), median(timing.processor for timing in taken), max(timing.peak for timing in taken))
               for name, taken in timings.items()}
    print(f"\nmedians of {rounds} rounds, peaks of all:")
    for name, timing in medians.items():
        print(f"{name:28} {timing}")
    is_faster = True
    for peer in (SQLITE, PANDAS):
        share = medians[OURS].seconds / medians[peer].seconds
        is_faster = is_faster and share < 1
        print(f"accept-severance: {'met' if share < 1 else 'MISSED'}: simulating takes {share:.2f} of the time of the join, {peer}; "
              f"{medians[OURS].processor / medians[peer].processor:.2f} of its processor time")
    return is_faster


def _ours(program: Path, configuration: Path, output: Path) -> tuple[Timing, Table]:
    """The whole process, from its start to its end."""
    seconds, usage = run_measured([str(program), *SIMULATE, "--config", str(configuration)], output=output)
    return Timing(seconds, usage.seconds, usage.peak_bytes), simulated(output.read_text(encoding="utf-8"))


def _sqlite(material: Material, output: Path) -> tuple[Timing, Table]:
    """The whole process, from its start to its end."""
    seconds, usage = run_measured(["sqlite3", "-readonly", "-csv", str(material.database), f".read '{HERE / 'join.sql'}'"], output=output)
    return Timing(seconds, usage.seconds, usage.peak_bytes), listed_csv(output.read_text(encoding="utf-8"))


def _pandas(material: Material, output: Path) -> tuple[Timing, Table]:
    """The join alone: the frames are loaded before. The peak is the process's, with its frames."""
    script = HERE / "pandas_join.py"
    _, usage = run_measured([sys.executable, str(script), str(material.orders(THIRD)), str(material.studies(THIRD))], output=output)
    said = json.loads(output.read_text(encoding="utf-8"))
    return Timing(said["seconds"], said["processor"], usage.peak_bytes), listed(said["cells"])


if __name__ == "__main__":
    sys.exit(main())

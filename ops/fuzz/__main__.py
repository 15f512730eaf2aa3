"""`python -m fuzz`: each target is fed with bytes that libFuzzer makes up, for a set time, and a table says what came of it.

The process of a target ends at a crash, at a broken rule (`BROKEN RULE` in its log), when one input takes longer than TIMEOUT, or when it needs more
memory than MEMORY; its input is kept then, and the exit status is 1. What was found grows a corpus in OUT/TARGET, from which the next run begins.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import seeds

TARGETS = ("file", "data-set", "directory", "pdu", "command", "picture", "message")
# Seconds for one input. An ordinary one takes milliseconds; a machine that has other work to do is slower.
TIMEOUT = 20
# MiB of one process, its corpus among them; what it takes is some tens.
MEMORY = 512
# MiB of addresses: an allocation beyond them ends the process, touched or not (libFuzzer's own limit of an allocation works with a sanitizer only). No input is
# long, so nothing that is made of it may be.
ADDRESSES = 1024
LONGEST_INPUT = 8192
# A file is read in pieces: what lies beyond the first ones must be reached.
LONGEST_FILE = 1 << 16
# Inputs that a target takes in a second at the least, on the slowest machine: with fewer it did not do what it is for.
SLOWEST = 1
# libFuzzer stops by itself; this is for one that does not.
GRACE = 120

# Where libFuzzer's log has what must not be nothing.
SEEDS_READ, EXECUTIONS, EDGES = r"seed corpus: files: (\d+)", r"stat::number_of_executed_units: +(\d+)", r" cov: (\d+)"
# Of the table: heading, width, where libFuzzer's log has it. Edges: those that the seeds reach, and those that were reached at the end.
COLUMNS = (
    ("executions", 13, EXECUTIONS),
    ("a second", 10, r"stat::average_exec_per_sec: +(\d+)"),
    ("of seeds", 10, r"INITED cov: (\d+)"),
    ("edges", 8, EDGES),
    ("corpus", 8, r" corp: (\d+)/"),
    ("slowest s", 11, r"stat::slowest_unit_time_sec: +(\d+)"),
    ("MiB", 6, r"stat::peak_rss_mb: +(\d+)"),
)


@dataclass
class Outcome:
    """What a target's process said."""

    target: str
    status: int
    log: Path
    text: str
    seeds: int
    seconds: int

    def number(self, pattern: str) -> int:
        """The last number that the log has there."""
        found = re.findall(pattern, self.text)
        return int(found[-1]) if found else 0

    @property
    def row(self) -> str:
        """The line of the table."""
        numbers = "".join(f"{self.number(pattern):>{width},}" for _, width, pattern in COLUMNS)
        return f"{self.target:10}{numbers}  {self.verdict}"

    @property
    def is_fine(self) -> bool:
        """Whether nothing was found, by a process that did its work: it took inputs for the time that it was given, and they reached something."""
        least = (self.seeds, self.seconds * SLOWEST, 1)
        done = [self.number(pattern) for pattern in (SEEDS_READ, EXECUTIONS, EDGES)]
        return self.status == 0 and all(count >= number for count, number in zip(done, least, strict=True))

    @property
    def verdict(self) -> str:
        """Fine, or where to look."""
        if self.is_fine:
            return "fine"
        if self.status == 0:
            return f"FAILED: too little was done; log {self.log}"
        kept = re.findall(r"Test unit written to (\S+)", self.text)
        return f"FAILED: {kept[-1] if kept else f'exit status {self.status}'}; log {self.log}"


def limit_addresses() -> None:
    """For the process of a target, before it begins."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES << 20, ADDRESSES << 20))


def run(program: Path, target: str, seconds: int, out: Path, seed_count: int) -> Outcome:
    """Fuzzes one target."""
    corpus, log = out / target, out / f"{target}.log"
    corpus.mkdir(parents=True, exist_ok=True)
    options = {
        "max_total_time": seconds, "timeout": TIMEOUT, "rss_limit_mb": MEMORY, "max_len": LONGEST_FILE if target == "file" else LONGEST_INPUT,
        "dict": out / "seeds" / f"{target}.dict", "print_final_stats": 1, "use_value_profile": 1, "artifact_prefix": f"{out}/{target}-",
    }
    command = [str(program), target, str(corpus), str(out / "seeds" / target), *(f"-{name}={value}" for name, value in options.items())]
    # Swift's own account of a crash takes seconds, and would come before libFuzzer keeps the input.
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    with log.open("wb") as file:
        try:
            status = subprocess.run(
                command, stdout=file, stderr=file, env=environment, timeout=seconds + GRACE, check=False, preexec_fn=limit_addresses).returncode
        except subprocess.TimeoutExpired:
            status = -1
    return Outcome(target, status, log, log.read_text(errors="replace"), seed_count, seconds)


def main() -> int:
    """Fuzzes the targets, prints the table; exit status 0 only if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True, help="what ops/fuzz/build.sh built")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--at-once", type=int, default=2, help="so many targets side by side")
    parser.add_argument("--only", action="append", choices=TARGETS, help="this target; may be given several times; left out: all")
    parser.add_argument("--out", type=Path, required=True, help="folder of corpora, logs and inputs that failed")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    counts = seeds.write(out / "seeds")
    chosen = arguments.only or TARGETS
    with ThreadPoolExecutor(arguments.at_once) as pool:
        outcomes = list(pool.map(lambda target: run(arguments.program.resolve(), target, arguments.seconds, out, counts[target]), chosen))
    print("target    " + "".join(f"{heading:>{width}}" for heading, width, _ in COLUMNS))
    for outcome in outcomes:
        print(outcome.row)
    failed = [outcome for outcome in outcomes if not outcome.is_fine]
    print(f"fuzz: {len(outcomes)} targets, {arguments.seconds} s each; {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

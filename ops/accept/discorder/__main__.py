"""`make accept-disc-order`: no outcome depends on which disc is read first, or by whom."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from math import factorial
from pathlib import Path
from random import Random

from lab.making import ensure_hospital
from lab.records import read_media_labels
from lab.skein import CommandError

from .migration import Migration
from .standing import differences

MOST_WORKERS = 6
SHOWN = 20
VOCABULARY = "vocabulary.json"


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="discorder", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the hospital is kept there between runs")
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--size", choices=["full", "small"], default="full")
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    out = words.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    hospital = out / "hospital"
    ensure_hospital(words.seed, words.size, hospital)
    faults = []
    (out / VOCABULARY).unlink(missing_ok=True)
    for weighs_evidence in (False, True):
        print("with evidence:" if weighs_evidence else "by the rule:")
        faults += same_in_all(words, out, hospital, weighs_evidence)
    for fault in faults[:SHOWN]:
        print(f"FAULT {fault}")
    print("accept-disc-order: " + (f"FAILED, {len(faults)} faults" if faults else "passed"))
    return 1 if faults else 0


def same_in_all(words: argparse.Namespace, out: Path, hospital: Path, weighs_evidence: bool) -> list[str]:
    """Reads the discs in so many orders; what is wrong, and what differs from the first."""
    faults, first = [], None
    for number, labels in enumerate(shuffled(read_media_labels(hospital), words.orders, words.seed), 1):
        workers = 1 + (number - 1) % min(MOST_WORKERS, len(labels))
        started = time.monotonic()
        run = Migration(out / "run", hospital, words.coordinator.resolve(), words.worker.resolve(), labels, workers, out / VOCABULARY, weighs_evidence)
        try:
            found, wrong = run.run()
        except CommandError as error:
            found, wrong = None, [f"the migration does not come to its end: {error}"]
        if found is not None:
            first = first or found
            wrong += differences(first, found)
        faults += [f"order {number}{', with evidence' if weighs_evidence else ''}: {fault}" for fault in wrong]
        print(f"order {number:2}, {workers} {'worker ' if workers == 1 else 'workers'}: {len(found or {})} studies, {len(wrong)} differences, "
              f"{time.monotonic() - started:5.1f} s: {' '.join(labels)}", flush=True)
    if first:
        counts = Counter(f"{study['outcome']}, {study['hold reason'] or study['state']}" for study in first.values())
        print("; ".join(f"{count} {words}" for words, count in sorted(counts.items())))
    return faults


def shuffled(labels: list[str], count: int, seed: int) -> list[list[str]]:
    """So many different orders of the discs: that of the shelf, the other way round, and shuffled ones. ValueError when there are not so many."""
    if count > factorial(len(labels)):
        raise ValueError(f"{len(labels)} discs have {factorial(len(labels))} orders, not {count}")
    orders, random = [labels, labels[::-1]], Random(f"{seed} orders of discs")
    while len(orders) < count:
        order = random.sample(labels, len(labels))
        if order not in orders:
            orders.append(order)
    return orders[:count]


if __name__ == "__main__":
    sys.exit(main())

"""`make accept-disc-order`: no outcome depends on which disc is read first, by whom, or what the hospital tells in between."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from math import factorial
from pathlib import Path
from random import Random

from lab.hospital import plan
from lab.making import ensure_hospital
from lab.records import read_media_labels
from lab.skein import CommandError

from .course import Telling, courses
from .migration import Migration, Site
from .standing import Study, differences

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
    (out / VOCABULARY).unlink(missing_ok=True)
    faults: list[str] = []
    for weighs_evidence in (False, True):
        print("with evidence:" if weighs_evidence else "by the rule:")
        site = Site(out / "run", hospital, plan(words.seed, words.size), words.coordinator.resolve(), words.worker.resolve(), out / VOCABULARY, weighs_evidence)
        faults += same_in_all(words, site)
    for fault in faults[:SHOWN]:
        print(f"FAULT {fault}")
    print("accept-disc-order: " + (f"FAILED, {len(faults)} faults" if faults else "passed"))
    return 1 if faults else 0


def same_in_all(words: argparse.Namespace, site: Site) -> list[str]:
    """Reads the discs in so many orders; what is wrong, and what differs from the first."""
    orders = shuffled(read_media_labels(site.hospital), words.orders, words.seed)
    seed = f"{words.seed}{' with evidence' if site.weighs_evidence else ''}"
    faults: list[str] = []
    first: dict[str, Study] | None = None
    for number, (labels, course) in enumerate(zip(orders, courses(len(orders), len(orders[0]), seed), strict=True), 1):
        started = time.monotonic()
        try:
            found, wrong = Migration(site, labels, course, f"{seed} {number}").run()
        except CommandError as error:
            found, wrong = {}, [f"the migration does not come to its end: {error}"]
        else:
            first = first or found
            wrong += differences(first, found, may_be_flagged=course.telling is Telling.PATIENTS_LATE)
        faults += [f"order {number}{', with evidence' if site.weighs_evidence else ''}: {fault}" for fault in wrong]
        workers = f"{course.workers} {'worker ' if course.workers == 1 else 'workers'}"
        print(f"order {number:2}, {workers}: {len(found)} studies, {flagged(found)} flagged, {len(wrong)} faults, {time.monotonic() - started:5.1f} s: {course}: "
              f"{' '.join(labels)}", flush=True)
    if first:
        counts = Counter(f"{study['outcome']}, {study['hold reason'] or study['state']}" for study in first.values())
        print("; ".join(f"{count} {words}" for words, count in sorted(counts.items())))
    return faults


def flagged(found: dict[str, Study]) -> int:
    """How many studies keep what was sent, and are for a person."""
    return sum(bool(study["flags"]) for study in found.values())


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

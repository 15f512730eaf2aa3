"""`python -m fleet --coordinator BIN --out DIR`: measures, prints, and ends with status 1 when a bound is missed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median

from lab.skein import CommandError

from . import ours, peer
from .hotspots import report, sampling
from .material import Material, Programs, build, ensure
from .seed import WORKERS

# The bounds of issue 4.
TIMES_PEER, P99_RATIO, PEAK_BYTES = 2, 1.5, 300_000_000
LARGE, SMALL = 10_000_000, 10_000
ROUNDS, SECONDS, PACED_SECONDS, KILL_SECONDS = 3, 15, 20, 20
PEER_JOBS = 4000
ITEMS = 16
# Of the comparison of two ledgers: the small one has ten studies for each worker, one of them held at most.
COMPARED_ITEMS = 8
# A paced load counts as reached at this share of it.
REACHED = 0.98
MEGA = 1_000_000


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(prog="fleet", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where the ledgers are kept between runs: some 30 GB; its disk is what is measured")
    parser.add_argument("--studies", type=int, default=LARGE, help="how many studies the large ledger has")
    parser.add_argument("--profile", action="store_true", help="print where the coordinator's time goes; needs perf (Debian: linux-perf)")
    words = parser.parse_args()
    out = words.out.resolve()
    try:
        programs = build(words.coordinator.resolve(), out / "bin")
        large, small = ensure(programs, out, "large", words.studies), ensure(programs, out, "small", SMALL)
        for material in (large, small):
            print(f"ledger of {material.studies:,} studies: {material.byte_count / MEGA:,.0f} MB, {material.byte_count / material.studies:,.0f} bytes a study, "
                  f"2 instances each")
        return _measure(programs, large, small, out, words.profile)
    except (CommandError, RuntimeError) as error:
        print(f"accept-fleet: {error}", flush=True)
        return 1


def _measure(programs: Programs, large: Material, small: Material, out: Path, profile: bool) -> int:
    print(f"a small write and its sync: {peer.sync_milliseconds(out):.2f} ms", flush=True)
    way = peer.best_way(programs, out / "beanstalkd")
    with ours.serving(programs, large) as server:
        print(f"the coordinator answers {server.start_seconds:.1f} s after its start on {large.studies:,} studies", flush=True)
        theirs, peaks = _rounds(programs, large, out, way)
        peak, theirs_rate = median(run.rate for run in peaks), median(theirs)
        single = ours.run(programs, large, 1, SECONDS)
        print(f"one item a line: {single.rate:,.0f} cycles/s, {single.rate / theirs_rate:.2f} times beanstalkd", flush=True)
        paced = ours.run(programs, large, ITEMS, PACED_SECONDS, peak / 2)
        print(f"{WORKERS:,} workers at half of peak ({peak / 2:,.0f} cycles/s wanted, {paced.rate:,.0f} done): a LEASE reply takes {_latencies(paced)}", flush=True)
        if profile:
            with sampling(server.child.process_id, out / "perf.data"):
                ours.run(programs, large, ITEMS, SECONDS)
            print(report(out / "perf.data"))
    compared, compared_memory = _compare(programs, small, large, peak / 2)
    small_p99, large_p99 = (median(run.p99 for run in compared[studies]) for studies in (small.studies, large.studies))
    killed, kept = ours.run_until_killed(programs, large, ITEMS, KILL_SECONDS)
    print(f"after kill -9 the coordinator answers {kept.again:.1f} s after its start", flush=True)
    all_paced = [paced, *compared[small.studies], *compared[large.studies]]
    slowest, memory = min(run.rate for run in all_paced), max(server.peak, compared_memory, killed.peak)
    faults = sum(run.errors for run in [*peaks, single, *all_paced])
    return _judge([
        (peak >= TIMES_PEER * theirs_rate, f"{peak:,.0f} cycles/s at up to {ITEMS} items a line over TLS, {peak / theirs_rate:.2f} times beanstalkd's {theirs_rate:,.0f} "
         f"({way}), at least {TIMES_PEER} wanted"),
        (slowest >= REACHED * peak / 2, f"of {peak / 2:,.0f} cycles/s wanted at half of peak at least {slowest:,.0f} were done"),
        (large_p99 <= P99_RATIO * small_p99, f"p99 of a LEASE reply with {large.studies:,} studies is {large_p99 / small_p99:.2f} times that with {small.studies:,}, "
         f"at most {P99_RATIO} wanted"),
        (memory < PEAK_BYTES, f"the coordinator's peak is {memory / MEGA:.0f} MB, less than {PEAK_BYTES / MEGA:.0f} MB wanted"),
        (faults == 0, f"{faults} lines were answered with an error"),
        (kept.lost == 0, f"after kill -9 {kept.lost} of {kept.granted:,} acknowledged grants and {kept.recorded:,} acknowledged results are missing"),
    ])


def _rounds(programs: Programs, large: Material, out: Path, way: peer.Way) -> tuple[list[float], list[ours.Run]]:
    """Peer and ours in turns, who goes first changing: a machine that grows slower or faster favours nobody."""
    theirs, peaks = [], []
    for number in range(1, ROUNDS + 1):
        for is_ours in ([True, False] if number % 2 else [False, True]):
            if is_ours:
                peaks.append(ours.run(programs, large, ITEMS, SECONDS))
                print(f"round {number}: skein, up to {ITEMS} items a line: {peaks[-1].rate:,.0f} cycles/s, {peaks[-1].errors} errors", flush=True)
            else:
                theirs.append(peer.measure(programs, out / "beanstalkd", way.connections, way.pipelined, PEER_JOBS).rate)
                print(f"round {number}: beanstalkd -f 0, {way}: {theirs[-1]:,.0f} cycles/s", flush=True)
    return theirs, peaks


def _compare(programs: Programs, small: Material, large: Material, rate: float) -> tuple[dict[int, list[ours.Run]], int]:
    """The same paced load on both ledgers, in turns; its results say that nothing was tried, so that ten thousand studies last. By number of studies; and
    the most memory that the coordinator had."""
    runs: dict[int, list[ours.Run]] = {small.studies: [], large.studies: []}
    memory = 0
    for number in range(1, ROUNDS + 1):
        for material in ([small, large] if number % 2 else [large, small]):
            with ours.serving(programs, material) as server:
                run = ours.run(programs, material, COMPARED_ITEMS, PACED_SECONDS, rate, interrupts=True)
            memory = max(memory, server.peak)
            runs[material.studies].append(run)
            print(f"round {number}: {material.studies:,} studies, {rate:,.0f} cycles/s wanted, {run.rate:,.0f} done, {run.errors} errors: "
                  f"a LEASE reply takes {_latencies(run)}", flush=True)
    return runs, memory


def _latencies(run: ours.Run) -> str:
    return f"p50 {run.p50:.1f} ms, p99 {run.p99:.1f} ms, at most {run.highest:.0f} ms"


def _judge(judged: list[tuple[bool, str]]) -> int:
    print()
    for is_met, sentence in judged:
        print(f"accept-fleet: {'met' if is_met else 'MISSED'}: {sentence}")
    return 0 if all(is_met for is_met, _ in judged) else 1


if __name__ == "__main__":
    sys.exit(main())

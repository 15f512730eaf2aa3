"""`python -m pipeline --coordinator BIN --worker BIN --out DIR`: measures, prints, and ends with status 1 when a bound is missed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lab.skein import CommandError

from .figures import Figures, medians
from .hotspots import Sampler
from .material import INSTANCES_OF_STUDY, STUDIES, Material, ensure_material
from .ours import Programs, run_pipeline
from .peer import AS_INSTALLED, TUNED, run_storescu

ROUNDS = 3
# The bounds of issue 3.
FASTER_THAN_INSTALLED, OF_TUNED, PEAK_BYTES = 20, 0.4, 200_000_000
SETTINGS = [AS_INSTALLED, TUNED]


def main() -> int:
    """Runs the rounds; returns the exit status."""
    parser = argparse.ArgumentParser(prog="pipeline", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="where the material is kept between runs, and logs are left")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--profile", action="store_true",
                        help="sample the worker in one more run, and print where its time goes; needs perf (Debian: linux-perf) and the right to use it")
    parser.add_argument("--staged", action="store_true",
                        help="instead: the image comes into a drive and is staged, the spool encrypted and in the clear in turn")
    words = parser.parse_args()
    programs, out = Programs(words.coordinator.resolve(), words.worker.resolve()), words.out.resolve()
    try:
        material = ensure_material(out / "material")
        average = material.warm() / (STUDIES * INSTANCES_OF_STUDY)
        print(f"material: {STUDIES} studies of {INSTANCES_OF_STUDY} CT, {average:,.0f} bytes each on average, in the page cache", flush=True)
        if words.staged:
            return _compare_spools(material, programs, out, words.rounds)
        status = _measure(material, programs, out, words.rounds)
        if words.profile:
            _profile(material, programs, out)
        return status
    except (CommandError, RuntimeError) as error:
        print(f"accept-pipeline: {error}", flush=True)
        return 1


def _measure(material: Material, programs: Programs, out: Path, rounds: int) -> int:
    ours: dict[str, list[Figures]] = {setting.name: [] for setting in SETTINGS}
    theirs: dict[str, list[Figures]] = {setting.name: [] for setting in SETTINGS}
    for number in range(1, rounds + 1):
        # Who goes first changes from round to round: a machine that grows slower or faster favours nobody.
        for setting in SETTINGS if number % 2 else SETTINGS[::-1]:
            theirs[setting.name].append(_show(number, f"storescu {setting.name}", run_storescu(setting, material, out / "storescp.log")))
            ours[setting.name].append(_show(number, f"skein to storescp {setting.name}", run_pipeline(setting, material, programs, out / "run")))
    print(f"\nmedians of {rounds} rounds, peaks of all:", flush=True)
    for setting in SETTINGS:
        print(_line(f"storescu {setting.name}", medians(theirs[setting.name])))
        print(_line(f"skein to storescp {setting.name}", medians(ours[setting.name])))
    return _judge({name: medians(runs) for name, runs in ours.items()}, {name: medians(runs) for name, runs in theirs.items()})


def _compare_spools(material: Material, programs: Programs, out: Path, rounds: int) -> int:
    runs: dict[str, list[Figures]] = {"off": [], "on": []}
    for number in range(1, rounds + 1):
        for encryption in list(runs) if number % 2 else list(runs)[::-1]:
            figures = run_pipeline(TUNED, material, programs, out / "run", encryption=encryption)
            runs[encryption].append(_show(number, f"skein staged, encryption {encryption}", figures))
    print(f"\nmedians of {rounds} rounds, peaks of all:", flush=True)
    for encryption, figures in runs.items():
        print(_line(f"skein staged, encryption {encryption}", medians(figures)))
    return 0


def _judge(ours: dict[str, Figures], theirs: dict[str, Figures]) -> int:
    """Ours is one program that sets its own sockets: judged is what it does to storescp tuned. The other ratio is printed beside it."""
    judged_rate, peak = ours[TUNED.name].rate, max(figures.sender.peak_bytes for figures in ours.values())
    installed, tuned = judged_rate / theirs[AS_INSTALLED.name].rate, judged_rate / theirs[TUNED.name].rate
    same_peer = ours[AS_INSTALLED.name].rate / theirs[AS_INSTALLED.name].rate
    judged = [
        (installed >= FASTER_THAN_INSTALLED,
         f"{installed:.1f} times storescu as installed, at least {FASTER_THAN_INSTALLED} wanted ({same_peer:.1f} with storescp as installed too)"),
        (tuned >= OF_TUNED, f"{tuned:.2f} of storescu tuned, at least {OF_TUNED} wanted"),
        (peak < PEAK_BYTES, f"the worker's peak is {peak / 1e6:.0f} MB, less than {PEAK_BYTES / 1e6:.0f} MB wanted"),
    ]
    print()
    for is_met, sentence in judged:
        print(f"accept-pipeline: {'met' if is_met else 'MISSED'}: {sentence}")
    return 0 if all(is_met for is_met, _ in judged) else 1


def _profile(material: Material, programs: Programs, out: Path) -> None:
    sampler = Sampler(out / "profile")
    figures = run_pipeline(TUNED, material, programs, out / "run", sampler)
    print(f"\nthe worker's processor time, sampled over a run of {figures.seconds:.2f} s:\n{sampler.report()}")


def _show(number: int, name: str, figures: Figures) -> Figures:
    print(f"round {number}: {_line(name, figures)}", flush=True)
    return figures


def _line(name: str, figures: Figures) -> str:
    """Instances and megabytes a second, processor seconds and peak memory in one line."""
    words = [f"{name:31} {figures.seconds:6.2f} s {figures.rate:7.1f} instances/s {figures.byte_count / figures.seconds / 1e6:7.1f} MB/s"]
    if figures.coordinator is None:
        return f"{words[0]}  cpu {figures.sender.seconds:.2f} s  peak {figures.sender.peak_bytes / 1e6:.0f} MB"
    both = figures.sender.seconds + figures.coordinator.seconds
    words.append(f"cpu {both:.2f} s (worker {figures.sender.seconds:.2f}, coordinator {figures.coordinator.seconds:.2f})")
    words.append(f"peak {figures.sender.peak_bytes / 1e6:.0f} MB (coordinator {figures.coordinator.peak_bytes / 1e6:.0f})")
    words.append(f"read after {figures.reading_seconds:.2f} s")
    return "  ".join(words)


if __name__ == "__main__":
    sys.exit(main())

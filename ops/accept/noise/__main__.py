"""`python -m noise --coordinator BIN --out DIR`: ends with status 1 when an automatic match is wrong, or too many studies are left to a person."""

from __future__ import annotations

import argparse
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.noise.rates import read_rates
from lab.skein import CommandError

from .curve import write_plot, write_table
from .hospital import Result, judged

# Of what the paper's rule alone leaves to a person, so much may be left.
SHARE = 0.2
# What the whole run must have judged.
SEEDS, STUDIES = 20, 1_000_000
# So many of the studies may be such that their tables speak for another order: what no matcher can do is bounded as well.
MISLEADING = 0.005


def main() -> int:
    """Runs everything; returns the exit status."""
    parser = argparse.ArgumentParser(prog="noise", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="is made anew")
    parser.add_argument("--seeds", choices=["judging", "tuning", "one"], default="judging", help="one: the first of tuning")
    parser.add_argument("--studies", type=int, help="of each hospital; left out: as rates.toml says")
    parser.add_argument("--share", type=float, default=SHARE)
    parser.add_argument("--plot", action="store_true", help="the curve as SVG too (matplotlib)")
    words = parser.parse_args()
    rates = read_rates()
    seeds = {"judging": rates.judging, "tuning": rates.tuning, "one": rates.tuning[:1]}[words.seeds]
    out = words.out.resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    try:
        results = _all(words.coordinator.resolve(), out, seeds, words.studies)
    except CommandError as error:
        print(f"accept-noise: {error}", flush=True)
        return 1
    write_table(out / "curve.csv", results)
    if words.plot:
        write_plot(out / "curve.svg", results)
    met = [_say(results, words.share), _say_aside(results)]
    if words.seeds == "judging":
        met.append(_is_whole(results))
    return 0 if all(met) else 1


def _all(program: Path, out: Path, seeds: list[int], studies: int | None) -> list[Result]:
    def one(seed: int) -> Result:
        started = time.monotonic()
        result = judged(program, out / str(seed), seed, studies)
        print(f"seed {seed}: {result.studies:,} studies; the rule alone leaves {result.bare.left:,} and errs {result.bare.wrong} times; with evidence "
              f"{result.evidence.left:,} and {result.evidence.wrong}; of {result.misleading} misleading ones {result.evidence.misled} are matched; "
              f"{time.monotonic() - started:.0f} s", flush=True)
        shutil.rmtree(out / str(seed) / "migration")
        return result

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, seeds))


def _say(results: list[Result], share: float) -> bool:
    studies = sum(one.studies for one in results)
    wrong, left, bare = (sum(values) for values in zip(*((one.evidence.wrong, one.evidence.left, one.bare.left) for one in results), strict=True))
    for one in results:
        for uid in one.wrong:
            print(f"accept-noise: wrong: {uid} of seed {one.seed}{', its own order, though nobody can tell' if uid in one.guessed else ''}", flush=True)
    print(f"accept-noise: {'met' if wrong == 0 else 'MISSED'}: {wrong} automatic matches are wrong in {studies:,} studies of {len(results)} hospitals "
          f"(the paper's rule alone: {sum(one.bare.wrong for one in results):,}); {sum(len(one.guessed) for one in results)} of them with the own order of a study "
          "of which nobody can tell")
    is_small = 0 < bare and left <= share * bare
    print(f"accept-noise: {'met' if is_small else 'MISSED'}: {left:,} studies are left to a person, {left / max(bare, 1):.3f} of the {bare:,} that the paper's "
          f"rule alone leaves; at most {share} are wanted", flush=True)
    return wrong == 0 and is_small


def _say_aside(results: list[Result]) -> bool:
    """What stands beside these two figures; false when too many studies mislead, or one would be filed under another patient."""
    studies = sum(one.studies for one in results)
    misleading, misled, needless, unconfirmed, confirmable, misfiled = (sum(values) for values in zip(
        *((one.misleading, one.evidence.misled, one.needless, one.unconfirmed, one.confirmable, one.misfiled) for one in results), strict=True))
    bare = sum(one.bare.misled for one in results)
    is_small = misleading <= MISLEADING * studies
    print(f"accept-noise: {'met' if is_small else 'MISSED'}: of {misleading:,} studies the tables speak for another order, and for nothing else; {misled:,} of "
          f"them are matched automatically (the paper's rule alone: {bare:,}); at most {MISLEADING:.1%} of all may be so")
    print(f"accept-noise: {needless:,} studies without an order are held for a person because evidence speaks for one")
    print(f"accept-noise: {unconfirmed:,} studies without an order are held because nothing confirms whose they are; {confirmable:,} of them are the number's own")
    print(f"accept-noise: {'met' if misfiled == 0 else 'MISSED'}: {misfiled:,} studies would be filed as unspecified exams under another patient's number, which "
          "they bear and nothing else contradicts", flush=True)
    return is_small and misfiled == 0


def _is_whole(results: list[Result]) -> bool:
    studies = sum(one.studies for one in results)
    is_whole = len(results) >= SEEDS and studies >= STUDIES
    print(f"accept-noise: {'met' if is_whole else 'MISSED'}: {studies:,} studies of {len(results)} seeds; {STUDIES:,} of {SEEDS} are wanted", flush=True)
    return is_whole


if __name__ == "__main__":
    raise SystemExit(main())

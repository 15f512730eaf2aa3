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
    return 0 if _say(results, words.share) else 1


def _all(program: Path, out: Path, seeds: list[int], studies: int | None) -> list[Result]:
    def one(seed: int) -> Result:
        started = time.monotonic()
        result = judged(program, out / str(seed), seed, studies)
        print(f"seed {seed}: {result.studies:,} studies; the rule alone leaves {result.bare.left:,} and errs {result.bare.wrong} times; with evidence "
              f"{result.evidence.left:,} and {result.evidence.wrong}; {time.monotonic() - started:.0f} s", flush=True)
        shutil.rmtree(out / str(seed) / "migration")
        return result

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, seeds))


def _say(results: list[Result], share: float) -> bool:
    studies = sum(one.studies for one in results)
    wrong, left, bare = (sum(values) for values in zip(*((one.evidence.wrong, one.evidence.left, one.bare.left) for one in results), strict=True))
    for one in results:
        for uid in one.wrong:
            print(f"accept-noise: wrong: {uid} of seed {one.seed}", flush=True)
    print(f"accept-noise: {'met' if wrong == 0 else 'MISSED'}: {wrong} automatic matches are wrong in {studies:,} studies of {len(results)} hospitals "
          f"(the paper's rule alone: {sum(one.bare.wrong for one in results):,})")
    is_small = left <= share * bare
    print(f"accept-noise: {'met' if is_small else 'MISSED'}: {left:,} studies are left to a person, {left / bare:.3f} of the {bare:,} that the paper's "
          f"rule alone leaves; at most {share} are wanted", flush=True)
    return wrong == 0 and is_small


if __name__ == "__main__":
    raise SystemExit(main())

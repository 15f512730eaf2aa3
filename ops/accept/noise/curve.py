"""The curves of wrong and left studies against the margin and the threshold, with the paper's bare rule on them."""

from __future__ import annotations

import csv
from pathlib import Path

from lab.noise.bare_rule import Judgement

from .hospital import MARGINS, THRESHOLDS, Result

# Kind of curve, value, how many are wrong, how many are left: over all hospitals.
Point = tuple[float, int, int]


def points(results: list[Result]) -> dict[str, list[Point]]:
    """By what is varied: its points."""
    def summed(value: float, judgements: list[Judgement]) -> Point:
        return value, sum(one.wrong for one in judgements), sum(one.left for one in judgements)

    return {
        "margin": [summed(value, [one.margins[value] for one in results]) for value in MARGINS],
        "threshold": [summed(value, [one.thresholds[value] for one in results]) for value in THRESHOLDS],
    }


def write_table(path: Path, results: list[Result]) -> None:
    """The curves as CSV; the bare rule has neither margin nor threshold."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["varied", "value", "wrong", "left"])
        rows.writerow(["bare rule", "", sum(one.bare.wrong for one in results), sum(one.bare.left for one in results)])
        for varied, curve in points(results).items():
            rows.writerows((varied, *point) for point in curve)


def write_plot(path: Path, results: list[Result]) -> None:
    """The curves as SVG, one beside the other."""
    from matplotlib import use

    use("svg")
    from matplotlib import pyplot as plot
    from matplotlib import rcParams

    # The same numbers are the same file.
    rcParams["svg.hashsalt"] = "skein"
    figure, places = plot.subplots(1, 2, figsize=(12, 4.8))
    for place, (varied, curve) in zip(places, points(results).items(), strict=True):
        lines = _draw(place, varied, curve, results)
    figure.legend(lines, [line.get_label() for line in lines], loc="upper center", ncol=4, fontsize="small")
    seeds = sorted(one.seed for one in results)
    figure.text(0.99, 0.01, f"{sum(one.studies for one in results):,} studies of {len(seeds)} hospitals, seeds {seeds[0]} to {seeds[-1]}", ha="right", fontsize="x-small")
    figure.tight_layout(rect=(0, 0.02, 1, 0.92))
    figure.savefig(path, metadata={"Date": None})


def _draw(wrong, varied: str, curve: list[Point], results: list[Result]) -> list:  # noqa: ANN001 (matplotlib's axes)
    studies = sum(one.studies for one in results)
    values = [point[0] for point in curve]
    wrong.plot(values, [point[1] / studies * 1e6 for point in curve], color="tab:red", label="wrong, with evidence")
    wrong.axhline(sum(one.bare.wrong for one in results) / studies * 1e6, color="tab:red", linestyle=":", label="wrong, the paper's rule alone")
    wrong.set_yscale("symlog", linthresh=1)
    wrong.set_ylim(bottom=0)
    wrong.set_xlabel(f"{varied} (natural logarithm)")
    wrong.set_ylabel("wrong automatic matches in a million studies")
    left = wrong.twinx()
    left.plot(values, [point[2] / studies * 100 for point in curve], color="tab:blue", label="left to a person, with evidence")
    left.axhline(sum(one.bare.left for one in results) / studies * 100, color="tab:blue", linestyle=":", label="left, the paper's rule alone")
    left.set_ylim(bottom=0)
    left.set_ylabel("left to a person, % of all studies")
    return wrong.get_legend_handles_labels()[0] + left.get_legend_handles_labels()[0]

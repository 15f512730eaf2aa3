"""The curve of wrong and left studies against the margin, with the paper's bare rule on it."""

from __future__ import annotations

import csv
from pathlib import Path

from .hospital import MARGINS, Result


def sums(results: list[Result]) -> list[tuple[float, int, int]]:
    """By margin: how many are wrong, and how many are left, over all hospitals."""
    return [(margin, sum(one.curve[margin].wrong for one in results), sum(one.curve[margin].left for one in results)) for margin in MARGINS]


def write_table(path: Path, results: list[Result]) -> None:
    """The curve as CSV; the bare rule has no margin."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["margin", "wrong", "left"])
        rows.writerow(["bare rule", sum(one.bare.wrong for one in results), sum(one.bare.left for one in results)])
        rows.writerows(sums(results))


def write_plot(path: Path, results: list[Result]) -> None:
    """The curve as SVG."""
    from matplotlib import use

    use("svg")
    from matplotlib import pyplot as plot

    studies = sum(one.studies for one in results)
    points = sums(results)
    figure, wrong = plot.subplots(figsize=(8, 4.5))
    wrong.plot([point[0] for point in points], [point[1] / studies * 1e6 for point in points], color="tab:red", label="wrong, with evidence")
    wrong.axhline(sum(one.bare.wrong for one in results) / studies * 1e6, color="tab:red", linestyle=":", label="wrong, the paper's rule alone")
    wrong.set_yscale("symlog", linthresh=1)
    wrong.set_xlabel("margin (natural logarithm)")
    wrong.set_ylabel("wrong automatic matches in a million studies")
    left = wrong.twinx()
    left.plot([point[0] for point in points], [point[2] / studies * 100 for point in points], color="tab:blue", label="left to a person, with evidence")
    left.axhline(sum(one.bare.left for one in results) / studies * 100, color="tab:blue", linestyle=":", label="left, the paper's rule alone")
    left.set_ylim(bottom=0)
    left.set_ylabel("left to a person, % of all studies")
    lines = wrong.get_legend_handles_labels()[0] + left.get_legend_handles_labels()[0]
    figure.legend(lines, [line.get_label() for line in lines], loc="upper center", ncol=2, fontsize="small")
    figure.tight_layout(rect=(0, 0, 1, 0.88))
    figure.savefig(path, metadata={"Date": None})

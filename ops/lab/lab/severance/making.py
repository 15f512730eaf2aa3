"""Makes both sets in a folder."""

from __future__ import annotations

from pathlib import Path

from .paper import read_paper
from .tables import HospitalSet, first_set, third_set
from .writing import write_set

# The folders of the sets, by the paper's table that simulating them gives.
THIRD, FIRST = "table-3", "table-2"


def make_severance(out: Path, seed: int, scale: float = 1) -> dict[str, HospitalSet]:
    """Writes the sets of table 3 and table 2; the same bytes for the same seed and scale."""
    paper = read_paper()
    sets = {THIRD: third_set(paper, seed, scale), FIRST: first_set(paper, seed, scale)}
    for name, made in sets.items():
        write_set(made, out / name, seed)
    return sets

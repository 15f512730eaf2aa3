"""What comes between the discs: in which order the hospital's tables are told, and when damaged discs are given up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random

# Fewer discs have no room for two pauses with a disc before, between and behind them.
FEWEST_DISCS = 3
MOST_WORKERS = 6


class Telling(Enum):
    """When the orders and the patients file come."""

    FIRST = "all before the first disc"
    HALVES = "the orders in halves"
    """An import of the orders broke off before the first disc, so that nothing is sent before the whole file was imported."""
    PATIENTS_LATE = "the patients file between the discs"
    """Nothing waits for it: what was sent before keeps its state, and is flagged where it would be held."""


@dataclass(frozen=True)
class Course:
    """One run: how many workers there are, what comes after so many discs were read (two numbers), with which of these pauses the patients file comes,
    and whether what was read in part by then is given up at each of them."""

    workers: int
    telling: Telling
    pauses: tuple[int, int]
    patients_at: int
    gives_up: bool

    @property
    def has_pauses(self) -> bool:
        """Whether anything comes between the discs."""
        return self.telling is not Telling.FIRST or self.gives_up

    def __str__(self) -> str:
        first, second = self.pauses
        patients = f"patients file after {self.pauses[self.patients_at]} discs"
        words = {Telling.FIRST: "all tables first", Telling.PATIENTS_LATE: patients,
                 Telling.HALVES: f"half of the orders after {first} discs, all after {second}, {patients}"}[self.telling]
        return words + (f", damaged discs given up after {first} and {second}" if self.gives_up else "")


def courses(count: int, discs: int, seed: object) -> list[Course]:
    """So many runs over so many discs. The first is the plain one; of the others, shuffled, a third each has its orders in halves, the patients file late,
    and all tables first, and every other one gives damaged discs up in between. ValueError when there are too few discs."""
    if discs < FEWEST_DISCS:
        raise ValueError(f"{discs} discs have no room for what comes between them: there must be {FEWEST_DISCS}")
    random = Random(f"{seed} courses")
    kinds = [(telling, number % 2 == 0) for number, telling in enumerate(([Telling.HALVES, Telling.PATIENTS_LATE, Telling.FIRST] * count)[:count - 1])]
    found: list[Course] = []
    for number, (telling, gives_up) in enumerate([(Telling.FIRST, False), *random.sample(kinds, len(kinds))]):
        # Each worker has a disc in its drive before the first pause, and one disc at least is left behind each pause.
        workers = 1 + number % min(MOST_WORKERS, discs - 2)
        first = random.randint(workers, discs - 2)
        found.append(Course(workers, telling, (first, random.randint(first + 1, discs - 1)), random.randrange(2), gives_up))
    return found

"""When to kill whom: seeded, in terms of a migration's progress."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations, cycle, islice
from random import Random

from .. import chance

COORDINATOR, WORKER, PACS = "coordinator", "worker", "Orthanc"
VICTIMS = (COORDINATOR, WORKER, PACS)
# Alone first, so that three moments have each of them.
COMBINATIONS: tuple[tuple[str, ...], ...] = tuple(chain.from_iterable(combinations(VICTIMS, count) for count in (1, 2, 3)))

DISCS, INSTANCES = "discs put in", "instances arrived"
# Reading is over soon: of two moments one is counted in discs.
DISC_SHARE = 0.5
DISC_FRACTIONS = (0.0, 0.9)
# The last tenth is left, so that there is still something to send when the moment has come.
INSTANCE_FRACTIONS = (0.02, 0.9)
# An image is presented and read within half a second or so, and hits are wanted while it is.
LONGEST_DELAYS = {DISCS: 0.4, INSTANCES: 0.6}
# Some absences outlast a lease's term of 3 s, none the 20 s after which a worker is given up.
PAUSES = (0.1, 4.0)


@dataclass(frozen=True)
class Moment:
    """One moment: all its victims are killed at once, and each is started again after a pause of its own."""

    victims: tuple[str, ...]
    counted: str
    """What is counted to find the moment: DISCS or INSTANCES."""
    fraction: float
    """How much of it, from 0 to 1."""
    delay: float
    """Seconds that go by then."""
    pauses: tuple[float, ...]
    """Seconds that each victim is away."""
    gateway: int
    """Which of the gateways, where a worker is among the victims and instances are counted; otherwise it is that of the disc put in last."""

    def threshold(self, total: int) -> int:
        """The count at which the moment has come, of so many in all: at least 1, at most all."""
        return min(total, 1 + int(self.fraction * total))


def plan(seed: int, runs: int, moments: int, gateways: int) -> list[list[Moment]]:
    """So many moments for each of so many runs. All combinations occur as often as each other, but for one, where there are enough moments."""
    random = chance.generator(seed, "kill", runs, moments, gateways)
    victims = list(islice(cycle(COMBINATIONS), runs * moments))
    random.shuffle(victims)
    drawn = [_moment(each, gateways, random) for each in victims]
    return [sorted(drawn[start:start + moments], key=lambda moment: (moment.counted != DISCS, moment.fraction))
            for start in range(0, runs * moments, moments)]


def _moment(victims: tuple[str, ...], gateways: int, random: Random) -> Moment:
    counted = DISCS if random.random() < DISC_SHARE else INSTANCES
    fraction = random.uniform(*(DISC_FRACTIONS if counted == DISCS else INSTANCE_FRACTIONS))
    pauses = tuple(random.uniform(*PAUSES) for _ in victims)
    return Moment(victims, counted, fraction, random.uniform(0, LONGEST_DELAYS[counted]), pauses, random.randrange(gateways))

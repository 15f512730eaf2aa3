"""The patients: twins, namesakes and doubles among them."""

from __future__ import annotations

from datetime import date, timedelta

from ..chance import generator
from .model import Patient
from .names import make_name, sibling
from .rates import Rates

FIRST_BIRTH = date(1912, 1, 1)
BIRTHS = (date(2001, 1, 1) - FIRST_BIRTH).days
# Patient numbers were given out up to here: a mistyped one is often somebody's.
GIVEN_OUT = 4_000_000


class Town:
    """The patients of a seed, and who may be taken for whom."""

    def __init__(self, seed: int, count: int, rates: Rates) -> None:
        relations, names = rates.hospital["relations"], rates.hospital["names"]
        random = generator(seed, "town")
        numbers = iter(random.sample(range(1, GIVEN_OUT), count * 2))
        self.patients: list[Patient] = []
        self.partners: list[tuple[str, Patient, Patient]] = []
        self.spare_numbers: list[int] = []
        while len(self.patients) < count:
            birth = FIRST_BIRTH + timedelta(days=random.randrange(BIRTHS))
            one = Patient(next(numbers), make_name(random, names["foreigners"]), birth, random.choice("MF"))
            self.patients.append(one)
            if random.random() < relations["twins"] / 2:
                self._join("twins", one, Patient(next(numbers), sibling(one.name, random), one.birth, random.choice([one.sex, one.sex, "M", "F"])))
            if random.random() < relations["namesakes"] / 2:
                birth = FIRST_BIRTH + timedelta(days=random.randrange(BIRTHS))
                self._join("namesakes", one, Patient(next(numbers), one.name, birth, one.sex))
            if random.random() < relations["doubles"] / 2:
                self._join("doubles", one, Patient(next(numbers), one.name, one.birth, one.sex))
        self.spare_numbers = [next(numbers) for _ in range(count // 2)]

    def _join(self, relation: str, one: Patient, other: Patient) -> None:
        self.patients.append(other)
        self.partners.append((relation, one, other))

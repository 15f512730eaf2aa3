"""The hospital's patients, each determined by seed and number: hundreds of thousands, so nothing about them is kept."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from ..people import KOREAN_FAMILIES, KOREAN_GIVEN

FIRST_BIRTH = date(1910, 1, 1)
BIRTHS = (date(2000, 1, 1) - FIRST_BIRTH).days
# Patient numbers have eight digits with leading zeros. The hospital gave out the lower ones; what is above is nobody's.
GIVEN_OUT, DIGITS = 4_000_000, 8

Identity = tuple[str, str, str]


class People:
    """Who is behind a patient number."""

    def __init__(self, seed: int) -> None:
        random = Random(f"{seed} people")
        self._births = [f"{FIRST_BIRTH + timedelta(days=random.randrange(BIRTHS)):%Y%m%d}" for _ in range(9973)]
        self._names = [(f"{family[0]}^{given[0]}".upper(), "=".join(f"{family[index]}^{given[index]}" for index in range(3)).upper())
                       for family in KOREAN_FAMILIES for given in KOREAN_GIVEN]
        random.shuffle(self._names)

    def in_archive(self, number: int, contradiction: str = "") -> Identity:
        """Name, birth date and sex as the mini-PACS has them: in Latin letters. `contradiction` is what of them is another patient's."""
        name, birth = self._names[number % len(self._names)][0], self._births[number % len(self._births)]
        if contradiction == "name":
            # Another family: no way to write the same name.
            name = next(other for other, _ in self._names if other.split("^")[0] != name.split("^")[0])
        if contradiction == "birth date":
            birth = next(other for other in self._births if other != birth)
        return name, birth, "MF"[(number + (contradiction == "sex")) % 2]

    def in_orders(self, number: int) -> Identity:
        """The same as the order system has them: every third name in Latin letters alone, the others in Hanja and Hangul too."""
        names = self._names[number % len(self._names)]
        return names[0 if number % 3 == 0 else 1], self._births[number % len(self._births)], "MF"[number % 2]


def patient_id(number: int) -> str:
    """A patient number as everybody writes it."""
    return f"{number:0{DIGITS}}"

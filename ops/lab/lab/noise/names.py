"""Names of people who do not exist, in Hangul, Hanja and romanisations that differ."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

from ..people import ASCII_FAMILIES, ASCII_GIVEN, LATIN_FAMILIES, LATIN_GIVEN

with open(Path(__file__).with_name("names.toml"), "rb") as _file:
    _TABLE = tomllib.load(_file)
FAMILIES: dict[str, dict] = _TABLE["families"]
SYLLABLES: dict[str, dict] = _TABLE["given"]


@dataclass(frozen=True, slots=True)
class Name:
    """A family name and the parts of a given name: Hangul syllables, or Latin words of a foreigner. `roman` is as the patient file romanises it."""

    family: str
    given: tuple[str, ...]
    roman: str
    foreign: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two names the same."""
        return (self.family, *self.given)

    def form(self, form: str, random: Random | None = None) -> str:
        """The name as PN writes it: `hangul`, `hanja`, `groups` (all three) or `romanised`; with `random` in any romanisation."""
        if self.foreign:
            return self.roman if random is None else console_form(self.family, "".join(self.given), random)
        hangul = f"{self.family}^{''.join(self.given)}"
        hanja = f"{FAMILIES[self.family]['hanja']}^{''.join(SYLLABLES[part]['hanja'] for part in self.given)}"
        if form == "hangul":
            return hangul
        if form == "hanja":
            return hanja
        roman = self.roman if random is None else self._romanised(random)
        return f"{roman}={hanja}={hangul}" if form == "groups" else roman

    def _romanised(self, random: Random) -> str:
        family = random.choice(FAMILIES[self.family]["roman"])
        parts = [random.choice(SYLLABLES[part]["roman"]) for part in self.given]
        return console_form(family, random.choice(["", "", " ", "-"]).join(parts), random)


def console_form(family: str, given: str, random: Random) -> str:
    """A romanised name as technicians type it."""
    plain = unicodedata.normalize("NFD", f"{family}^{given}")
    text = "".join(character for character in plain if not unicodedata.combining(character)).upper()
    return text.replace("^", random.choice(["^", "^", "^", " ", ""]))


def make_name(random: Random, foreigners: float) -> Name:
    """A name as frequent as it is."""
    if random.random() < foreigners:
        families, given = random.choice([(LATIN_FAMILIES, LATIN_GIVEN), (ASCII_FAMILIES, ASCII_GIVEN)])
        family, first = random.choice(families), random.choice(given)
        return Name(family, (first,), f"{family}^{first}", True)
    family = random.choices(list(FAMILIES), [entry["weight"] for entry in FAMILIES.values()])[0]
    return korean(family, tuple(random.sample(list(SYLLABLES), 2)), random)


def korean(family: str, given: tuple[str, ...], random: Random) -> Name:
    """The name with a romanisation that its bearer once chose."""
    roman = random.choice(FAMILIES[family]["roman"]) + "^" + "".join(random.choice(SYLLABLES[part]["roman"]) for part in given)
    return Name(family, given, roman.title())


def sibling(name: Name, random: Random) -> Name:
    """A twin's name: the same family, and as parents like it the same first syllable."""
    if name.foreign:
        other = random.choice([word for word in (LATIN_GIVEN + ASCII_GIVEN) if word != name.given[0]])
        return Name(name.family, (other,), f"{name.family}^{other}", True)
    second = random.choice([part for part in SYLLABLES if part not in name.given])
    roman = name.roman.split("^")[0] + "^" + "".join(SYLLABLES[part]["roman"][0] for part in (name.given[0], second))
    return Name(name.family, (name.given[0], second), roman.title())


@cache
def romanisations(key: tuple[str, ...]) -> frozenset[str]:
    """All that a Korean name may look like in Latin letters, in lower case and without separators."""
    choices = [FAMILIES[key[0]]["roman"], *(SYLLABLES[part]["roman"] for part in key[1:])]
    return frozenset("".join(parts).lower() for parts in product(*choices))

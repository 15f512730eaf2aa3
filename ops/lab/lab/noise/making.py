"""Makes a noisy hospital from a seed."""

from __future__ import annotations

from pathlib import Path

from .befalling import befall
from .counterparts import Counterparts
from .model import Hospital
from .plan import plan_visits
from .rates import Rates, read_rates
from .telling import Telling
from .town import Town
from .writing import write_hospital

# More exams are planned than studies wanted, for those that get lost.
RESERVE = 1.05


def make_noisy(seed: int, rates: Rates, studies: int) -> Hospital:
    """A hospital of at least so many studies, the same for the same seed, rates and number."""
    exams = round(studies * RESERVE)
    town = Town(seed, round(exams / rates.hospital["visits-a-patient"]["mean"]), rates)
    hospital = Counterparts(seed, plan_visits(seed, exams, town, rates), town, rates).perform()
    befall(hospital, seed, rates)
    Telling(hospital).decide()
    return hospital


def write_noisy(out: Path, seed: int, studies: int | None = None) -> Hospital:
    """Writes its tables into the folder; without a number as many studies as rates.toml says."""
    rates = read_rates()
    hospital = make_noisy(seed, rates, studies or rates.studies)
    write_hospital(hospital, out, seed)
    return hospital

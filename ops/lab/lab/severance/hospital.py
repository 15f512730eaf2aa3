"""The hospital while it is made: which patient has which study and which order on which day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .people import GIVEN_OUT

# The paper's first column holds what its archive has from before 1998; the order system began in 1998, and orders from before are entered later.
EARLIEST = 1995
BANDS = {"before 1998": (date(EARLIEST, 1, 1), date(1998, 1, 1))}
LAST_DAY = date(2002, 8, 31)
# Patients, as a share of the studies: a hospital of 600,000 studies has some 250,000.
PATIENTS_OF_STUDIES = 0.4
UNKNOWN_FROM = GIVEN_OUT
# Of the studies that a person must match, so many share a day: with each other, as many orders as studies.
GROUPS = [2, 2, 2, 2, 3, 4]


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study in the mini-PACS database; `patient` None has no patient ID, `day` None no date."""

    patient: int | None
    day: date | None
    modality: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of the order system."""

    patient: int
    day: date
    modality: str
    is_cancelled: bool = False


class Hospital:
    """Grows study by study; each method keeps what was promised of those before."""

    def __init__(self, seed: int, studies: int) -> None:
        self.random = Random(f"{seed} hospital")
        self.studies: list[StudyRow] = []
        self.orders: list[OrderRow] = []
        self._patients = self.random.sample(range(UNKNOWN_FROM), max(50, int(studies * PATIENTS_OF_STUDIES)))
        self._ordered: list[int] = []
        # Patient, day and modality of a study that is matched by hand or automatically, or of an order in force.
        self._taken: set[tuple[int, date, str]] = set()
        # Patient and day of an order.
        self._busy: set[tuple[int, date]] = set()

    def day(self, column: str) -> date:
        """A day in one of table 3's columns."""
        first, end = BANDS.get(column) or (date(int(column), 1, 1), min(date(int(column) + 1, 1, 1), LAST_DAY))
        return first + timedelta(days=self.random.randrange((end - first).days))

    def matched(self, modality: str, column: str, count: int) -> None:
        """So many studies, each with an order of its own."""
        for _ in range(count):
            patient, day = self._free(modality, column)
            self._add_order(patient, day, modality)
            self.studies.append(StudyRow(patient, day, modality))

    def manual(self, modality: str, column: str, count: int) -> None:
        """So many studies that share patient and day with others, and have as many orders among them. At least two."""
        for size in self._groups(count):
            patient, day = self._free(modality, column)
            for _ in range(size):
                self._add_order(patient, day, modality)
                self.studies.append(StudyRow(patient, day, modality))

    def other_orders(self, modality: str, count: int, columns: list[str]) -> None:
        """So many orders of which the archive has no study: films, and exams before the archive began. One in fifty was cancelled."""
        for _ in range(count):
            column = self.random.choice(columns)
            patient, day = self._free(modality, column)
            self._add_order(patient, day, modality, is_cancelled=self.random.randrange(50) == 0)

    def exam_failed(self, modality: str, column: str, count: int, on_free_day: bool = False) -> None:
        """So many studies of patients with orders, but with none for the day and modality; `on_free_day`: with none of any modality."""
        for _ in range(count):
            while True:
                patient, day = self.random.choice(self._ordered), self.day(column)
                if (patient, day, modality) not in self._taken and not (on_free_day and (patient, day) in self._busy):
                    break
            self.studies.append(StudyRow(patient, day, modality))

    def without_date(self, modality: str, count: int) -> None:
        """So many studies of patients with orders, without an exam date."""
        self.studies += [StudyRow(self.random.choice(self._ordered), None, modality) for _ in range(count)]

    def unknown(self, modality: str, column: str, count: int) -> None:
        """So many studies under patient IDs that no order has."""
        self.studies += [StudyRow(self.random.randrange(UNKNOWN_FROM, 10 * UNKNOWN_FROM), self.day(column), modality) for _ in range(count)]

    def blank(self, modality: str, column: str, count: int) -> None:
        """So many studies without a patient ID."""
        self.studies += [StudyRow(None, self.day(column), modality) for _ in range(count)]

    def _free(self, modality: str, column: str) -> tuple[int, date]:
        """A patient and a day on which neither a study nor an order of the modality is known."""
        while True:
            patient, day = self.random.choice(self._patients), self.day(column)
            if (patient, day, modality) not in self._taken:
                self._taken.add((patient, day, modality))
                return patient, day

    def _add_order(self, patient: int, day: date, modality: str, is_cancelled: bool = False) -> None:
        self.orders.append(OrderRow(patient, day, modality, is_cancelled))
        self._ordered.append(patient)
        self._busy.add((patient, day))

    def _groups(self, count: int) -> Iterator[int]:
        if count == 1:
            raise ValueError("one study alone shares its day with nobody")
        while count:
            size = self.random.choice(GROUPS)
            # What is left must not be one.
            size = count if size >= count or count <= 3 else min(size, count - 2)
            yield size
            count -= size

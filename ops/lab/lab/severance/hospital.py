"""The hospital while it is made: which patient has which study and which order on which day."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
# Of ten such groups so many have one order alone, for which all their studies compete; and of fifty such studies one contradicts the only order.
COMPETING_PER_TEN, CONTRADICTING = 2, 50
# What of a study may be another patient's.
CONTRADICTIONS = ["name", "birth date", "sex"]
# Of twenty studies of a day without an order of their modality one has a day with an order of another one.
OTHER_MODALITY = 20
# Who gave out the patient numbers; another hospital of the house gave out the same ones to others.
ISSUER, OTHER_ISSUER = "SEVERANCE", "YONGDONG"


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A study in the mini-PACS database; `patient` None has no patient ID, `day` None no date. `contradiction` is what is another patient's."""

    patient: int | None
    day: date | None
    modality: str
    issuer: str = ""
    contradiction: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of the order system."""

    patient: int
    day: date
    modality: str
    is_cancelled: bool = False
    issuer: str = ISSUER


class Hospital:
    """Grows study by study; each method keeps what was promised of those before."""

    def __init__(self, seed: int, studies: int) -> None:
        self.random = Random(f"{seed} hospital")
        self.studies: list[StudyRow] = []
        self.orders: list[OrderRow] = []
        # How many orders there are of each modality.
        self.made: Counter[str] = Counter()
        self._patients = self.random.sample(range(UNKNOWN_FROM), max(50, int(studies * PATIENTS_OF_STUDIES)))
        # Patients of whom nothing is known yet: taken from the end.
        self._strangers = [number for number in range(UNKNOWN_FROM, UNKNOWN_FROM + max(50, studies // 10))]
        self._ordered: list[int] = []
        # Where the matched studies of each modality stand that have nothing beside their order.
        self._matched: defaultdict[str, list[int]] = defaultdict(list)
        # Patient, day and modality of a study that is matched by hand or automatically, or of an order in force.
        self._taken: set[tuple[int, date, str]] = set()
        # Patient and day of an order.
        self._busy: set[tuple[int, date]] = set()
        # The days of all orders, and whose they are; sorted when they are asked for.
        self._days: list[tuple[date, int]] = []

    def day(self, column: str) -> date:
        """A day in one of table 3's columns."""
        first, end = self._span(column)
        return first + timedelta(days=self.random.randrange((end - first).days))

    @staticmethod
    def _span(column: str) -> tuple[date, date]:
        return BANDS.get(column) or (date(int(column), 1, 1), min(date(int(column) + 1, 1, 1), LAST_DAY))

    def matched(self, modality: str, column: str, count: int) -> None:
        """So many studies, each with an order of its own."""
        for _ in range(count):
            patient, day = self._free(modality, column)
            self._add_order(OrderRow(patient, day, modality))
            self._matched[modality].append(len(self.studies))
            self.studies.append(StudyRow(patient, day, modality))

    def beside_matches(self, modality: str, count: int, is_cancelled: bool) -> None:
        """For so many matched studies a second order of that day: a cancelled one, or one of a patient of the other hospital who has the same number."""
        for _ in range(min(count, len(self._matched[modality]))):
            place = self._matched[modality].pop(self.random.randrange(len(self._matched[modality])))
            study = self.studies[place]
            assert study.patient is not None and study.day is not None
            if not is_cancelled:
                self.studies[place] = replace(study, issuer=ISSUER)
            self._add_order(OrderRow(study.patient, study.day, modality, is_cancelled, ISSUER if is_cancelled else OTHER_ISSUER))

    def manual(self, modality: str, column: str, count: int) -> None:
        """So many studies for a person. Most share patient and day with others, with as many orders as studies, or with one for which they compete; one
        alone, and one in fifty, contradicts its only order."""
        alone = 1 if count == 1 else count // CONTRADICTING if count - count // CONTRADICTING > 1 else 0
        for number in range(alone):
            patient, day = self._free(modality, column)
            self._add_order(OrderRow(patient, day, modality))
            self.studies.append(StudyRow(patient, day, modality, contradiction=CONTRADICTIONS[number % len(CONTRADICTIONS)]))
        for size in self._groups(count - alone):
            patient, day = self._free(modality, column)
            orders = 1 if self.random.randrange(10) < COMPETING_PER_TEN else size
            for _ in range(orders):
                self._add_order(OrderRow(patient, day, modality))
            self.studies += [StudyRow(patient, day, modality)] * size

    def other_orders(self, modality: str, count: int, columns: list[str]) -> None:
        """So many orders of which the archive has no study: films, and exams before the archive began. One in fifty was cancelled."""
        for _ in range(count):
            column = self.random.choice(columns)
            patient, day = self._free(modality, column)
            self._add_order(OrderRow(patient, day, modality, is_cancelled=self.random.randrange(50) == 0))

    def exam_cancelled(self, modality: str, column: str, count: int) -> None:
        """So many studies whose order was cancelled; every other patient has no order but that."""
        for number in range(count):
            patient, day = self._free(modality, column)
            if number % 2 == 0:
                patient = self._stranger()
            self._add_order(OrderRow(patient, day, modality, is_cancelled=True))
            self.studies.append(StudyRow(patient, day, modality))

    def exam_failed(self, modality: str, column: str, count: int, on_free_day: bool = False) -> None:
        """So many studies of patients with orders, but with none for the day and modality; `on_free_day`: with none of any modality."""
        busy = [] if on_free_day else self._orders_in(column)
        for _ in range(count):
            while True:
                patient, day = self.random.choice(self._ordered), self.day(column)
                if busy and self.random.randrange(OTHER_MODALITY) == 0:
                    day, patient = self.random.choice(busy)
                if (patient, day, modality) not in self._taken and not (on_free_day and (patient, day) in self._busy):
                    break
            self.studies.append(StudyRow(patient, day, modality))

    def without_date(self, modality: str, count: int) -> None:
        """So many studies of patients with orders, without an exam date."""
        self.studies += [StudyRow(self.random.choice(self._ordered), None, modality) for _ in range(count)]

    def unknown(self, modality: str, column: str, count: int) -> None:
        """So many studies under patient IDs that no order has."""
        self.studies += [StudyRow(self.random.randrange(2 * UNKNOWN_FROM, 10 * UNKNOWN_FROM), self.day(column), modality) for _ in range(count)]

    def known_elsewhere(self, modality: str, column: str, count: int) -> None:
        """So many studies whose patient number the other hospital alone knows: it has an order of that day for it."""
        for _ in range(count):
            patient, day = self._stranger(), self.day(column)
            self._add_order(OrderRow(patient, day, modality, issuer=OTHER_ISSUER))
            self.studies.append(StudyRow(patient, day, modality, ISSUER))

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

    def _stranger(self) -> int:
        """A patient of whom there is nothing yet."""
        return self._strangers.pop()

    def _orders_in(self, column: str) -> list[tuple[date, int]]:
        """Days in one of table 3's columns on which there are orders, and whose."""
        self._days.sort()
        first, end = self._span(column)
        return self._days[bisect_right(self._days, (first, -1)):bisect_right(self._days, (end, -1))]

    def _add_order(self, order: OrderRow) -> None:
        self.orders.append(order)
        self.made[order.modality] += 1
        if order.issuer == ISSUER:
            self._ordered.append(order.patient)
            self._busy.add((order.patient, order.day))
            self._days.append((order.day, order.patient))

    def _groups(self, count: int) -> Iterator[int]:
        while count:
            size = self.random.choice(GROUPS)
            # What is left must not be one.
            size = count if size >= count or count <= 3 else min(size, count - 2)
            yield size
            count -= size

"""Orders and their studies, and those that have no counterpart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from ..chance import generator
from .archive import Archive
from .model import OTHER_ISSUER, Hospital, Order, Patient, Study
from .plan import DAYS, Visit
from .procedures import choose
from .rates import Rates
from .town import Town


class Counterparts:
    """Performs the visits: each exam with its order and study, or without one of them."""

    def __init__(self, seed: int, visits: list[Visit], town: Town, rates: Rates) -> None:
        self._archive, self._rates, self._town = Archive(seed, rates), rates, town
        self._visits = visits
        self._count = sum(len(visit.exams) for visit in visits)
        self._random = generator(seed, "counterparts")
        self.made = Hospital(town.patients, [], [], town.partners)

    def perform(self) -> Hospital:
        """All orders and studies, before anything is written wrong."""
        for visit in self._visits:
            for exam in visit.exams:
                order = self._archive.order(visit.patient, exam.procedure, exam.side, visit.day, exam.minute)
                self.made.orders.append(order)
                self.made.studies.append(self._archive.study(order))
        self._cancel_and_reorder()
        self._lose_orders()
        self._add_studies()
        self._lose_studies()
        self._add_unperformed()
        return self.made

    def _sample(self, name: str, studies: list[Study]) -> list[Study]:
        chosen = self._random.sample(studies, min(self._rates.count(name, self._count), len(studies)))
        for study in chosen:
            study.noise.append(name)
            study.groups.add(self._rates.kinds[name].group)
        return chosen

    def _free(self, group: str = "counterpart") -> list[Study]:
        return [study for study in self.made.studies if group not in study.groups and study.order is not None]

    def _cancel_and_reorder(self) -> None:
        share = self._rates.hospital["orders"]["reordered"]
        for order in self._random.sample(self.made.orders, round(share * len(self.made.orders))):
            again = self._archive.order(order.patient, order.procedure, order.side, order.day, order.minute)
            again.status = "CA"
            self.made.orders.append(again)

    def _lose_orders(self) -> None:
        """Studies that nobody ordered, or whose order does not count."""
        gone: set[int] = set()
        for study in self._sample("no-order", self._free()):
            gone.add(id(study.order))
            study.order = None
        for study in self._sample("cancelled-performed", self._free()):
            study.order.status, study.order = "CA", None
        for number, study in zip(self._town.spare_numbers, self._sample("unknown-patient", self._free()), strict=False):
            gone.add(id(study.order))
            stranger = Patient(number, study.patient.name, study.patient.birth, study.patient.sex)
            study.patient, study.patient_id, study.order, study.accession = stranger, stranger.id, None, ""
        for study in self._sample("other-campus", self._free()):
            gone.add(id(study.order))
            other = self._random.choice(self._town.patients)
            study.patient_id, study.issuer, study.order, study.accession = other.id, OTHER_ISSUER, None, ""
        for study in self._sample("no-order-beside-open", self._free()):
            self._perform_another(study)
        self.made.orders = [order for order in self.made.orders if id(order) not in gone]

    def _perform_another(self, study: Study) -> None:
        """The order stays open; what was made was something else."""
        order, noise, groups = study.order, study.noise, study.groups
        procedure = choose(order.procedure.modality, self._random, [order.procedure])
        side = self._random.choice("RL") if procedure.sided else ""
        other = self._archive.study(Order(order.patient, procedure, side, order.day, order.minute, "", "", "", ""))
        other.order, other.noise, other.groups = None, noise, groups
        self.made.studies[self.made.studies.index(study)] = other

    def _add_studies(self) -> None:
        # One image cannot come as two studies.
        for study in self._sample_visits("split", lambda study: study.instances > 1):
            rest = self._archive.study(study.order)
            rest.instances = max(1, study.instances // 3)
            study.instances -= rest.instances
            self._add(rest, "split")
            study.noise.append("split")
        for study in self._sample_visits("repeat-unordered"):
            again = self._archive.study(study.order)
            again.order, again.accession = None, ""
            again.minute = None if again.minute is None else again.minute + self._random.randrange(180, 300)
            # On a later tape; what was made on the last days of a visit may lie on the last one.
            tape = int(study.medium[3:])
            again.medium = f"DLT{self._random.randrange(tape, max(DAYS // 2, tape) + 1) + 1:03}"
            self._add(again, "repeat-unordered")
            study.noise.append("repeated")
        for study in self._sample_visits("indistinct"):
            first = study.order
            first.shown_time = ""
            second = self._archive.order(first.patient, first.procedure, first.side, first.day, first.minute + self._random.randrange(180, 300))
            second.shown_time = ""
            self.made.orders.append(second)
            again = self._archive.study(second)
            study.accession = again.accession = ""
            self._add(again, "indistinct")
            study.noise.append("indistinct")

    def _sample_visits(self, name: str, can: Callable[[Study], bool] = lambda _: True) -> list[Study]:
        """Studies to which a further one comes; of the free ones only those of the day's first half, so that it is still that day."""
        fit = [study for study in self._free("further") if study.order.minute < 15 * 60 and "counterpart" not in study.groups and can(study)]
        chosen = self._random.sample(fit, min(self._rates.count(name, self._count), len(fit)))
        for study in chosen:
            study.groups.add("further")
        return chosen

    def _add(self, study: Study, name: str) -> None:
        study.noise.append(name)
        study.groups.add("further")
        self.made.studies.append(study)

    def _lose_studies(self) -> None:
        fit = [study for study in self._free() if "further" not in study.groups]
        lost = {study.uid for study in self._random.sample(fit, round(self._rates.kinds["study-lost"].rate * len(fit)))}
        self.made.studies = [study for study in self.made.studies if study.uid not in lost]

    def _add_unperformed(self) -> None:
        """Orders of other days: film only, other media, cancelled."""
        usual = self._rates.hospital["orders"]
        performed = [order for order in self.made.orders if not order.is_cancelled]
        days = {(order.patient.number, order.day) for order in performed}
        for _ in range(round(usual["unperformed"] * self._count)):
            like = self._random.choice(performed)
            day = like.day - timedelta(days=self._random.randrange(2, 400))
            if (like.patient.number, day) in days:
                continue
            order = self._archive.order(like.patient, like.procedure, like.side, day, self._random.randrange(8 * 60, 18 * 60))
            order.status = "CA" if self._random.random() < usual["cancelled"] else "CM"
            self.made.orders.append(order)

"""What a hospital's systems say, and what is to be known after it: a model of its own, which knows no code of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from lab.people import KOREAN_FAMILIES, KOREAN_GIVEN

FIRST = datetime(2026, 3, 2, 8, 0, 0)
MODALITIES = ("CT", "MR", "CR", "DSA", "US")
# How MSH-18 names a character set, and how Python does.
CHARACTER_SETS = (("KS X 1001", "euc-kr"), ("UNICODE UTF-8", "utf-8"))
ISSUER = "HOSP"
# Of a hundred messages so many are of each kind; the rest are new orders.
UPDATES, CANCELS, IDENTITIES, MERGES, REPEATS = 14, 8, 4, 2, 3
# One merge in so many turns an earlier one round; one message in so many that could leaves out the assigning authority.
TURNS, NAMELESS = 4, 10


@dataclass(frozen=True)
class Patient:
    """Who a patient is."""

    number: str
    name: str
    birth: str
    sex: str


@dataclass(frozen=True)
class Order:
    """What is to be known of one order."""

    accession: str
    patient: Patient
    day: str
    modality: str
    description: str
    status: str


@dataclass
class Known:
    """What is to be known after some messages."""

    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    """By accession number and patient, the one last that was said last: while a merge is on its way two patients may have an order of one number."""
    merged: dict[str, str] = field(default_factory=dict)
    identities: dict[str, Patient] = field(default_factory=dict)

    def copy(self) -> Known:
        """The same, to go on with."""
        return Known(dict(self.orders), dict(self.merged), dict(self.identities))

    def owner(self, number: str) -> str:
        """The patient to whom belongs what is kept under that number."""
        while number in self.merged:
            number = self.merged[number]
        return number

    def order(self, order: Order) -> None:
        """An order is new, changed or cancelled."""
        owner = self.owner(order.patient.number)
        self.orders.pop((order.accession, owner), None)
        self.orders[order.accession, owner] = order if owner == order.patient.number else replace(order, patient=self.identities[owner])

    def identity(self, patient: Patient) -> None:
        """A patient is called so."""
        self.identities[patient.number] = patient
        for key, order in self.orders.items():
            if order.patient.number == patient.number:
                self.orders[key] = replace(order, patient=patient)

    def merge(self, former: str, survivor: Patient) -> None:
        """What was kept under a number belongs to that patient; one who was merged into it before lives again."""
        number = survivor.number
        while number in self.merged and number != former:
            number = self.merged[number]
        if number == former:
            self.merged.pop(survivor.number, None)
        self.identity(survivor)
        self.merged[former] = survivor.number
        orders = list(self.orders.values())
        self.orders.clear()
        for order in orders:
            kept = replace(order, patient=survivor) if order.patient.number == former else order
            # Of two with one number the one that was said last counts.
            self.orders.pop((kept.accession, kept.patient.number), None)
            self.orders[kept.accession, kept.patient.number] = kept


@dataclass(frozen=True)
class Message:
    """A message, its control ID, and what it does to what is known."""

    number: str
    content: bytes
    said: tuple[Order | Patient | str, ...]
    moment: int = 0
    """Which of its hospital's messages it is: that is what counts, not when it comes."""

    def apply(self, known: Known) -> None:
        """Lets what is known be what it is after the message."""
        first = self.said[0]
        if isinstance(first, Order):
            known.order(first)
        elif isinstance(first, Patient):
            known.identity(first)
        else:
            known.merge(first, self.said[1])


def after(messages: Iterable[Message]) -> Known:
    """What is to be known after these messages, in whatever order they came."""
    known = Known()
    for message in sorted(messages, key=lambda message: message.moment):
        message.apply(known)
    return known


class System:
    """One of the hospital's systems, with patients and orders of its own; or several that speak of the same ones."""

    def __init__(self, name: str, seed: int, senders: int = 1) -> None:
        self.name = name
        self.senders = [f"{name}{number}" for number in range(1, senders + 1)] if senders > 1 else [name]
        self.random = Random(f"{seed} {name}")
        self.patients: list[Patient] = []
        self.retired: list[str] = []
        self.known = Known()
        self.said: list[Message] = []

    def messages(self, count: int) -> list[Message]:
        """So many messages, one after the other."""
        return [self._remember(message) for message in self._make(count)]

    def shares(self) -> dict[str, list[Message]]:
        """Which of the messages each sender says, in their order."""
        shares: dict[str, list[Message]] = {name: [] for name in self.senders}
        for message in self.said:
            shares[self.random.choice(self.senders)].append(message)
        return shares

    def _remember(self, message: Message) -> Message:
        self.said.append(message)
        message.apply(self.known)
        return message

    def _make(self, count: int) -> Iterator[Message]:
        for index in range(count):
            chance = self.random.randrange(100)
            if len(self.patients) < 8 or chance >= UPDATES + CANCELS + IDENTITIES + MERGES + REPEATS:
                yield self._order(self._new_order(index), "NW")
            elif chance < UPDATES:
                yield self._order(replace(self._some_order(), day=self._day(), description="Updated & checked"), "XO")
            elif chance < UPDATES + CANCELS:
                yield self._order(self._some_order(), "CA")
            elif chance < UPDATES + CANCELS + IDENTITIES:
                yield self._identity()
            elif chance < UPDATES + CANCELS + IDENTITIES + MERGES:
                yield self._merge()
            else:
                yield self.said[-1]

    def _patient(self, number: str) -> Patient:
        family, given = self.random.choice(KOREAN_FAMILIES), self.random.choice(KOREAN_GIVEN)
        name = "=".join(f"{family[group]}^{given[group]}" for group in range(3))
        return Patient(number, name, f"{self.random.randrange(1920, 2000)}{self.random.randrange(1, 13):02}15", self.random.choice("MF"))

    def _some_patient(self) -> Patient:
        if len(self.patients) < 8 or self.random.randrange(3) == 0:
            self.patients.append(self._patient(f"{self.name}{len(self.patients) + len(self.retired):07}"))
            return self.patients[-1]
        return self.random.choice(self.patients[-50:])

    def _new_order(self, index: int) -> Order:
        # Some systems go on with a number that was merged; the name is then the one that they know. Where two speak of one patient the survivor's name may be on its
        # way then: which one counts depends on what comes first.
        goes_on = len(self.senders) == 1 and self.retired and self.random.randrange(20) == 0
        number = self.random.choice(self.retired) if goes_on else None
        patient = self._patient(number) if number else self._some_patient()
        return Order(f"{self.name}{index:08}", patient, self._day(), self.random.choice(MODALITIES), "흉부 Chest | PA", "NW")

    def _some_order(self) -> Order:
        return self.known.orders[self.random.choice(list(self.known.orders)[-500:])]

    def _day(self) -> str:
        return f"2003{self.random.randrange(1, 13):02}{self.random.randrange(1, 29):02}"

    def _identity(self) -> Message:
        patient = self._patient(self.random.choice(self.patients).number)
        self._is_called(patient)
        return self._write("ADT^A08^ADT_A01", [pid(patient, self._issuer())], (patient,))

    def _merge(self) -> Message:
        if self.retired and self.random.randrange(TURNS) == 0:
            return self._turn_round()
        former = self.patients.pop(self.random.randrange(len(self.patients)))
        survivor = self._patient(self.random.choice(self.patients).number)
        self._is_called(survivor)
        self.retired.append(former.number)
        return self._merged(former.number, survivor)

    def _turn_round(self) -> Message:
        """A number that was merged away is the right one after all: its survivor is merged into it."""
        number = self.random.choice(self.retired)
        former = self.known.owner(number)
        survivor = self._patient(number)
        self.patients = [survivor if other.number == former else other for other in self.patients]
        self.retired = [other for other in self.retired if other != number] + [former]
        return self._merged(former, survivor)

    def _merged(self, former: str, survivor: Patient) -> Message:
        issuer = self._issuer()
        return self._write("ADT^A40^ADT_A39", [pid(survivor, issuer), f"MRG|{former}^^^{issuer}^MR"], (former, survivor))

    def _issuer(self) -> str:
        """The assigning authority, which some messages leave out; not where two systems speak of one patient, who is then unknown perhaps."""
        return "" if len(self.senders) == 1 and self.random.randrange(NAMELESS) == 0 else ISSUER

    def _is_called(self, patient: Patient) -> None:
        self.patients = [patient if other.number == patient.number else other for other in self.patients]

    def _order(self, order: Order, control: str) -> Message:
        order = replace(order, status=control)
        description = order.description.replace("&", "\\T\\").replace("|", "\\F\\")
        segments = [pid(order.patient, ISSUER if control == "NW" else self._issuer()), "PV1|1|O", f"ORC|{control}|P{order.accession}|F{order.accession}"]
        if self.random.randrange(2):
            obr = f"OBR|1|P{order.accession}|F{order.accession}|C1^{description}"
            return self._write(
                "OMI^O23^OMI_O23", [*segments, f"TQ1|1||||||{order.day}0930", obr, f"IPC|{order.accession}|R|1.2.3.{order.day}|S|{order.modality}"], (order,))
        empty = "|" * 14
        obr = f"OBR|1|P{order.accession}|F{order.accession}|C1^{description}{empty}{order.accession}||||||{order.modality}" + "|" * 12 + f"{order.day}0930"
        return self._write("ORM^O01^ORM_O01", [*segments, obr, f"ZDS|1.2.3.{order.day}^^Application^DICOM"], (order,))

    def _write(self, kind: str, segments: list[str], said: tuple[Order | Patient | str, ...]) -> Message:
        number = f"{self.name}-{len(self.said)}"
        moment = FIRST + timedelta(seconds=len(self.said))
        name, encoding = self.random.choice(CHARACTER_SETS)
        head = f"MSH|^~\\&|{self.name}|{ISSUER}|SKEIN|{ISSUER}|{moment:%Y%m%d%H%M%S}+0900||{kind}|{number}|P|2.5|||||KOR|{name}"
        return Message(number, "\r".join([head, *segments, ""]).encode(encoding), said, len(self.said))


def pid(patient: Patient, issuer: str = ISSUER) -> str:
    """The segment of a patient, its name in three repetitions."""
    names = "~".join(f"{group}^^^^^L^{code}" for group, code in zip(patient.name.split("="), "AIP", strict=True))
    return f"PID|1||99-{patient.number}^^^KR^NI~{patient.number}^^^{issuer}^MR||{names}||{patient.birth}|{patient.sex}"

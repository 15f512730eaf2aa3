"""Patients, orders and studies of the noisy hospital, before they are written as rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .names import Name
from .procedures import Procedure

ISSUER, OTHER_ISSUER = "SEVERANCE", "YONGDONG"
DIGITS = 8


@dataclass(eq=False, slots=True)
class Patient:
    """A person who does not exist."""

    number: int
    name: Name
    birth: date
    sex: str

    @property
    def id(self) -> str:
        """The patient number: eight digits, with leading zeros."""
        return f"{self.number:0{DIGITS}}"


@dataclass(eq=False, slots=True)
class Order:
    """An exam that was asked for. `minute` is the minute of the day; `shown_time` is what the order system writes of it."""

    patient: Patient
    procedure: Procedure
    side: str
    day: date
    minute: int
    accession: str
    shown_time: str
    name: str
    name_form: str
    status: str = "CM"

    @property
    def is_cancelled(self) -> bool:
        """Whether the order no longer counts."""
        return self.status == "CA"


@dataclass(eq=False, slots=True)
class Study:
    """What lies in the archive: `order` is the truth, the rest what its objects say."""

    uid: str
    patient: Patient
    procedure: Procedure
    side: str
    order: Order | None
    day: date | None
    minute: int | None
    patient_id: str
    issuer: str
    name: str
    name_form: str
    other_names: str
    birth: str
    sex: str
    modality: str
    accession: str
    description: str
    part: str
    laterality: str
    instances: int
    medium: str
    noise: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)
    telling: str = ""


@dataclass(slots=True)
class Hospital:
    """All of it."""

    patients: list[Patient]
    orders: list[Order]
    studies: list[Study]
    # Who may be taken for whom: `twins`, `namesakes` or `doubles`, and the two.
    partners: list[tuple[str, Patient, Patient]] = field(default_factory=list)

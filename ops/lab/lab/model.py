"""The words of the lab: patients, orders, studies, files and discs, as they are planned before a byte is written."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Patient:
    """A person who does not exist. `groups` are the alphabetic, ideographic and phonetic forms of the name."""

    id: str
    groups: tuple[str, str, str]
    birth_date: str
    sex: str
    character_set: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """The name with all its component groups, as PS3.5 6.2.1.2 writes it."""
        return "=".join(self.groups).rstrip("=")


@dataclass
class Order:
    """One row of orders.csv, in the order of its columns."""

    patient_id: str
    issuer: str
    patient_name: str
    birth_date: str
    sex: str
    accession_number: str
    study_instance_uid: str
    exam_date: str
    exam_time: str
    modality: str
    procedure_code: str
    procedure_description: str
    department: str
    status: str


@dataclass
class Header:
    """What the objects of a study say of their patient and exam; `None` leaves an element out, "" makes it empty."""

    patient_id: str | None
    issuer: str | None
    patient_name: str | None
    birth_date: str | None
    sex: str | None
    accession_number: str | None
    study_date: str | None
    study_time: str


@dataclass
class Truth:
    """What should become of a study. `order` is the one whose identity (and accession number) it must carry."""

    outcome: str
    state: str
    reason: str = ""
    order: Order | None = None
    accession_number: str = ""

    @property
    def is_sent(self) -> bool:
        """Whether instances of the study belong into the new PACS."""
        return self.state.startswith("verified")


@dataclass
class Instance:
    """One object: which material it is made of, and where it stands in its study."""

    sop_instance_uid: str
    series_instance_uid: str
    series_number: int
    number: int
    material: str
    serial: int
    """Differs between any two instances of one hospital; the variation of the pixels is drawn from it."""
    cut_to: float | None = None
    """The fraction of the file that was written, where writing was interrupted."""


@dataclass
class Study:
    """One study of one patient, on one disc or several."""

    uid: str
    patient: Patient
    header: Header
    modality: str
    description: str
    character_set: tuple[str, ...]
    instances: list[Instance]
    truth: Truth
    labels: list[str] = field(default_factory=list)


@dataclass
class PlacedFile:
    """A file of a disc: either an instance of a study, or junk with its bytes."""

    path: str
    study: Study | None = None
    instance: Instance | None = None
    content: bytes = b""
    session: int = 1
    preamble: bool = True
    damage: str = ""
    """Why no program can make an object of this file ("" when one can)."""


@dataclass
class Disc:
    """A disc and the paper in its sleeve."""

    label: str
    date_from: str
    date_to: str
    shelf: str
    layout: str
    rock_ridge: bool = True
    joliet: bool = True
    dicomdir: str = "none"
    """"none", "good", or "stale": it names files that are not there and lacks some that are."""
    sessions: int = 1
    copy_of: str = ""
    cut: bool = False
    dates_on_sleeve: bool = True
    files: list[PlacedFile] = field(default_factory=list)


@dataclass
class Hospital:
    """All of it: what stands on the shelf, and what the order system knows."""

    seed: int
    discs: list[Disc]
    studies: list[Study]
    orders: list[Order]

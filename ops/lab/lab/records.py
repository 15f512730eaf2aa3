"""What the check knows beforehand: the tables beside the discs, and the files as they lie on the discs."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Expectation:
    """What should become of a study: a row of truth.csv."""

    study_instance_uid: str
    outcome: str
    state: str
    reason: str
    accession_number: str
    patient_id: str
    issuer: str
    patient_name: str
    birth_date: str
    sex: str
    requested_procedure_description: str
    instances: int
    labels: tuple[str, ...]

    @property
    def is_unspecified(self) -> bool:
        """Whether its accession number comes from the reserved range."""
        return self.accession_number == "UX*"


@dataclass(frozen=True)
class Place:
    """A file on a disc that holds an instance: a row of instances.csv."""

    sop_instance_uid: str
    study_instance_uid: str
    label: str
    path: str
    offset: int
    byte_count: int
    sha256: str
    expected: bool

    def read(self, discs: Path) -> bytes:
        """The file's bytes, taken from the disc's image and compared with what was burnt."""
        with open(discs / f"{self.label}.iso", "rb") as image:
            image.seek(self.offset)
            content = image.read(self.byte_count)
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise RuntimeError(f"{self.label}: {self.path} is not what was burnt")
        return content


@dataclass(frozen=True)
class Records:
    """The hospital's truth."""

    folder: Path
    studies: dict[str, Expectation]
    places: list[Place]
    damage: dict[tuple[str, str], str]

    @property
    def discs(self) -> Path:
        """The folder of the images."""
        return self.folder / "discs"

    @property
    def expected(self) -> dict[str, Place]:
        """By SOP Instance UID: where a whole file of each instance lies that must arrive."""
        return {place.sop_instance_uid: place for place in self.places if place.expected}


def read_records(folder: Path) -> Records:
    """Reads the tables of a hospital."""
    studies = {}
    for row in _rows(folder / "truth.csv"):
        row["instances"], row["labels"] = int(row["instances"]), tuple(row["labels"].split())
        studies[row["study_instance_uid"]] = Expectation(**row)
    places = []
    for row in _rows(folder / "instances.csv"):
        row |= {"offset": int(row["offset"]), "byte_count": int(row["byte_count"]), "expected": row["expected"] == "yes"}
        places.append(Place(**row))
    damage = {(row["label"], row["path"]): row["reason"] for row in _rows(folder / "damage.csv")}
    return Records(folder, studies, places, damage)


def read_media_labels(folder: Path) -> list[str]:
    """The labels of media.csv, in the order of the shelf."""
    return [row["label"] for row in _rows(folder / "media.csv")]


def _rows(path: Path) -> list[dict]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

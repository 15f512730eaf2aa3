"""A few patients with a study on each of two discs, as the archive has them."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from lab.iso import Burn, write_image
from lab.people import make_patients
from orders.hospital import Patient
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

DISCS = ("DISC1", "DISC2")
IMAGES = 3
SIDE = 32
EPOCH = 1_000_000_000
# People to choose from, for each one who is needed: names have three groups each.
SOURCES = 6
# Whatever a survivor is called can be written in it.
CHARACTER_SET = "ISO_IR 192"


@dataclass(frozen=True)
class Study:
    """One study of the archive."""

    uid: str
    disc: str
    patient: Patient
    accession: str
    day: str

    @property
    def instances(self) -> frozenset[str]:
        """The SOP Instance UIDs."""
        return frozenset(generate_uid(entropy_srcs=[self.uid, str(number)]) for number in range(IMAGES))


def _reference(uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CTImageStorage, uid
    return item


class Archive:
    """Patients, their studies, and the discs."""

    def __init__(self, folder: Path, seed: int, count: int = 6) -> None:
        random = Random(f"{seed} merges")
        people = [
            Patient(person.id, person.full_name, person.birth_date, person.sex) for person in make_patients(SOURCES * count, random) if all(person.groups)]
        self.patients, self._strangers = people[:count], people[count:]
        # One person, registered twice: all but number and name is the same.
        self.patients[2] = replace(self.patients[2], birth=self.patients[3].birth, sex=self.patients[3].sex)
        self.studies = [
            Study(generate_uid(entropy_srcs=[str(seed), disc, str(index)]), disc, patient, f"A{number}{index:05}", f"2003{index + 1:02}1{number}")
            for number, disc in enumerate(DISCS) for index, patient in enumerate(self.patients)]
        self.folder = folder
        for disc in DISCS:
            self._burn(disc)
        with open(self.media, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["label", "kind"], *([disc, "cd"] for disc in DISCS)])

    @property
    def media(self) -> Path:
        """The list of the discs."""
        return self.folder / "media.csv"

    def image(self, disc: str) -> Path:
        """The disc as an image."""
        return self.folder / f"{disc}.iso"

    def of(self, patient: Patient, disc: str) -> Study:
        """A patient's study on that disc."""
        return next(study for study in self.studies if study.patient.number == patient.number and study.disc == disc)

    def renamed(self, patient: Patient, number: str = "") -> Patient:
        """The patient under another name, and another number where one is given: born the same day."""
        stranger = self._strangers.pop()
        return replace(patient, number=number or patient.number, name=stranger.name)

    def _burn(self, disc: str) -> None:
        tree = self.folder / f".{disc}"
        names = []
        for study in (study for study in self.studies if study.disc == disc):
            for number, uid in enumerate(sorted(study.instances)):
                names.append(f"{disc[-1]}{len(names):07}.DCM")
                self.save(study, uid, number, tree / names[-1])
        write_image(self.image(disc), [Burn(tree, names, True, True, EPOCH)])
        shutil.rmtree(tree)

    def save(self, study: Study, uid: str, number: int, path: Path) -> None:
        """Writes one image of a study."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.image_of(study, uid, number).save_as(path, enforce_file_format=True)

    def images(self, study: Study) -> dict[str, Dataset]:
        """A study's images as they are on its disc, by SOP Instance UID."""
        return {uid: self.image_of(study, uid, number) for number, uid in enumerate(sorted(study.instances))}

    def image_of(self, study: Study, uid: str, number: int) -> Dataset:
        """One image of a study; no two have the same pixels."""
        image = Dataset()
        image.SpecificCharacterSet = CHARACTER_SET
        image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, uid
        image.StudyInstanceUID, image.SeriesInstanceUID = study.uid, generate_uid(entropy_srcs=[study.uid, "series"])
        image.PatientID, image.PatientName = study.patient.number, study.patient.name
        image.PatientBirthDate, image.PatientSex = study.patient.birth, study.patient.sex
        image.StudyDate, image.StudyTime, image.Modality, image.AccessionNumber = study.day, "093000", "CT", ""
        # To an image of the same study, and to one of another.
        other = self.studies[[one.uid for one in self.studies].index(study.uid) - 1]
        image.ReferencedImageSequence = [_reference(min(study.instances)), _reference(min(other.instances))]
        image.StudyID, image.SeriesNumber, image.InstanceNumber = "1", 1, number + 1
        image.Rows = image.Columns = SIDE
        image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 12, 11, 0
        image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
        image.PixelData = np.random.default_rng([int(study.accession[1:]), number]).integers(0, 4096, SIDE * SIDE, dtype=np.uint16).tobytes()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.file_meta.MediaStorageSOPClassUID, image.file_meta.MediaStorageSOPInstanceUID = CTImageStorage, uid
        return image

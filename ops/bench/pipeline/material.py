"""What is moved: CT studies of the lab, in a folder for storescu and in an image for the worker, and the hospital's orders for them."""

from __future__ import annotations

import csv
import shutil
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from lab import chance
from lab.builder import Builder
from lab.iso import Burn, write_image
from lab.model import Instance, Order, Study
from lab.objects import StudyPress
from lab.processes import processors
from lab.shelf import Sleeve
from lab.tables import MEDIA_COLUMNS

LABEL = "CT-ONLINE"
STUDIES, INSTANCES_OF_STUDY = 10, 100
SEED = 3
# Raised when this file makes other bytes than before: what an earlier run left is then made anew.
VERSION = 1
EPOCH = 946_684_800


@dataclass(frozen=True)
class Material:
    """Where it lies."""

    folder: Path

    @property
    def files(self) -> Path:
        """The folder that storescu sends."""
        return self.folder / "files"

    @property
    def image(self) -> Path:
        """The image that the worker reads."""
        return self.folder / f"{LABEL}.iso"

    @property
    def orders(self) -> Path:
        """The hospital's orders, one for each study, with accession numbers that the files do not have."""
        return self.folder / "orders.csv"

    @property
    def media(self) -> Path:
        """The list of expected media: the one."""
        return self.folder / "media.csv"

    def paths(self) -> list[Path]:
        """The files, in written order."""
        return sorted(path for path in self.files.rglob("*") if path.is_file())

    def warm(self) -> int:
        """Reads files and image once, so that both senders find them in the page cache; returns the files' bytes."""
        paths = self.paths()
        for path in [*paths, self.image]:
            with open(path, "rb") as file:
                while file.read(1 << 20):
                    pass
        return sum(path.stat().st_size for path in paths)


def ensure_material(folder: Path) -> Material:
    """Makes the material unless it is there already."""
    material = Material(folder)
    stamp, wanted = folder / "made.txt", f"{VERSION} {SEED} {STUDIES} {INSTANCES_OF_STUDY}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return material
    shutil.rmtree(folder, ignore_errors=True)
    material.files.mkdir(parents=True)
    studies, orders = _plan()
    with processors() as pool:
        names = [name for made in pool.map(_write_study, studies, [material.files] * len(studies)) for name in made]
    write_image(material.image, [Burn(material.files, names, rock_ridge=True, joliet=True, epoch=EPOCH)])
    _write_table(material.orders, [field.name for field in fields(Order)], [astuple(order) for order in orders])
    _write_table(material.media, MEDIA_COLUMNS, [(LABEL, "cd", "", "", "", "")])
    stamp.write_text(wanted)
    return material


def _plan() -> tuple[list[Study], list[Order]]:
    """The studies, each of a patient of its own, and an order for each that agrees with its header."""
    builder = Builder(SEED, [Sleeve(LABEL, (1999, 2001), "pdi", "", "")])
    for number in range(STUDIES):
        study = builder.study(builder.patient(), LABEL, "ct")
        series = chance.uid(SEED, "pipeline series", number)
        study.instances = [
            Instance(chance.uid(SEED, "pipeline", number, index), series, 1, index, "ct512", builder.serial())
            for index in range(1, INSTANCES_OF_STUDY + 1)
        ]
        study.header.accession_number = f"OLD{number:05}"
        builder.order(study)
    return builder.studies, builder.listed_orders()


def _write_study(study: Study, files: Path) -> list[str]:
    """Writes a study's files; returns their paths below `files`."""
    press = StudyPress(SEED, study)
    folder = f"PT{study.instances[0].serial:06}"
    (files / folder).mkdir()
    names = []
    for instance in study.instances:
        name = f"{folder}/IM{instance.number:06}"
        (files / name).write_bytes(press.file(instance))
        names.append(name)
    return names


def _write_table(path: Path, columns: list[str], rows: list[tuple[object, ...]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(rows)

"""What is read and sent: ten thousand small objects for the scan, and one of two gigabytes. The CT that are sent are the pipeline's."""

from __future__ import annotations

import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from lab import chance
from lab.material import wheel_bytes
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.filewriter import dcmwrite

FILES, FILES_OF_FOLDER = 10_000, 100
FRAMES, SIZE = 4_096, 512
LARGE_BYTES = FRAMES * SIZE * SIZE * 2
SEED = 5
# Raised when this file makes other bytes than before.
VERSION = 1
# The wheel's objects that the ten thousand are made of, in turn: CT, MR, CR and ultrasound with their private elements, native and compressed.
MODELS = ["CT_small.dcm", "MR_small.dcm", "MR_small_implicit.dcm", "MR_small_jpeg_ls_lossless.dcm", "dicomdirtests/98892003/MR1/15820",
          "dicomdirtests/98892001/CT5N/2062", "dicomdirtests/77654033/CR1/6154", "examples_ybr_color.dcm"]
MULTI_FRAME_GRAYSCALE_WORD = "1.2.840.10008.5.1.4.1.1.7.3"
PIXEL_DATA_HEAD = bytes([0xE0, 0x7F, 0x10, 0x00]) + b"OW\0\0" + LARGE_BYTES.to_bytes(4, "little")


@dataclass(frozen=True)
class Objects:
    """Where they lie."""

    folder: Path

    @property
    def files(self) -> Path:
        """The ten thousand, a hundred to a folder."""
        return self.folder / "files"

    @property
    def large(self) -> Path:
        """The multi-frame object; a sparse file, since nobody looks at its pixels."""
        return self.folder / "large.dcm"

    def paths(self) -> list[Path]:
        """The ten thousand, in the order of their names."""
        return sorted(path for path in self.files.rglob("*") if path.is_file())

    def warm(self) -> int:
        """Reads the ten thousand once, so that everyone finds them in the page cache; returns their bytes."""
        return sum(len(path.read_bytes()) for path in self.paths())


def ensure_objects(folder: Path) -> Objects:
    """Makes them unless they are there already."""
    objects = Objects(folder)
    stamp, wanted = folder / "made.txt", f"{VERSION} {SEED} {FILES}\n"
    if stamp.exists() and stamp.read_text() == wanted:
        return objects
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number in range(FILES):
        place = objects.files / f"{number // FILES_OF_FOLDER:04}" / f"{number % FILES_OF_FOLDER:04}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_variant(number))
    _write_large(objects.large)
    stamp.write_text(wanted)
    return objects


def _variant(number: int) -> bytes:
    """The model's file with UIDs and patient of its own, everything else as it is."""
    ds = dcmread(io.BytesIO(wheel_bytes(MODELS[number % len(MODELS)])))
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = chance.uid(SEED, "scan", number)
    ds.PatientID = f"P{number:06}"
    target = io.BytesIO()
    dcmwrite(target, ds, enforce_file_format=True)
    return target.getvalue()


def _write_large(path: Path) -> None:
    ds = dcmread(io.BytesIO(wheel_bytes("CT_small.dcm")), stop_before_pixels=True)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = MULTI_FRAME_GRAYSCALE_WORD
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = chance.uid(SEED, "large", 0)
    ds.Rows = ds.Columns = SIZE
    ds[0x00280008] = DataElement(0x00280008, "IS", FRAMES)
    # What follows the pixels in the model goes: here they are last.
    for tag in [tag for tag in ds.keys() if tag > 0x7FE00010]:
        del ds[tag]
    target = io.BytesIO()
    dcmwrite(target, ds, enforce_file_format=True)
    with open(path, "wb") as file:
        file.write(target.getvalue() + PIXEL_DATA_HEAD)
        file.truncate(file.tell() + LARGE_BYTES)

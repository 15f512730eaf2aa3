"""Objects made to carry what archives hold and sample files lack: overlays in unused bits, markers, planes, odd sizes, signs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

# Rows, columns, samples, bits allocated, bits stored, signed, planes, frames, big endian.
KINDS = {
    "gray-8": (61, 47, 1, 8, 8, 0, 0, 1, False),
    "gray-8-of-6": (64, 64, 1, 8, 6, 0, 0, 1, False),
    "gray-8-signed": (40, 44, 1, 8, 8, 1, 0, 1, False),
    "gray-16": (63, 65, 1, 16, 16, 0, 0, 1, False),
    "gray-16-signed": (64, 64, 1, 16, 16, 1, 0, 3, False),
    "gray-12": (64, 65, 1, 16, 12, 0, 0, 4, False),
    "gray-12-signed": (65, 64, 1, 16, 12, 1, 0, 2, False),
    "gray-10": (33, 35, 1, 16, 10, 0, 0, 1, False),
    "gray-12-big-endian": (64, 64, 1, 16, 12, 0, 0, 2, True),
    "gray-32": (31, 33, 1, 32, 32, 0, 0, 1, False),
    "colour-8": (37, 41, 3, 8, 8, 0, 0, 2, False),
    "colour-8-planes": (37, 41, 3, 8, 8, 0, 1, 2, False),
    "colour-16": (33, 32, 3, 16, 16, 0, 0, 1, False),
    "tiny": (3, 3, 1, 8, 8, 0, 0, 1, False),
}


def values(kind: tuple, random: np.random.Generator) -> np.ndarray:
    """A slope with noise, and the extremes."""
    rows, columns, samples, allocated, stored, signed, _, frames, _ = kind
    size = rows * columns * samples * frames
    slope = np.arange(size, dtype=np.int64) * 5 % (1 << stored)
    noise = random.integers(0, 1 << stored, size)
    result = np.where(np.arange(size) % 3 == 0, noise, slope)
    result[:2] = (0, (1 << stored) - 1)
    if signed:
        result = np.where(result >> (stored - 1) & 1, result - (1 << stored), result)
    return (result & ((1 << allocated) - 1)).astype(f"<u{allocated // 8}")


def image(kind: tuple, cells: np.ndarray) -> FileDataset:
    """An object around cells."""
    rows, columns, samples, allocated, stored, signed, planar, frames, is_big = kind
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRBigEndian if is_big else ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[repr(kind)])
    dataset = FileDataset(None, {}, file_meta=meta, preamble=bytes(128), is_implicit_VR=False, is_little_endian=not is_big)
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = rows, columns, samples
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = allocated, stored, stored - 1, signed
    dataset.PhotometricInterpretation = "RGB" if samples == 3 else "MONOCHROME2"
    if samples == 3:
        dataset.PlanarConfiguration = planar
    if frames > 1:
        dataset.NumberOfFrames = frames
    value = cells.astype(cells.dtype.newbyteorder(">" if is_big else "<")).tobytes()
    dataset.PixelData = value + bytes(len(value) % 2)
    dataset["PixelData"].VR = "OW" if allocated > 8 else "OB"
    return dataset


def with_overlay(dataset: FileDataset) -> FileDataset:
    """An old overlay in the highest bit, and a marker in the bit above the stored ones (PS3.5-2004 §8.1.2)."""
    cells = np.frombuffer(dataset.PixelData, f"<u{dataset.BitsAllocated // 8}").copy()
    cells[::7] |= cells.dtype.type(1 << (dataset.BitsAllocated - 1))
    cells[5:9] |= cells.dtype.type(1 << dataset.BitsStored)
    dataset.PixelData = cells.tobytes()
    dataset.add_new(0x60000010, "US", dataset.Rows)
    dataset.add_new(0x60000011, "US", dataset.Columns)
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000100, "US", dataset.BitsAllocated)
    dataset.add_new(0x60000102, "US", dataset.BitsAllocated - 1)
    return dataset


def make(folder: Path, samples: list[Path]) -> Path:
    """Writes all of them; overlays are put into `samples` too."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(5)
    for name, kind in KINDS.items():
        cells = values(kind, random)
        image(kind, cells).save_as(folder / f"{name}.dcm")
        if kind[3] > kind[4] and not kind[8]:
            with_overlay(image(kind, cells)).save_as(folder / f"{name}-overlay.dcm")
    for sample in samples:
        dataset = pydicom.dcmread(sample)
        if dataset.BitsStored == dataset.BitsAllocated:
            dataset.BitsStored, dataset.HighBit = dataset.BitsAllocated - 4, dataset.BitsAllocated - 5
        with_overlay(dataset).save_as(folder / f"{sample.stem}-overlay.dcm")
    return folder

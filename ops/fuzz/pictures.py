"""Small objects with pixels to begin with: each way to show them, in each byte order; and the begins of the wheel's compressed frames."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

# Frame and scan headers lie in these; a data set of the wheel beside them is not much longer.
STREAM_BEGIN = 700
SYNTAXES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian)
# Samples, bits allocated, signed, planes.
CELLS = ((1, 8, 0, 0), (1, 16, 0, 0), (1, 16, 1, 0), (1, 32, 0, 0), (3, 8, 0, 0), (3, 8, 0, 1), (3, 16, 0, 1))
GE = b"1.2.840.113619.5.2"


def pictures() -> Iterator[bytes]:
    """Files."""
    for cells in CELLS:
        for interpretation in ("MONOCHROME2", "MONOCHROME1", "PALETTE COLOR") if cells[0] == 1 else ("RGB", "YBR_FULL"):
            for syntax in SYNTAXES:
                yield saved(image(cells, interpretation), syntax)
    gray = image((1, 16, 0, 0), "MONOCHROME2")
    for change in (windowed, tabled, rescaled, in_frames, with_icon):
        yield saved(change(gray), ExplicitVRLittleEndian)
    yield saved(gray, ImplicitVRLittleEndian).replace(b"1.2.840.10008.1.2\0", GE, 1)
    yield in_runs()
    yield from streams()


def image(cells: tuple[int, int, int, int], interpretation: str) -> Dataset:
    """Four by six pixels."""
    samples, bits, signed, planar = cells
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3.4"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation, dataset.Rows, dataset.Columns = samples, interpretation, 4, 6
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = bits, bits, bits - 1, signed
    if samples > 1:
        dataset.PlanarConfiguration = planar
    if interpretation == "PALETTE COLOR":
        for colour in ("Red", "Green", "Blue"):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [16, 0, 8])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", bytes(range(16)))
    dataset.PixelData = bytes(range(7, 7 + 24 * samples * bits // 8)) if 24 * samples * bits // 8 < 200 else bytes(24 * samples * bits // 8)
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"
    return dataset


def changed(dataset: Dataset, **values: object) -> Dataset:
    """A copy with other values."""
    other = deepcopy(dataset)
    for keyword, value in values.items():
        setattr(other, keyword, value)
    return other


def table() -> Dataset:
    """A look-up table."""
    item = Dataset()
    item.add_new(0x00283002, "US", [4, 0, 8])
    item.add_new(0x00283006, "OW", struct.pack("<4H", 0, 80, 160, 255))
    return item


def windowed(dataset: Dataset) -> Dataset:
    """With a window."""
    return changed(dataset, RescaleIntercept="-4", RescaleSlope="2.5", WindowCenter="40", WindowWidth="80", VOILUTFunction="SIGMOID")


def tabled(dataset: Dataset) -> Dataset:
    """With tables."""
    return changed(dataset, ModalityLUTSequence=[table()], VOILUTSequence=[table()])


def rescaled(dataset: Dataset) -> Dataset:
    """With a table of rescaled values. The slope is the first of two numbers, so that another of its length is one as well."""
    return changed(dataset, RescaleIntercept="-4", RescaleSlope=["2.50", "1.25"], VOILUTSequence=[table()])


def in_frames(dataset: Dataset) -> Dataset:
    """With frames."""
    return changed(dataset, NumberOfFrames="2", PixelData=dataset.PixelData * 2)


def with_icon(dataset: Dataset) -> Dataset:
    """With an icon."""
    return changed(dataset, IconImageSequence=[image((1, 8, 0, 0), "MONOCHROME2")])


def saved(dataset: Dataset, syntax: str) -> bytes:
    """The file in a transfer syntax."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    stream = io.BytesIO()
    file = FileDataset(None, dataset, preamble=bytes(128), file_meta=meta)
    encoding = {"implicit_vr": syntax == ImplicitVRLittleEndian, "little_endian": syntax != ExplicitVRBigEndian}
    dcmwrite(stream, file, enforce_file_format=False, force_encoding=True, **encoding)
    return stream.getvalue()


def in_runs() -> bytes:
    """In RLE, its icon as well."""
    runs = encapsulate([struct.pack("<16I", 1, 64, *[0] * 14) + b"\x03\x01\x02\x03\x04\xed\x09" + b"\x00"])
    dataset = image((1, 8, 0, 0), "MONOCHROME2")
    dataset.PixelData = runs
    dataset["PixelData"].is_undefined_length = True
    icon = deepcopy(dataset)
    dataset.IconImageSequence = [icon]
    return saved(dataset, RLELossless)


def streams() -> Iterator[bytes]:
    """Objects of the wheel with the begins of their first frames, of whichever compression."""
    for path in sorted((Path(pydicom.__file__).parent / "data" / "test_files").glob("*.dcm")):
        try:
            dataset = pydicom.dcmread(path)
            begin = get_frame(dataset.PixelData, 0, number_of_frames=int(dataset.get("NumberOfFrames", 1)))[:STREAM_BEGIN]
            kept = image((dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.PixelRepresentation, 0), dataset.PhotometricInterpretation)
            kept.Rows, kept.Columns, kept.PixelData = dataset.Rows, dataset.Columns, encapsulate([begin])
            kept["PixelData"].is_undefined_length = True
            yield saved(kept, dataset.file_meta.TransferSyntaxUID)
        except Exception:  # whatever pydicom throws, it has no compressed frame
            continue

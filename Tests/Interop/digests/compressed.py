"""The samples of compressed pixels, as pydicom's own decoders give them: pylibjpeg, pyjpegls, openjpeg."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import FileDataset
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder

JPEG = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 57, 70)}
JPEG_LS = {"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"}
JPEG_2000_LOSSLESS, JPEG_2000 = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"
RLE = "1.2.840.10008.1.2.5"
DECODED = JPEG | JPEG_LS | {JPEG_2000_LOSSLESS, JPEG_2000, RLE}
# ISO 10918-1 table B.1: the frame headers of processes without loss, and all.
LOSSLESS_FRAMES = {0xC3, 0xC7, 0xCB, 0xCF}
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC} | {0xF7}


def compressed_pixel_digest(path: Path) -> str | None:
    """The digest of a file's compressed pixels; None where there is none."""
    dataset = pydicom.dcmread(path)
    syntax = dataset.file_meta.TransferSyntaxUID
    samples, bits = dataset.get("SamplesPerPixel", 1), dataset.get("BitsAllocated")
    if syntax not in DECODED or samples not in (1, 3) or bits not in (8, 16, 32) or "_42" in dataset.get("PhotometricInterpretation", ""):
        return None
    try:
        count = max(1, int(dataset.get("NumberOfFrames", 1) or 1))
    except ValueError:
        return None
    if "PhotometricInterpretation" not in dataset:
        # pydicom's decoders ask for it; it changes no sample.
        dataset.PhotometricInterpretation = "MONOCHROME2" if samples == 1 else "RGB"
    digest = hashlib.sha256(f"skein pixels 1 {dataset.Rows} {dataset.Columns} {samples} {bits} {count}\n".encode())
    try:
        for index in range(count):
            precision = exact_precision(get_frame(dataset.PixelData, index, number_of_frames=count), dataset)
            if precision is None:
                return None
            digest.update(hashlib.sha256(samples_of(dataset, index, precision)).digest())
    except (ValueError, RuntimeError, AttributeError, IndexError, EOFError):
        return None
    return digest.hexdigest()


def exact_precision(stream: bytes, dataset: FileDataset) -> int | None:
    """Bits that a stream has; None where its standard leaves decoders room for differences."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == RLE:
        return dataset.BitsAllocated
    if syntax in (JPEG_2000_LOSSLESS, JPEG_2000):
        begin = stream.index(b"\xff\x4f\xff\x51") + 2
        segments = dict(markers(stream, begin))
        said_lossless = syntax == JPEG_2000_LOSSLESS or dataset.get("LossyImageCompression") == "00"
        # ISO 15444-1 §A.5.1, §A.6.1: bits of the first component; the wavelet, 1 for the reversible one.
        return (segments[0x51][36] & 0x7F) + 1 if said_lossless and segments[0x52][9] == 1 else None
    marker, segment = next((marker, segment) for marker, segment in markers(stream, 2) if marker in FRAMES)
    is_exact = syntax in JPEG_LS or (marker in LOSSLESS_FRAMES and not has_point_transform(stream))
    return segment[0] if is_exact else None


def has_point_transform(stream: bytes) -> bool:
    """Whether a scan of a JPEG stream leaves out the lowest bits: the last number of its header (ISO 10918-1 §B.2.3). 0xFF 0xDA stands nowhere else."""
    scans = [at.start() for at in re.finditer(b"\xff\xda", stream)]
    return any(stream[at + 1 + int.from_bytes(stream[at + 2 : at + 4], "big")] & 0x0F for at in scans)


def markers(stream: bytes, at: int) -> list[tuple[int, bytes]]:
    """The marker segments up to the first scan or tile."""
    found = []
    while stream[at] == 0xFF and stream[at + 1] not in (0xDA, 0x90):
        length = int.from_bytes(stream[at + 2 : at + 4], "big")
        found.append((stream[at + 1], stream[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def samples_of(dataset: FileDataset, index: int, precision: int) -> bytes:
    """A frame: little endian, the samples of a pixel side by side, all allocated bits."""
    buffer, described = get_decoder(dataset.file_meta.TransferSyntaxUID).as_buffer(dataset, index=index, raw=True)
    samples, width = described["samples_per_pixel"], described["bits_allocated"] // 8
    frame = np.frombuffer(bytes(buffer)[: dataset.Rows * dataset.Columns * samples * width], np.uint8)
    if samples > 1 and described["planar_configuration"] == 1:
        frame = frame.reshape(samples, -1, width).transpose(1, 0, 2)
    values = np.frombuffer(frame.tobytes(), f"<u{width}").astype(np.int64) & ((1 << precision) - 1)
    if dataset.PixelRepresentation == 1:
        values = np.where(values >> (precision - 1) & 1, values - (1 << precision), values)
    return (values & ((1 << dataset.BitsAllocated) - 1)).astype(f"<u{dataset.BitsAllocated // 8}").tobytes()

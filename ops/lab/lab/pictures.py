"""Whether two objects show the same: the stored pixels, every allocated bit of them."""

from __future__ import annotations

import hashlib

import numpy as np
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments
from pydicom.pixels import pixel_array

PIXEL_DATA = 0x7FE00010


def picture_difference(original: Dataset, stored: Dataset) -> str:
    """In words how the pixels differ; "" where they do not."""
    if PIXEL_DATA not in original and PIXEL_DATA not in stored:
        return ""
    if PIXEL_DATA not in original or PIXEL_DATA not in stored:
        return "Pixel Data is " + ("absent" if PIXEL_DATA in original else "there, and the disc has none")
    first, second = original[PIXEL_DATA].value or b"", stored[PIXEL_DATA].value or b""
    if first == second:
        return ""
    if original.file_meta.TransferSyntaxUID.is_encapsulated and stored.file_meta.TransferSyntaxUID.is_encapsulated:
        if list(generate_fragments(first)) == list(generate_fragments(second)):
            return ""
    return _decoded_difference(original, stored)


def picture_digests(ds: Dataset) -> list[str]:
    """SHA-256 of each frame, decoded, in little endian, with all allocated bits; of all frames together where one cannot be told from the next."""
    if PIXEL_DATA not in ds:
        return []
    samples = _samples(ds)
    flat = samples.astype(samples.dtype.newbyteorder("<"), copy=False).reshape(-1)
    frames = int(ds.get("NumberOfFrames") or 1)
    pieces = np.split(flat, frames) if flat.size % frames == 0 else [flat]
    return [hashlib.sha256(piece.tobytes()).hexdigest() for piece in pieces]


def _decoded_difference(original: Dataset, stored: Dataset) -> str:
    try:
        before, after = _samples(original), _samples(stored)
    except Exception as error:  # noqa: BLE001 a decoder may raise anything, and an undecodable picture is a difference
        return f"Pixel Data differs and cannot be decoded: {error}"
    if before.shape != after.shape:
        return f"the picture is {after.shape}, should be {before.shape}"
    different = np.argwhere(before != after)
    if different.size == 0:
        return ""
    where = tuple(int(index) for index in different[0])
    return f"{len(different)} pixel values differ, the first at {where}: {after[where]}, should be {before[where]}"


def _samples(ds: Dataset) -> np.ndarray:
    """All samples with all their allocated bits. Decoders may blank what is above Bits Stored, so native pixels are taken as they lie."""
    syntax = ds.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated:
        return pixel_array(ds, raw=True, correct_unused_bits=False)
    allocated = int(ds.BitsAllocated)
    dtype = np.dtype(np.uint8) if allocated <= 8 else np.dtype(f"{'<' if syntax.is_little_endian else '>'}u{allocated // 8}")
    data = bytes(ds[PIXEL_DATA].value)
    bits = int(ds.Rows) * int(ds.Columns) * int(ds.get("SamplesPerPixel", 1)) * int(ds.get("NumberOfFrames") or 1) * allocated
    count = min(len(data), -(-bits // 8)) // dtype.itemsize
    if str(ds.get("PhotometricInterpretation")) == "YBR_FULL_422":
        count = len(data) // dtype.itemsize
    return np.frombuffer(data, dtype, count)

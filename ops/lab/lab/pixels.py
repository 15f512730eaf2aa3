"""Pixels that no other instance of the hospital has, in the transfer syntax that the object already is in.

Native pixels are changed where they lie. Compressed ones are decoded, changed and encoded again by the encoder of their own
transfer syntax; what was lossy stays lossy, and the object holds what the encoder made of it.
"""

from __future__ import annotations

import io
import logging
import os
import subprocess
import tempfile
import warnings
from functools import lru_cache

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import (JPEG2000, ExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit, JPEGExtended12Bit,
                         JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless, RLELossless)

logging.getLogger("pydicom").setLevel(logging.ERROR)
warnings.simplefilter("ignore")

# How many single samples are changed, besides moving the whole picture.
SPECKS = 48
CT_SIZE = 512
DCMTK_ENCODERS = {JPEGLosslessSV1: ["+e1"], JPEGExtended12Bit: ["+ee", "+q", "95"]}


def vary(ds: Dataset, rng: np.random.Generator) -> None:
    """Gives the object pixels of its own."""
    if "PixelData" not in ds:
        return
    syntax = ds.file_meta.TransferSyntaxUID
    if not syntax.is_encapsulated:
        ds.PixelData = _varied_native(ds, rng)
        return
    if syntax == JPEGBaseline8Bit:
        ds.PixelData = _varied_baseline(ds, rng)
        ds["PixelData"].is_undefined_length = True
        return
    samples = np.array(pixel_array(ds, raw=True), order="C")
    _change(samples.reshape(-1), _step(ds), _change_mask(ds), rng)
    _encode(ds, samples, syntax)


def _step(ds: Dataset) -> int:
    return int(ds.get("SamplesPerPixel", 1))


def _change_mask(ds: Dataset) -> int:
    # The sign bit and what lies above Bits Stored stay as they are: the values remain valid.
    return (1 << (int(ds.BitsStored) - 1)) - 1 or 1


def _change(samples: np.ndarray, step: int, mask: int, rng: np.random.Generator) -> None:
    """Moves the picture along and changes some samples, in place; `samples` is one-dimensional."""
    samples[:] = np.roll(samples, step * int(rng.integers(1, max(2, samples.size // step))))
    places = rng.integers(0, samples.size, min(SPECKS, samples.size))
    changes = rng.integers(1, mask + 1, places.size).astype(samples.dtype)
    samples[places] ^= changes


def _varied_native(ds: Dataset, rng: np.random.Generator) -> bytes:
    allocated = int(ds.BitsAllocated)
    order = ">" if not ds.file_meta.TransferSyntaxUID.is_little_endian else "<"
    dtype = np.dtype(np.uint8) if allocated <= 8 else np.dtype(f"{order}u{allocated // 8}")
    data = bytes(ds.PixelData)
    whole = len(data) // dtype.itemsize
    if allocated == 8:
        whole = min(whole, int(ds.Rows) * int(ds.Columns) * _step(ds) * int(ds.get("NumberOfFrames") or 1))
    samples = np.frombuffer(data, dtype, whole).copy()
    mask = 0xFF if allocated == 1 else _change_mask(ds)
    _change(samples, 1 if allocated == 1 else _step(ds), mask, rng)
    return samples.tobytes() + data[whole * dtype.itemsize:]


def _encode(ds: Dataset, samples: np.ndarray, syntax: str) -> None:
    keywords: dict[str, object] = {}
    if syntax == JPEGLSNearLossless:
        keywords["jls_error"] = 2
    elif syntax == JPEG2000:
        keywords["j2k_cr"] = [10]
    elif syntax in DCMTK_ENCODERS:
        frame = _dcmtk_bitstream(ds, samples, DCMTK_ENCODERS[syntax])
        ds.PixelData = encapsulate([frame])
        ds["PixelData"].is_undefined_length = True
        return
    elif syntax not in (RLELossless, JPEGLSLossless, JPEG2000Lossless):
        raise ValueError(f"no encoder for transfer syntax {syntax}")
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.compress(syntax, samples, generate_instance_uid=False, **keywords)


def _dcmtk_bitstream(ds: Dataset, samples: np.ndarray, options: list[str]) -> bytes:
    """One frame as DCMTK's dcmcjpeg encodes it: the only encoder of these processes at hand."""
    plain = Dataset()
    for name in ("SOPClassUID", "SOPInstanceUID", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration",
                 "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"):
        if name in ds:
            plain[name] = ds[name]
    plain.PixelData = samples.tobytes()
    plain["PixelData"].VR = "OW" if ds.BitsAllocated > 8 else "OB"
    plain.file_meta = FileMetaDataset()
    plain.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "native"), os.path.join(folder, "jpeg")
        plain.save_as(source, enforce_file_format=True)
        subprocess.run(["dcmcjpeg", *options, "+un", source, target], check=True, capture_output=True)
        made = dcmread(target)
        return next(generate_frames(made.PixelData, number_of_frames=1))


def _varied_baseline(ds: Dataset, rng: np.random.Generator) -> bytes:
    """JPEG baseline: the first frame is drawn anew, the others stay."""
    count = int(ds.get("NumberOfFrames") or 1)
    frames = list(generate_frames(ds.PixelData, number_of_frames=count))
    samples = np.array(pixel_array(ds, raw=True, index=0), order="C")
    _change(samples.reshape(-1), _step(ds), 0xFF, rng)
    frames[0] = _baseline_frame(samples, str(ds.PhotometricInterpretation))
    return encapsulate(frames)


def _baseline_frame(samples: np.ndarray, photometric: str) -> bytes:
    target = io.BytesIO()
    if photometric == "RGB":
        Image.fromarray(samples).save(target, "JPEG", quality=92, keep_rgb=True)
    else:
        height, width, _ = samples.shape
        picture = Image.frombytes("YCbCr", (width, height), samples.tobytes())
        picture.save(target, "JPEG", quality=92, subsampling=1 if photometric == "YBR_FULL_422" else 0)
    data = target.getvalue()
    return data + b"\0" * (len(data) % 2)


@lru_cache(maxsize=1)
def _noise() -> np.ndarray:
    return np.random.default_rng(CT_SIZE).integers(0, 24, 4 * CT_SIZE * CT_SIZE, dtype=np.uint16)


@lru_cache(maxsize=64)
def _body(position: float) -> np.ndarray:
    rows, columns = np.ogrid[:CT_SIZE, :CT_SIZE]
    centre, radius = CT_SIZE / 2, 150 + 60 * np.sin(np.pi * position)
    inside = ((rows - centre) / radius) ** 2 + ((columns - centre) / (radius * 1.25)) ** 2 < 1
    return np.where(inside, 1050, 24).astype(np.uint16)


def draw_slice(rng: np.random.Generator, position: float) -> bytes:
    """A CT slice of 512 × 512 × 16: twelve bits stored, and a marker in the bits above them, as old scanners left it."""
    start = int(rng.integers(0, 3 * CT_SIZE * CT_SIZE))
    picture = _body(position) + _noise()[start:start + CT_SIZE * CT_SIZE].reshape(CT_SIZE, CT_SIZE)
    for _ in range(6):
        y, x = rng.integers(150, 362, 2)
        size = int(rng.integers(8, 44))
        picture[max(0, y - size):y + size, max(0, x - size):x + size] += np.uint16(rng.integers(0, 400))
    np.minimum(picture, 4095, out=picture)
    picture[16:32, 16:24] |= 0x8000
    return picture.astype("<u2", copy=False).tobytes()

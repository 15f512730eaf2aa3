"""Previews: every image that can be shown is one, as Pillow reads it; in full, colours are pydicom's, and gray is what pydicom's look-up tables and the formulas of PS3.3
§C.11.2.1.2 and §C.11.2.1.3 make of what pydicom decodes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi

from .cells import BIG_ENDIAN

EDGE = 512
# Gray levels: both round, and decoders of lossy streams do.
LARGEST_DIFFERENCE = 2.0
# Reasons for which an image is not shown; all others are faults.
REFUSALS = ("unsupported", "malformed-pixels", "malformed", "truncated", "limit")


def check(worker: Path, images: dict[str, Path], folder: Path, faults: list[str]) -> tuple[int, int]:
    """How many were shown, and how many of those compared."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = compared = 0
    for name, path in images.items():
        dataset = pydicom.dcmread(path, stop_before_pixels=True)
        for options, edge in (((), EDGE), (("--full",), None)):
            output = folder / "preview.png"
            output.unlink(missing_ok=True)
            command = [str(worker), "preview", *options, str(path), str(output)]
            process = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
            if process.returncode != 0:
                if process.stderr.removeprefix(f"{path}: ").split(":")[0] not in REFUSALS:
                    faults.append(f"{name}: no preview: {process.stderr.strip()}")
                continue
            with Image.open(output) as picture:
                picture.load()
                size, mode = picture.size, picture.mode
                pixels = np.asarray(picture, np.float64)
            longest = max(dataset.Rows, dataset.Columns)
            expected = (dataset.Columns, dataset.Rows)
            if edge and longest > edge:
                expected = tuple(max(1, length * edge // longest) for length in expected)
            if size != expected or mode not in ("L", "RGB"):
                faults.append(f"{name}: its preview is {size} {mode}, not {expected}")
            elif edge is None:
                difference = from_pydicom(path, pixels) if mode == "L" else colour_from_pydicom(path, pixels)
                compared += difference is not None
                if difference is not None and difference > LARGEST_DIFFERENCE:
                    faults.append(f"{name}: its preview differs from pydicom's by {difference:.2f}")
            shown += 1
    return shown, compared


def colour_from_pydicom(path: Path, picture: np.ndarray) -> float | None:
    """By how much a colour picture of the first frame differs on average; None where pydicom decodes nothing."""
    dataset = pydicom.dcmread(path)
    try:
        stored = dataset.pixel_array
    except Exception:  # whatever pydicom's decoders throw, they do not read it
        return None
    frames = stored if dataset.SamplesPerPixel == 3 and stored.ndim == 4 or dataset.SamplesPerPixel == 1 and stored.ndim == 3 else stored[None]
    bits = dataset.BitsStored
    colours = frames[0]
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        # Of the table's entries, whose bits its descriptor says.
        for element in dataset.group_dataset(0x0028) if dataset.file_meta.TransferSyntaxUID == BIG_ENDIAN else ():
            if element.keyword.endswith("PaletteColorLookupTableData"):
                # pydicom takes them for little endian whatever the object is.
                dataset[element.tag].value = np.frombuffer(element.value, ">u2").astype("<u2").tobytes()
        colours, bits = apply_color_lut(colours, dataset), dataset.RedPaletteColorLookupTableDescriptor[2]
    return float(np.abs(colours * (255 / ((1 << bits) - 1)) - picture).mean())


def from_pydicom(path: Path, picture: np.ndarray) -> float | None:
    """By how much a gray picture of the first frame differs at the most, but for one pixel in a hundred; None where pydicom decodes nothing."""
    dataset = pydicom.dcmread(path)
    try:
        stored = dataset.pixel_array
    except Exception:  # whatever pydicom's decoders throw, they do not read it
        return None
    values = apply_modality_lut(stored if stored.ndim == 2 else stored[0], dataset)
    gray = np.clip(shares(values, dataset), 0, 1) * 255
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        gray = 255 - gray
    return float(np.percentile(np.abs(gray - picture), 99))


def shares(values: np.ndarray, dataset: pydicom.Dataset) -> np.ndarray:
    """From black, 0, to white, 1: by the first window, the first VOI LUT, or from the least to the greatest value."""
    centre, width = (first(dataset.get(keyword)) for keyword in ("WindowCenter", "WindowWidth"))
    function = dataset.get("VOILUTFunction") or "LINEAR"
    exact = function != "LINEAR"
    if centre is None or width is None or width <= 0 or (width < 1 and not exact):
        if dataset.get("VOILUTSequence"):
            return apply_voi(values, dataset) / ((1 << dataset.VOILUTSequence[0].LUTDescriptor[2]) - 1)
        values = values.astype(np.float64)
        return (values - values.min()) / max(1.0, values.max() - values.min())
    if function == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (values - centre) / width))
    if exact:
        return (values - centre) / width + 0.5
    if width == 1:
        return (values > centre - 0.5).astype(np.float64)
    return (values - (centre - 0.5)) / (width - 1) + 0.5


def first(value: object) -> float | None:
    """The first of the values of a decimal string; None if it has none."""
    values = value if isinstance(value, pydicom.multival.MultiValue) else [value]
    return float(values[0]) if len(values) and values[0] not in (None, "") else None

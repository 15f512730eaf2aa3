"""Previews: every image that can be shown is one, as Pillow reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pydicom
from PIL import Image

EDGE = 512
# Reasons for which an image is not shown; all others are faults.
REFUSALS = ("unsupported", "malformed-pixels", "malformed", "truncated", "limit")


def check(worker: Path, images: dict[str, Path], folder: Path, faults: list[str]) -> int:
    """How many were shown."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = 0
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
            longest = max(dataset.Rows, dataset.Columns)
            expected = (dataset.Columns, dataset.Rows)
            if edge and longest > edge:
                expected = tuple(max(1, length * edge // longest) for length in expected)
            if size != expected or mode not in ("L", "RGB"):
                faults.append(f"{name}: its preview is {size} {mode}, not {expected}")
            shown += 1
    return shown

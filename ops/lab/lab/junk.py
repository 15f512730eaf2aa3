"""What lies beside the images: autorun, viewer, pictures, empty files, and DICOM files that hold no object."""

from __future__ import annotations

import io
from random import Random

from PIL import Image

from .material import NO_OBJECTS, wheel_bytes
from .model import PlacedFile

VIEWER_BYTES = 180_000


def make_junk(random: Random) -> list[PlacedFile]:
    """Files that are not DICOM. The names are short enough for a disc without long ones."""
    files = [
        PlacedFile("AUTORUN.INF", content=b"[autorun]\r\nopen=VIEWER\\VIEWER.EXE\r\nicon=VIEWER\\VIEWER.ICO\r\n"),
        PlacedFile("VIEWER/VIEWER.EXE", content=b"MZ" + random.randbytes(VIEWER_BYTES)),
        PlacedFile("VIEWER/VIEWER.ICO", content=b"\0\0\1\0" + random.randbytes(700)),
        PlacedFile("README.TXT", content=b"Insert the disc and wait for the viewer.\r\n"),
        PlacedFile("VIEWER/EMPTY.DCM"),
        PlacedFile("EMPTY"),
        PlacedFile("VIEWER/NOTES.DCM", content=b"Not an image, whatever the name says.\n" * 9),
    ]
    for number in range(random.randrange(1, 4)):
        files.append(PlacedFile(f"PREVIEW/P{number:07}.JPG", content=_picture(random)))
    return files


def make_no_objects(count: int, random: Random) -> list[PlacedFile]:
    """DICOM files of the wheel without a SOP Instance UID: to be listed, never to be sent."""
    names = random.sample(NO_OBJECTS, count)
    return [PlacedFile(f"OTHER/NOOBJ{number:03}.DCM", content=wheel_bytes(name), damage="no SOP Instance UID")
            for number, name in enumerate(names)]


def _picture(random: Random) -> bytes:
    target = io.BytesIO()
    Image.frombytes("RGB", (48, 48), random.randbytes(48 * 48 * 3)).save(target, "JPEG", quality=70)
    return target.getvalue()

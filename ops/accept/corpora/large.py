"""A multi-frame object of 4 GiB, the longest that a length can say (PS3.5 §7.1): read in bounded memory."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import time
from pathlib import Path

from .faults import PIXELS, data_set, file, head, image

# Even, and not the undefined length.
PIXEL_BYTES = 0xFFFFFFFE
# Acceptance 5 (d) of issue 5 has 100 MB for sending; reading has less to do.
MEMORY_BYTES = 100_000_000


def make(path: Path) -> None:
    """The object, its pixels a hole in the file."""
    rows, columns, frames = 0x4000, 0x4000, 8
    numbers = {0x00280010: rows, 0x00280011: columns, 0x00280100: 16}
    elements = [(tag, vr, struct.pack("<H", numbers.get(tag, 0)) if tag in numbers else value) for tag, vr, value in image() if tag != PIXELS]
    elements.append((0x00280008, "IS", str(frames - 1).encode() + b" "))
    content = file(data_set(sorted(elements)) + head(PIXELS, "OW", PIXEL_BYTES, True, "<"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        target.write(content)
        target.truncate(len(content) + PIXEL_BYTES)


def run(worker: Path, out: Path) -> int:
    """Reads it, and says what it took."""
    path = out / "large" / "multi-frame.dcm"
    make(path)
    begun = time.monotonic()
    process = subprocess.Popen([str(worker), "inspect", "--json", "--digests", str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    record = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    memory = usage.ru_maxrss * 1024
    size = path.stat().st_size
    path.unlink()
    print(f"accept-corpora: {size} bytes in one object: {record['status']}, {seconds:.1f} s, {memory / 1e6:.1f} MB of memory at most")
    good = status == 0 and record["status"] == "dicom" and record["pixelDigest"] and record["byteCount"] == size and memory < MEMORY_BYTES
    if not good:
        print(f"  WRONG: exit status {status}, {record['error']}; the limit is {MEMORY_BYTES / 1e6:.0f} MB")
    return 0 if good else 1

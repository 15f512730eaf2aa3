"""A multi-frame object of 4 GiB, the longest that a length can say (PS3.5 §7.1): read, changed and written in bounded memory."""

from __future__ import annotations

import json
import os
import shutil
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


def measure(worker: Path, *arguments: str) -> tuple[dict, float]:
    """What the worker prints about the object, and how many bytes of memory it took."""
    begun = time.monotonic()
    process = subprocess.Popen([str(worker), *arguments], stdout=subprocess.PIPE)
    assert process.stdout is not None
    record = json.loads(process.stdout.read())
    _, status, usage = os.wait4(process.pid, 0)
    seconds, memory = time.monotonic() - begun, usage.ru_maxrss * 1024
    print(f"accept-corpora: {arguments[0]} of {PIXEL_BYTES} bytes of pixels: {record['status']}, {seconds:.1f} s, {memory / 1e6:.1f} MB of memory at most")
    return {**record, "exit": status}, memory


def run(worker: Path, out: Path) -> int:
    """Reads it, writes it with another Accession Number, reads that, and says what it took."""
    path, written = out / "large" / "multi-frame.dcm", out / "large" / "written"
    shutil.rmtree(out / "large", ignore_errors=True)
    make(path)
    size = path.stat().st_size
    before, for_reading = measure(worker, "inspect", "--json", "--digests", str(path))
    change, for_writing = measure(worker, "rewrite", "--json", "--into", str(written), "--set", "AccessionNumber=LARGE1", str(path))
    path.unlink()
    after, _ = measure(worker, "inspect", "--json", "--digests", str(written / path.name))
    shutil.rmtree(out / "large")
    wrong = [words for words, right in {
        f"it was read as {before['status']}: {before['error']}": before["exit"] == 0 and before["status"] == "dicom" and before["byteCount"] == size,
        f"it was written as {change['status']}: {change.get('error')}": change["exit"] == 0 and change["changed"] == ["(0008,0050)"],
        "what was written has other pixels": before["pixelDigest"] and before["pixelDigest"] == after["pixelDigest"],
        "what was written has another Accession Number": after["accessionNumber"] == "LARGE1",
        f"the limit of memory is {MEMORY_BYTES / 1e6:.0f} MB": max(for_reading, for_writing) < MEMORY_BYTES,
    }.items() if not right]
    for words in wrong:
        print(f"  WRONG: {words}")
    return 1 if wrong else 0

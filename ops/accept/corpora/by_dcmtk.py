"""What DCMTK's dcmdump reads in a file: asked where Skein and pydicom differ."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from pydicom.datadict import tag_for_keyword

from .fields import DAMAGED, DICOM, ELEMENTS, Reading

# With its path: pynetdicom installs programs under DCMTK's names.
DCMDUMP = "/usr/bin/dcmdump"
SYNTAXES = {
    "Little Endian Implicit": "1.2.840.10008.1.2",
    "Little Endian Explicit": "1.2.840.10008.1.2.1",
    "Big Endian Explicit": "1.2.840.10008.1.2.2",
    "Deflated Explicit VR Little Endian": "1.2.840.10008.1.2.1.99",
}


def dump(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The dump of one file, its UIDs in digits."""
    command = [DCMDUMP, "--print-all", "--load-short", "--no-uid-names", *options, str(path)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False)


def values(text: str) -> Reading:
    """The elements of a dump's top level, by their keywords."""
    tags = {keyword: tag_for_keyword(keyword) or 0 for keyword in (*ELEMENTS.values(), "TransferSyntaxUID")}
    wanted = {f"({tag >> 16:04x},{tag & 0xFFFF:04x})": keyword for keyword, tag in tags.items()}
    lines = re.findall(r"^(\([0-9a-f]{4},[0-9a-f]{4}\)) \S\S (\[.*\]|\(no value available\)) *#", text, re.M)
    return {wanted[tag]: value[1:-1].rstrip() if value.startswith("[") else "" for tag, value in lines if tag in wanted}


def read(path: Path) -> Reading:
    """The fields as UTF-8, and whether dcmdump found a fault."""
    strict = dump(path)
    failed = strict.returncode != 0 or re.search(r"^E: ", strict.stderr, re.M) is not None
    # What it reads nevertheless: where a character set is wrong nothing is converted, and of some faults nothing is printed.
    plain = dump(path, "--ignore-parse-errors")
    converted = dump(path, "--ignore-parse-errors", "--convert-to-utf8")
    found = values(plain.stdout) | values(converted.stdout)
    # A dump that is converted declares what it was converted to.
    found["SpecificCharacterSet"] = values(plain.stdout).get("SpecificCharacterSet")
    used = re.search(r"^# Used TransferSyntax: (.*)$", plain.stdout.split("Dicom-Data-Set")[-1], re.M)
    syntax = found.get("TransferSyntaxUID") or SYNTAXES.get(used.group(1) if used else "")
    fields = {name: found.get(keyword) for name, keyword in ELEMENTS.items()}
    return {"status": DAMAGED if failed else DICOM, "transferSyntaxUID": syntax, **fields}

"""(a) The headers of ten thousand files, and their SHA-256."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

from pipeline.figures import Usage, run_measured

from .material import FILES, Objects

DCMDUMP, OPENSSL = "/usr/bin/dcmdump", "/usr/bin/openssl"
# What `worker inspect` prints of a header, by keyword.
KEYWORDS = ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate",
            "PatientSex", "StudyDate", "StudyTime", "Modality", "AccessionNumber", "StudyDescription", "SpecificCharacterSet"]
# The same in `worker inspect --json`.
OUR_NAMES = {keyword: re.sub("^(SOP|.)", lambda begin: begin[0].lower(), keyword) for keyword in KEYWORDS} | {"SpecificCharacterSet": "characterSet"}
# Files that a command line takes at a time.
FILES_OF_COMMAND = "5000"


def run_dcmdump(listing: Path, output: Path) -> tuple[float, Usage]:
    """dcmdump of the same elements, in as few processes as a command line allows."""
    wanted = [word for keyword in KEYWORDS for word in ("+P", keyword)]
    return run_measured(["xargs", "-a", str(listing), "-n", FILES_OF_COMMAND, DCMDUMP, "-q", *wanted], output=output)


def run_pydicom(listing: Path, output: Path) -> tuple[float, Usage]:
    """pydicom with stop_before_pixels, in one process."""
    program = Path(__file__).with_name("pydicom_scan.py")
    return run_measured([sys.executable, str(program), str(listing), *KEYWORDS], os.environ | {"PYTHONWARNINGS": "ignore"}, output)


def run_openssl(listing: Path, output: Path) -> tuple[float, Usage]:
    """SHA-256 of the whole files and nothing else."""
    return run_measured(["xargs", "-a", str(listing), "-n", FILES_OF_COMMAND, OPENSSL, "dgst", "-sha256", "-r"], output=output)


def run_inspect(worker: Path, objects: Objects, output: Path, headers: bool) -> tuple[float, Usage]:
    """`worker inspect --json` of the folder, with or without `--headers`."""
    return run_measured([str(worker), "inspect", "--json", *(["--headers"] if headers else []), str(objects.files)], output=output)


def write_listing(objects: Objects) -> Path:
    """The files' paths, a line each."""
    listing = objects.folder / "paths.txt"
    listing.write_text("".join(f"{path}\n" for path in objects.paths()))
    return listing


def require_same_headers(inspected: Path, dcmdump: Path, pydicom: Path) -> None:
    """RuntimeError unless every element that we read is what pydicom read, and dcmdump read the same objects."""
    rows = _rows(inspected)
    theirs = [line.split("\t") for line in pydicom.read_text().splitlines()]
    for row, values in zip(rows, theirs, strict=True):
        for keyword, value in zip(KEYWORDS, values, strict=True):
            ours = row[OUR_NAMES[keyword]]
            if row["status"] != "dicom" or (str(ours) if ours is not None else "None") != value:
                raise RuntimeError(f"{row['path']}: {row['status']}, {keyword} {ours!r}, with pydicom {value!r}")
    dumped = set(re.findall(rb"^\(0008,0018\) UI \[([0-9.]+)\]", dcmdump.read_bytes(), re.MULTILINE))
    if not {row["sopInstanceUID"].encode() for row in rows} <= dumped:
        raise RuntimeError("dcmdump did not read all objects")


def require_same_digests(inspected: Path, openssl: Path) -> None:
    """RuntimeError unless our SHA-256 are openssl's."""
    ours = {row["path"]: row["sha256"] for row in _rows(inspected)}
    theirs = {path.lstrip("*"): digest for digest, path in (line.split(" ", 1) for line in openssl.read_text().splitlines())}
    if ours != theirs:
        raise RuntimeError("our SHA-256 are not those of openssl")


def _rows(inspected: Path) -> list[dict]:
    rows = [json.loads(line) for line in inspected.read_text().splitlines()]
    if len(rows) != FILES:
        raise RuntimeError(f"{len(rows)} of {FILES} files were inspected")
    return rows

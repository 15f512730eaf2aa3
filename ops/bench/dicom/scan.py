"""(a) The headers of ten thousand files, and their SHA-256."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pipeline.figures import Usage, run_measured

from .material import Objects

DCMDUMP, OPENSSL = "/usr/bin/dcmdump", "/usr/bin/openssl"
# What `worker inspect` prints of a header, by keyword.
KEYWORDS = ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate",
            "PatientSex", "StudyDate", "StudyTime", "Modality", "AccessionNumber", "StudyDescription", "SpecificCharacterSet"]
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


def require_same(inspected: Path, pydicom: Path | None, digests: Path | None) -> None:
    """RuntimeError unless we read what pydicom read, and our SHA-256 are openssl's."""
    rows = [json.loads(line) for line in inspected.read_text().splitlines()]
    if pydicom:
        theirs = [line.split("\t") for line in pydicom.read_text().splitlines()]
        for row, values in zip(rows, theirs, strict=True):
            for name, value in (("sopInstanceUID", values[1]), ("studyInstanceUID", values[2]), ("patientID", values[4]), ("modality", values[11])):
                if row["status"] != "dicom" or row[name] != value:
                    raise RuntimeError(f"{row['path']}: {row['status']}, {name} {row[name]!r}, with pydicom {value!r}")
    if digests:
        ours = {row["path"]: row["sha256"] for row in rows}
        theirs_by_path = {path.lstrip("*"): digest for digest, path in (line.split(" ", 1) for line in digests.read_text().splitlines())}
        if ours != theirs_by_path:
            raise RuntimeError("our SHA-256 are not those of openssl")

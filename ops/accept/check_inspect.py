#!/usr/bin/env python3
"""accept-inspect: `worker inspect --json` agrees with pydicom on every file of its wheel.

    ops/accept/check_inspect.py --worker PATH

Runs the worker once over the wheel's test_files and charset_files. There must be one line for each file and no crash;
for each file that pydicom reads, each field must equal pydicom's. Prints the counts and every difference;
exit status 1 if there is one that ALLOWED does not give a reason for, or if an entry of ALLOWED is no longer needed.

pydicom reads with force=True, since it refuses files without preamble otherwise, and ours does not. It then "reads"
any file: one in which it finds no SOP Class UID and no meta header is no DICOM object for this comparison.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset
from pydicom.multival import MultiValue

ELEMENTS = {
    "sopClassUID": "SOPClassUID",
    "sopInstanceUID": "SOPInstanceUID",
    "studyInstanceUID": "StudyInstanceUID",
    "seriesInstanceUID": "SeriesInstanceUID",
    "patientID": "PatientID",
    "issuerOfPatientID": "IssuerOfPatientID",
    "patientName": "PatientName",
    "patientBirthDate": "PatientBirthDate",
    "patientSex": "PatientSex",
    "studyDate": "StudyDate",
    "studyTime": "StudyTime",
    "modality": "Modality",
    "accessionNumber": "AccessionNumber",
    "studyDescription": "StudyDescription",
    "characterSet": "SpecificCharacterSet",
}

# (file, field) -> why ours is right, or at least not wrong.
ALLOWED: dict[tuple[str, str], str] = {
    ("MR_truncated.dcm", "status"): "its pixel data is cut; pydicom does not say so",
    ("rtplan_truncated.dcm", "status"): "its last element is cut; pydicom drops it with a warning",
}


def text(dataset: FileDataset, keyword: str) -> str | None:
    """The element as text, values joined by backslashes; None if it is absent."""
    if keyword not in dataset:
        return None
    value = dataset[keyword].value
    if isinstance(value, MultiValue):
        return "\\".join(str(item) for item in value)
    return "" if value is None else str(value)


def transfer_syntax(dataset: FileDataset) -> str | None:
    """As the meta header says, or what pydicom assumed where it says nothing."""
    declared = text(dataset.file_meta, "TransferSyntaxUID") if hasattr(dataset, "file_meta") else None
    if declared:
        return declared
    implicit, little = dataset.original_encoding
    if implicit:
        return "1.2.840.10008.1.2"
    return "1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2"


def expected(path: Path) -> dict[str, str | None] | None:
    """What pydicom reads; None if it reads no object."""
    try:
        dataset = pydicom.dcmread(path, force=True)
        fields = {name: text(dataset, keyword) for name, keyword in ELEMENTS.items()}
    except Exception as error:  # whatever pydicom throws, it did not read the file
        print(f"  pydicom does not read {path.name}: {type(error).__name__}: {error}")
        return None
    if fields["sopClassUID"] is None and not dataset.file_meta:
        return None
    fields["transferSyntaxUID"] = transfer_syntax(dataset)
    return fields


def differences(path: Path, record: dict, fields: dict[str, str | None] | None) -> list[tuple[str, str]]:
    """(field, sentence) for each field of one file that is not as it must be."""
    content = path.read_bytes()
    found = []
    for name, value in (("byteCount", len(content)), ("sha256", hashlib.sha256(content).hexdigest())):
        if record[name] != value:
            found.append((name, f"ours {record[name]!r}, the file's {value!r}"))
    if (record["status"] == "damaged") != (record["error"] is not None):
        found.append(("error", f"status {record['status']!r} with error {record['error']!r}"))
    if fields is None:
        if record["status"] == "dicom":
            found.append(("status", "ours reads an object where pydicom reads none"))
        return found
    if record["status"] != "dicom":
        found.append(("status", f"{record['status']}: {record['error']}"))
    for name, value in fields.items():
        if record[name] != value:
            found.append((name, f"ours {record[name]!r}, pydicom's {value!r}"))
    return found


def inspect(worker: Path, folders: list[Path]) -> dict[Path, dict]:
    """The worker's line for each file. Exit status 1 says that files are damaged; other than 0 and 1 is a crash."""
    command = [str(worker), "inspect", "--json", *map(str, folders)]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    if process.returncode not in (0, 1) or process.stderr:
        sys.exit(f"worker inspect: exit status {process.returncode}: {process.stderr}")
    records: dict[Path, dict] = {}
    for line in process.stdout.splitlines():
        record = json.loads(line)
        path = Path(record["path"])
        if path in records:
            sys.exit(f"{path}: more than one line")
        records[path] = record
    return records


def main() -> int:
    """Compare, print, and say by the exit status whether all agrees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worker", type=Path, required=True, help="the worker program")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")

    data = Path(pydicom.__file__).parent / "data"
    folders = [data / "test_files", data / "charset_files"]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    records = inspect(arguments.worker, folders)

    faults, used, read, compared = 0, set(), 0, 0
    for path in sorted(set(records) - set(files)):
        print(f"  a line for {path}, which is no file")
        faults += 1
    for path in files:
        if path not in records:
            print(f"  no line for {path}")
            faults += 1
            continue
        fields = expected(path)
        read += fields is not None
        compared += len(fields or {})
        for name, sentence in differences(path, records[path], fields):
            reason = ALLOWED.get((path.name, name))
            used.add((path.name, name))
            faults += reason is None
            label = "allowed" if reason else "DIFFERENT"
            print(f"  {label}: {path.relative_to(data)}: {name}: {sentence}" + (f" ({reason})" if reason else ""))
    for entry in sorted(set(ALLOWED) - used):
        print(f"  no longer needed in the table of allowed differences: {entry}")
        faults += 1

    statuses = [record["status"] for record in records.values()]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in ("dicom", "not-dicom", "damaged"))
    print(f"accept-inspect: {len(files)} files, {len(records)} lines: {counts}; pydicom {pydicom.__version__} reads {read}")
    print(f"accept-inspect: {compared} fields compared, {len(used)} allowed differences, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

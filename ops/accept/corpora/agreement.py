"""accept-corpora: `worker inspect --json` agrees with pydicom, field by field, or docs/conformance.md says why not."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from . import by_dcmtk, by_pydicom
from .declared import ABSENT, Difference, cell, differences
from .faults import made
from .fields import DAMAGED, DICOM, ELEMENTS, NOT_DICOM
from .files import READ_AT_LEAST, files, too_few

Record = dict[str, str | int | None]
# In the tables: all of a header.
EACH_FIELD = "each field"


def json_lines(text: str) -> list[dict]:
    """Each line's object. Other ends of lines that Python knows, such as U+2028, may stand in a value."""
    return [json.loads(line) for line in text.split("\n") if line]


def inspect(worker: Path, folders: list[Path]) -> dict[Path, Record]:
    """The worker's line for each file. Exit status 1 says that files are damaged; other than 0 and 1 is a crash."""
    command = [str(worker), "inspect", "--json", *map(str, folders)]
    process = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if process.returncode not in (0, 1) or process.stderr:
        raise SystemExit(f"worker inspect: exit status {process.returncode}: {process.stderr}")
    records: dict[Path, Record] = {}
    for record in json_lines(process.stdout):
        path = Path(record["path"])
        if path in records:
            raise SystemExit(f"{path}: more than one line")
        records[path] = record
    return records


def faults(path: Path, record: Record) -> list[str]:
    """What is wrong with a line whatever others read."""
    content = path.read_bytes()
    found = []
    for name, value in (("byteCount", len(content)), ("sha256", hashlib.sha256(content).hexdigest())):
        if record[name] != value:
            found.append(f"{name}: ours {record[name]!r}, the file's {value!r}")
    if (record["status"] == DAMAGED) != (record["error"] is not None):
        found.append(f"status {record['status']!r} with error {record['error']!r}")
    return found


def made_otherwise(name: str, record: Record) -> list[str]:
    """Where what is read of an object that we made is not what it was made of."""
    true = made(name)
    return [f"{field}: ours {record[field]!r}, made as {true.get(field)!r}" for field in ELEMENTS if true and record.get(field) != true.get(field)]


def compare(name: str, path: Path, record: Record) -> tuple[int, list[Difference]]:
    """How many fields were compared, and those that differ. What pydicom does not read need not be read."""
    theirs = by_pydicom.read(path)
    if theirs["status"] == NOT_DICOM:
        compared = ["status"] if record["status"] == DICOM else []
    else:
        compared = ["status", "transferSyntaxUID", *ELEMENTS]
    differing = [field for field in compared if record[field] != theirs.get(field)]
    if not differing:
        return len(compared), []
    dcmtk = by_dcmtk.read(path)
    found = []
    if not any(theirs.get(field) for field in ELEMENTS):
        # pydicom lost the whole header: one row says so.
        agree = all(record[field] == dcmtk.get(field) for field in ELEMENTS)
        found = [Difference(name, EACH_FIELD, "read", ABSENT, "as ours" if agree else "otherwise")]
        differing = [field for field in differing if field not in ELEMENTS]
    return len(compared), found + [
        Difference(name, field, cell(record[field]), cell(theirs.get(field)), cell(dcmtk.get(field))) for field in differing
    ]


def run(worker: Path, folders: dict[str, Path]) -> int:
    """Compares, prints, and says by the exit status whether all agrees."""
    known = files(folders)
    records = inspect(worker, list(folders.values()))
    declared = {difference: reason for difference, reason in differences().items() if difference.file in known}
    wrong = [f"a line for {path}, which is no file" for path in sorted(set(records) - set(known.values()))]
    used, compared = set(), 0
    for name, path in known.items():
        if path not in records:
            wrong.append(f"{name}: no line")
            continue
        wrong += [f"{name}: {sentence}" for sentence in faults(path, records[path]) + made_otherwise(name, records[path])]
        count, found = compare(name, path, records[path])
        compared += count
        for difference in found:
            used.add(difference)
            if difference.field == EACH_FIELD and difference.dcmtk == "otherwise" and not made(name):
                wrong.append(f"{name}: neither pydicom nor DCMTK reads the header as we do, and nothing says what it was made of")
            if difference in declared:
                print(f"  explained: {difference} ({declared[difference]})")
            else:
                wrong.append(f"not explained in docs/conformance.md: {difference}")
    wrong += [f"no longer so, but explained in docs/conformance.md: {difference}" for difference in declared if difference not in used]
    wrong += too_few([name for name, path in known.items() if records.get(path, {}).get("status") == DICOM], folders, "read")
    least = len(ELEMENTS) * sum(READ_AT_LEAST[corpus] for corpus in folders)
    if compared < least:
        wrong.append(f"{compared} fields were compared, and {least} must be at the least")
    for sentence in wrong:
        print(f"  WRONG: {sentence}")
    statuses = [record["status"] for record in records.values()]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in (DICOM, NOT_DICOM, DAMAGED))
    print(f"accept-corpora: {len(folders)} corpora, {len(known)} files: {counts}")
    print(f"accept-corpora: {compared} fields compared, {len(used)} differences, {len(wrong)} wrong")
    return 1 if wrong else 0

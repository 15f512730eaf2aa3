"""accept-roundtrip: what `worker rewrite` writes, without changes and with another Accession Number."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from . import by_dcmtk, by_pydicom
from .agreement import inspect, json_lines
from .declared import differences, table
from .elements import Pieces, dataset, pieces
from .fields import DICOM
from .files import files, too_few

ACCESSION_NUMBER, ORIGINAL_ATTRIBUTES = 0x00080050, 0x04000561
# Lengths that follow from what was changed: PS3.5 §7.2, and ACR-NEMA's Length to End.
LENGTH_TO_END = 0x00080001
LENGTHS = {0x00080000, LENGTH_TO_END, 0x04000000}
DECLARED = {ACCESSION_NUMBER, ORIGINAL_ATTRIBUTES} | LENGTHS
# So many edited objects of each corpus are shown by dcmdump at the least: one that shows nothing finds nothing.
SHOWN_AT_LEAST = {"pydicom": 150, "pydicom-charsets": 17, "pynetdicom": 6, "faults": 22, "pydicom-data": 65, "nibabel": 7}
NUMBER, AT = "SKEIN-5", "20260102030405.000000+0900"


def rewrite(worker: Path, folders: dict[str, Path], out: Path, *options: str) -> dict[str, dict]:
    """The worker's line for each file, by its name in the tables; what is written lies under the same name in `out`."""
    lines = {}
    for corpus, folder in folders.items():
        command = [str(worker), "rewrite", "--json", "--into", str(out / corpus), *options, str(folder)]
        process = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if process.returncode not in (0, 1) or process.stderr:
            raise SystemExit(f"worker rewrite: exit status {process.returncode}: {process.stderr}")
        for record in json_lines(process.stdout):
            lines[f"{corpus}/{Path(record['path']).relative_to(folder)}"] = record
    return lines


def outside(found: Pieces, tags: set[int]) -> list[tuple[int, bytes]]:
    """The elements but for these."""
    return [(piece.tag, piece.content) for piece in found.elements if piece.tag not in tags]


def sizes(found: Pieces) -> dict[int, tuple[int, int]]:
    """What each length says, and what it would have to say."""
    result = {}
    for tag in LENGTHS:
        for place, piece in enumerate(found.elements):
            if piece.tag != tag:
                continue
            behind = found.elements[place + 1 :]
            counted = behind if tag == LENGTH_TO_END else [other for other in behind if other.group == piece.group]
            true = sum(len(other.content) for other in counted)
            said = piece.content[-4:]
            result[tag] = (min((int.from_bytes(said, "little"), int.from_bytes(said, "big")), key=lambda number: abs(number - true)), true)
    return result


def byte_faults(before: Pieces, after: Pieces) -> list[str]:
    """What changed in the bytes that nobody declared."""
    found = []
    if before.begin != after.begin:
        found.append("preamble or meta header changed")
    if before.rest != after.rest:
        found.append("bytes behind the last element changed")
    kept, left = outside(before, DECLARED), outside(after, DECLARED)
    if kept != left:
        changed = [f"({tag >> 16:04X},{tag & 0xFFFF:04X})" for tag, _ in sorted(set(kept) ^ set(left))]
        found.append(f"changed though not declared: {', '.join(changed) or 'the order'}")
    for tag, (said, true) in sizes(after).items():
        was_said, was_true = sizes(before)[tag]
        # Length to End may have counted from elsewhere; a group's length has one meaning.
        if said != (was_said + true - was_true if tag == LENGTH_TO_END else true):
            found.append(f"length {tag:08X} says {said} of {true}; it was {was_said} of {was_true}")
    return found


def record_faults(old: Dataset, new: Dataset) -> list[str]:
    """What Original Attributes Sequence does not say as it must (PS3.3 §C.12.1.1.9)."""
    if "OriginalAttributesSequence" not in new:
        return ["Original Attributes Sequence is not there"]
    item = new.OriginalAttributesSequence[-1]
    was = item.ModifiedAttributesSequence[0].AccessionNumber
    nonconforming = item.get("NonconformingModifiedAttributesSequence")
    checks = {
        "the new number": new.get("AccessionNumber") == NUMBER,
        "one more item": len(new.OriginalAttributesSequence) == len(old.get("OriginalAttributesSequence", [])) + 1,
        "the former number": was == old.get("AccessionNumber", "") or nonconforming is not None,
        "who, when and why": (item.ModifyingSystem, item.AttributeModificationDateTime, item.ReasonForTheAttributeModification)
        == ("SKEIN", AT, "COERCE"),
    }
    return [f"not as it must be: {name}" for name, holds in checks.items() if not holds]


def is_directory(path: Path) -> bool:
    """A DICOMDIR: no object of a study, and what stands behind its records has no meaning."""
    return "DirectoryRecordSequence" in pydicom.dcmread(path, force=True, specific_tags=["DirectoryRecordSequence"])


def dump(path: Path) -> list[str] | None:
    """The elements that dcmdump shows, a line or block each; None where it finds a fault."""
    process = by_dcmtk.dump(path)
    if process.returncode != 0 or re.search(r"^E: ", process.stderr, re.M):
        return None
    lines = [line for line in process.stdout.split("\n") if re.match(r" *\(", line)]
    return re.split(r"\n(?=\((?!fffe))", "\n".join(lines))


def dump_faults(before: Path, after: Path) -> tuple[list[str], list[str] | None]:
    """What dcmdump shows as changed though not declared; and the lines that changed, None if it does not read the file."""
    old, new = dump(before), dump(after)
    if old is None:
        return [], None
    if new is None:
        return ["dcmdump reads it before, and not after"], None
    changed = [f"- {block}" for block in old if block not in new] + [f"+ {block}" for block in new if block not in old]
    names = {f"({tag >> 16:04x},{tag & 0xFFFF:04x})" for tag in DECLARED}
    return [f"dcmdump: {line}" for line in changed if line[2:13] not in names], changed


def value_faults(before: Path, after: Path) -> list[str]:
    """What differs in an object that may be written otherwise, as pydicom reads both: no element, only how it is written."""
    old, new = (pydicom.dcmread(path) for path in (before, after))
    tags = sorted(set(old.keys()) | set(new.keys()))
    return [f"{tag} is not what it was" for tag in tags if tag not in old or tag not in new or old[tag].value != new[tag].value]


class Tally:
    """What is counted and what is wrong."""

    def __init__(self) -> None:
        self.same = self.edited = 0
        self.shown: list[str] = []
        self.wrong: list[str] = []

    def identical(self, name: str, before: Path, after: Path, reason: str | None) -> None:
        """Read and written: the same bytes, or a reason in docs/conformance.md."""
        same = before.read_bytes() == after.read_bytes()
        self.same += same
        if not same and reason is None:
            self.wrong.append(f"{name}: written otherwise, and docs/conformance.md does not say why")
        if same and reason is not None:
            self.wrong.append(f"{name}: written the same, though docs/conformance.md says otherwise")
        if not same and reason is not None:
            self.wrong += [f"{name}: {sentence}" for sentence in value_faults(before, after)]
            print(f"  explained: {name}: {reason}")

    def changed(self, name: str, before: Path, after: Path, syntax: str, show: bool) -> None:
        """Read, edited and written: exactly what was declared is another."""
        found = byte_faults(pieces(before, syntax), pieces(after, syntax))
        found += record_faults(dataset(before, syntax), dataset(after, syntax))
        faults, lines = dump_faults(before, after)
        self.wrong += [f"{name}: {sentence}" for sentence in found + faults]
        self.edited += 1
        if lines is not None:
            self.shown.append(name)
        if show:
            print(f"  dcmdump of {name}, before and after:", *(lines or []), sep="\n    ")

    def is_written(self, name: str, line: dict | None, file: Path) -> bool:
        """Whether an object that can be read was written, which it must be."""
        if line is None or line["status"] != "written" or not file.is_file():
            said = "no line" if line is None else f"{line['status']}, {line['error'] or 'and no file is there'}"
            self.wrong.append(f"{name}: not written though it can be read: {said}")
            return False
        return True


def readable(known: dict[str, Path], records: dict[Path, dict]) -> dict[str, Path]:
    """What must be written: what the worker says is an object, and what pydicom reads unless docs/conformance.md says why we do not."""
    damaged = {difference.file for difference in differences() if difference.field == "status"}
    return {
        name: path for name, path in known.items()
        if records.get(path, {}).get("status") == DICOM or (name not in damaged and by_pydicom.read(path)["status"] == DICOM)
    }


def run(worker: Path, folders: dict[str, Path], out: Path) -> int:
    """Both passes over all files; the exit status says whether all is as it must be."""
    shutil.rmtree(out, ignore_errors=True)
    known = files(folders)
    declared = {row[0].strip("`"): row[1] for row in table("Objects that are written otherwise")}
    records = inspect(worker, list(folders.values()))
    same = rewrite(worker, folders, out / "same")
    edited = rewrite(worker, folders, out / "edited", "--set", f"AccessionNumber={NUMBER}", "--at", AT)
    tally = Tally()
    read = readable(known, records)
    for name, path in read.items():
        if not tally.is_written(name, same.get(name), out / "same" / name):
            continue
        tally.identical(name, path, out / "same" / name, declared.get(name))
        if not tally.is_written(f"{name}, edited", edited.get(name), out / "edited" / name):
            continue
        if name not in declared and not is_directory(path):
            tally.changed(name, path, out / "edited" / name, str(records[path]["transferSyntaxUID"]), show=tally.edited == 0)
    tally.wrong += too_few(read, folders, "read") + too_few(tally.shown, folders, "shown by dcmdump", SHOWN_AT_LEAST)
    tally.wrong += [f"{name}: written, and neither the worker nor pydicom reads it" for name in written(same) - read.keys()]
    for sentence in tally.wrong:
        print(f"  WRONG: {sentence}")
    print(f"accept-roundtrip: {len(known)} files, {len(read)} are read; {tally.same} written byte for byte the same")
    print(f"accept-roundtrip: {tally.edited} edited, {len(tally.shown)} of them shown by dcmdump before and after; {len(tally.wrong)} wrong")
    return 1 if tally.wrong else 0


def written(lines: dict[str, dict]) -> set[str]:
    """The names of what was written."""
    return {name for name, line in lines.items() if line["status"] == "written"}

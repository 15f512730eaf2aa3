"""What the coordinator says of the migration, against the truth: states, reasons, unreadable files."""

from __future__ import annotations

from .faults import Fault
from .records import Expectation, Records

# By the reason in damage.csv: the codes under which a file may be listed as unreadable.
CODES = {
    "no SOP Instance UID": {"no-uid", "invalid"},
    "cut when it was written": {"cut"},
    "cut by the end of the image": {"cut", "unreadable"},
    "beyond the end of the image": {"unreadable", "cut"},
}


def check_studies(listed: list[dict], records: Records) -> list[Fault]:
    """`coordinator studies --json` against truth.csv."""
    faults: list[Fault] = []
    by_uid: dict[str, dict] = {}
    for study in listed:
        if study["studyInstanceUID"] in by_uid:
            faults.append(Fault("listed twice", f"study {study['studyInstanceUID']}", "the coordinator lists it more than once"))
        by_uid[study["studyInstanceUID"]] = study
    for uid, expectation in records.studies.items():
        faults += _check_study(by_uid.get(uid), expectation)
    for uid in sorted(by_uid.keys() - records.studies.keys()):
        faults.append(Fault("unknown study", f"study {uid}", "no disc has it"))
    return faults


def _check_study(listed: dict | None, expected: Expectation) -> list[Fault]:
    subject = f"study {expected.study_instance_uid}"
    if expected.state == "absent":
        return [Fault("state", subject, "is listed, but nothing of it can be read")] if listed else []
    if listed is None:
        return [Fault("state", subject, f"the coordinator does not list it; it should be {expected.state}")]
    faults: list[Fault] = []
    if listed["state"] != expected.state:
        why = f" ({listed.get('reason') or listed.get('category')})" if listed.get("reason") or listed.get("category") else ""
        faults.append(Fault("state", subject, f"is {listed['state']}{why}, should be {expected.state} {expected.reason}".rstrip()))
    if listed.get("outcome") != expected.outcome:
        faults.append(Fault("outcome", subject, f"is {listed.get('outcome')}, should be {expected.outcome}"))
    if expected.state == "held" and listed.get("reason") != expected.reason:
        faults.append(Fault("reason", subject, f"held because of {listed.get('reason')}, should be {expected.reason}"))
    if expected.instances and listed.get("verifiedCount") != expected.instances:
        faults.append(Fault("count", subject, f"{listed.get('verifiedCount')} instances verified, should be {expected.instances}"))
    return faults


def check_unreadable(listed: list[dict], records: Records) -> list[Fault]:
    """The list of unreadable files against damage.csv, file by file."""
    found = {(row["medium"], row["path"].lstrip("/")): row for row in listed}
    faults: list[Fault] = []
    for (label, path), reason in records.damage.items():
        row = found.pop((label, path), None)
        subject = f"file {label}: {path}"
        if row is None:
            faults.append(Fault("unreadable file", subject, f"is not listed ({reason})"))
        elif row.get("code") not in CODES[reason]:
            faults.append(Fault("unreadable file", subject, f"listed as {row.get('code')}, but it is: {reason}"))
    for label, path in sorted(found):
        faults.append(Fault("unreadable file", f"file {label}: {path}", "is listed, but it can be read"))
    return faults

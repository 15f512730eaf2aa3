"""What became of each study, as a coordinator's ledger has it at the end."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from lab.progress import VERIFIED

# Accession numbers of the reserved range are given out in the order in which studies need one: which one it is says nothing.
RESERVED = "UX"

QUERY = """
SELECT s.uid, s.state, s.outcome, s.hold_reason, s.is_corroborated, s.plan, s.reserved_accession, s.two_patients, s.instance_conflict, s.two_contents,
  s.flags, s.instance_count, s.unreadable_count, s.done_count, o.accession, o.patient_id, s.header
FROM study s LEFT JOIN hospital_order o ON o.id = s.order_id ORDER BY s.uid
"""
NAMES = ["state", "outcome", "hold reason", "corroborated", "plan", "reserved", "two patients", "instance conflict", "two contents", "flags", "instances",
         "unreadable", "done", "order", "order's patient", "header"]

Study = dict[str, object]


def of_ledger(ledger: Path) -> dict[str, Study]:
    """By Study Instance UID what became of it: outcome, order, reason to hold, state, the values to be written, conflicts and counts."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        rows = connection.execute(QUERY).fetchall()
    numbers = [row[6] for row in rows if row[6]]
    if len(set(numbers)) != len(numbers):
        raise ValueError("two studies have one accession number of the reserved range")
    return {row[0]: _study(dict(zip(NAMES, row[1:], strict=True))) for row in rows}


def _study(study: Study) -> Study:
    for name in ("plan", "header"):
        study[name] = json.loads(str(study[name])) if study[name] else None
    # A study that was an unspecified exam before its order came keeps its number, and does not use it.
    reserved = study.pop("reserved")
    if plan := study["plan"]:
        plan["accessionNumber"] = _without(plan["accessionNumber"], reserved)
        for coercion in plan["coercions"]:
            coercion["value"] = _without(coercion["value"], reserved)
    return study


def _without(value: object, reserved: object) -> object:
    return RESERVED if reserved and value == reserved else value


def differences(first: dict[str, Study], other: dict[str, Study], may_be_flagged: bool = False) -> list[str]:
    """What differs, study by study; the lab's patients do not exist, so their values may be told.

    `may_be_flagged`: something was told after studies had been sent. One that would be held by it keeps its state, and must be flagged for that reason.
    """
    faults = [f"{uid} is known in one run only" for uid in sorted(first.keys() ^ other.keys())]
    for uid in sorted(first.keys() & other.keys()):
        if may_be_flagged and _is_flagged_instead(first[uid], other[uid]):
            continue
        faults += [f"{uid}: {name} is {other[uid][name]}, was {first[uid][name]}" for name in first[uid] if first[uid][name] != other[uid][name]]
    return faults


def _is_flagged_instead(first: Study, other: Study) -> bool:
    return first["state"] == "held" and str(other["state"]) in VERIFIED and first["hold reason"] in str(other["flags"]).split()

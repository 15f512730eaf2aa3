"""One noisy hospital through the real coordinator: imported, learned from, listed."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from lab.noise.bare_rule import Judgement, bare_rule, judge
from lab.noise.making import write_noisy
from lab.noise.telling import MISLEADING
from lab.skein import run
from lab.yaml_edit import with_value

DESTINATION = "dicom://ARCHIVE@127.0.0.1:104?calling=SKEIN"
# What the lab's hospital does to its numbers (lab/noise/patient_noise.py): what its own people would write into the configuration.
SPELLING = "{ length: 8, prefixes: [R, S, A-], check-digit: { weights: [1, 2, 3, 4, 5, 6, 7, 8], modulus: 10 } }"
SECONDS = 1800
# Margins and thresholds, in natural logarithms, of the curves.
MARGINS = [step / 4 for step in range(25)]
THRESHOLDS = [step / 2 - 6 for step in range(25)]
Rows = dict[str, dict[str, str]]


@dataclass
class Result:
    """What became of a hospital."""

    seed: int
    bare: Judgement
    evidence: Judgement
    # By margin, with the policy's threshold; by threshold, with the policy's margin.
    margins: dict[float, Judgement] = field(default_factory=dict)
    thresholds: dict[float, Judgement] = field(default_factory=dict)
    # Study Instance UIDs that were matched wrongly.
    wrong: list[str] = field(default_factory=list)
    # Of these: matched with the own order, though nobody can tell.
    guessed: list[str] = field(default_factory=list)
    # Studies whose tables speak for another order than their own.
    misleading: int = 0
    # Studies without an order that evidence holds, and the rule alone would not.
    needless: int = 0
    # Studies without an order that are held because nothing confirms whose they are; of them those that are the number's own.
    unconfirmed: int = 0
    confirmable: int = 0
    # Studies that would be filed as unspecified exams under the number of another patient.
    misfiled: int = 0

    @property
    def studies(self) -> int:
        """All studies."""
        return self.evidence.total


def judged(program: Path, out: Path, seed: int, studies: int | None) -> Result:
    """Makes the hospital, lets the coordinator match it, and holds that against the truth."""
    tables = out / "tables"
    write_noisy(tables, seed, studies)
    listed = _listed(program, out / "migration", tables)
    matches = {uid: row["accession_number"] for uid, row in listed.items() if row["outcome"] == "matched"}
    result = Result(seed, judge(tables, bare_rule(tables)), judge(tables, matches))
    for margin in MARGINS:
        result.margins[margin] = judge(tables, {uid: row["accession_number"] for uid, row in listed.items() if _is_sure(row, "margin", margin)})
    for threshold in THRESHOLDS:
        result.thresholds[threshold] = judge(tables, {uid: row["accession_number"] for uid, row in listed.items() if _is_sure(row, "score", threshold)})
    _count(result, tables, listed, matches)
    return result


def _count(result: Result, tables: Path, listed: Rows, matches: dict[str, str]) -> None:
    shown = {row["study_instance_uid"]: row["patient_id"].strip() for row in _rows(tables / "studies.csv")}
    known = {row["patient_id"] for row in _rows(tables / "orders.csv")}
    for row in _rows(tables / "truth.csv"):
        uid, said = row["study_instance_uid"], listed.get(row["study_instance_uid"], {})
        found = matches.get(uid)
        result.misleading += row["telling"] == MISLEADING
        if found and row["telling"] != MISLEADING and (found != row["accession_number"] or row["telling"] == "no"):
            result.wrong.append(uid)
            if found == row["accession_number"]:
                result.guessed.append(uid)
        result.needless += not row["accession_number"] and said.get("reason") in ("doubtful-match", "namesake")
        is_own = shown[uid] == row["patient_id"]
        result.unconfirmed += said.get("reason") == "patient-unconfirmed"
        result.confirmable += said.get("reason") == "patient-unconfirmed" and is_own
        is_filed = said.get("outcome") == "exam level failed" and said.get("reason") not in ("contradiction", "patient-unconfirmed", "namesake")
        result.misfiled += is_filed and shown[uid] in known and not is_own


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(program: Path, folder: Path, tables: Path) -> Rows:
    run([str(program), "init", str(folder), "--destination", DESTINATION])
    configuration = folder / "coordinator.yaml"
    _configure(configuration, "off")
    words = ["--config", str(configuration)]
    run([str(program), "orders", "import", str(tables / "orders.csv"), *words], patience=SECONDS)
    run([str(program), "studies", "import", str(tables / "studies.csv"), *words], patience=SECONDS)
    run([str(program), "match", "learn", *words], patience=SECONDS)
    _configure(configuration, "on")
    text = run([str(program), "match", "simulate", "--list", *words], patience=SECONDS)
    return {row["study_instance_uid"]: row for row in csv.DictReader(text.splitlines())}


def _configure(configuration: Path, evidence: str) -> None:
    text = with_value(configuration.read_text(encoding="utf-8"), "matching", f"{{ evidence: {evidence}, patient-ids: {SPELLING} }}")
    configuration.write_text(text, encoding="utf-8")


def _is_sure(row: dict[str, str], by: str, least: float) -> bool:
    """Whether the study would be matched if the policy's margin, or threshold (`score`), were this: nothing else bars it."""
    return row["bar"] in ("", by) and bool(row[by]) and float(row[by].replace("minus ", "-")) >= least and _fits(row, by)


def _fits(row: dict[str, str], by: str) -> bool:
    """What the other one of the two asks, where it was not looked at because the first one barred."""
    return by == "margin" or row["bar"] == "" or float(row["margin"].replace("minus ", "-")) >= STANDARD_MARGIN


# As the coordinator has it where nothing is configured (docs/matching.md).
STANDARD_MARGIN = 2.5

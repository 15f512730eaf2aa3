"""One noisy hospital through the real coordinator: imported, learned from, listed."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from lab.noise.bare_rule import Judgement, bare_rule, judge
from lab.noise.making import write_noisy
from lab.skein import run
from lab.yaml_edit import with_value

DESTINATION = "dicom://ARCHIVE@127.0.0.1:104?calling=SKEIN"
# What the lab's hospital does to its numbers (lab/noise/patient_noise.py): what its own people would write into the configuration.
SPELLING = "{ length: 8, prefixes: [R, S, A-], check-digit: { weights: [1, 2, 3, 4, 5, 6, 7, 8], modulus: 10 } }"
SECONDS = 1800
# Margins, in natural logarithms, of the curve.
MARGINS = [step / 4 for step in range(25)]


@dataclass
class Result:
    """What became of a hospital."""

    seed: int
    bare: Judgement
    evidence: Judgement
    studies: int = 0
    curve: dict[float, Judgement] = field(default_factory=dict)
    # Study Instance UIDs that were matched wrongly.
    wrong: list[str] = field(default_factory=list)


def judged(program: Path, out: Path, seed: int, studies: int | None) -> Result:
    """Makes the hospital, lets the coordinator match it, and holds that against the truth."""
    tables = out / "tables"
    write_noisy(tables, seed, studies)
    listed = _listed(program, out / "migration", tables)
    matches = {uid: row["accession_number"] for uid, row in listed.items() if row["outcome"] == "matched"}
    result = Result(seed, judge(tables, bare_rule(tables)), judge(tables, matches))
    result.studies = result.evidence.total
    for margin in MARGINS:
        result.curve[margin] = judge(tables, {uid: row["accession_number"] for uid, row in listed.items() if _is_sure(row, margin)})
    with open(tables / "truth.csv", encoding="utf-8", newline="") as file:
        result.wrong = [row["study_instance_uid"] for row in csv.DictReader(file)
                        if (found := matches.get(row["study_instance_uid"])) and (found != row["accession_number"] or row["telling"] == "no")]
    return result


def _listed(program: Path, folder: Path, tables: Path) -> dict[str, dict[str, str]]:
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


def _is_sure(row: dict[str, str], margin: float) -> bool:
    """Whether the study would be matched if the policy's margin were this: nothing else bars it."""
    return row["bar"] in ("", "margin") and bool(row["margin"]) and float(row["margin"].replace("minus ", "-")) >= margin

"""The same file into SQLite by the sqlite3 shell's `.import`, with the ledger's indices."""

from __future__ import annotations

from pathlib import Path

from pipeline.figures import Usage, run_measured

# The columns of the lab's file and, as the ledger has them, an index by accession number and one of what matching compares. SQLite puts the row's number into each.
SCRIPT = """
CREATE TABLE hospital_order({columns});
CREATE INDEX order_accession ON hospital_order(accession_number);
CREATE INDEX order_matching ON hospital_order(patient_id, exam_date, status, modality, issuer, patient_name, birth_date, sex);
.import --csv --skip 1 '{file}' hospital_order
"""


def import_by_shell(file: Path, columns: list[str], folder: Path) -> tuple[float, Usage, int]:
    """Seconds, usage, and the rows that are there at the end."""
    database, script = folder / "peer.sqlite", folder / "peer.sql"
    database.unlink(missing_ok=True)
    script.write_text(SCRIPT.format(columns=", ".join(f"{column} TEXT" for column in columns), file=file), encoding="utf-8")
    seconds, usage = run_measured(["sqlite3", "-bail", str(database), f".read '{script}'"])
    counted = folder / "peer.txt"
    run_measured(["sqlite3", str(database), "SELECT count(*) FROM hospital_order"], output=counted)
    return seconds, usage, int(counted.read_text())

"""The ledger as the first release made it, without anything in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FIRST_VERSION = Path(__file__).resolve().parents[1] / "LedgerSQLiteTests" / "Released" / "version-1.sql"
LEDGER = "ledger.sqlite"


def begin_with_first_version(folder: Path) -> None:
    """Puts an empty ledger of the first released version into a coordinator's folder, in the place of the one that is there."""
    for path in folder.glob(f"{LEDGER}*"):
        path.unlink()
    with closing(sqlite3.connect(":memory:")) as released, closing(sqlite3.connect(folder / LEDGER)) as ledger:
        released.executescript(FIRST_VERSION.read_text(encoding="utf-8"))
        # Tables before what stands upon them.
        for statement, in released.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type <> 'table', rowid"):
            ledger.execute(statement)
        for pragma in ("application_id", "user_version"):
            ledger.execute(f"PRAGMA {pragma} = {released.execute(f'PRAGMA {pragma}').fetchone()[0]}")
        ledger.commit()

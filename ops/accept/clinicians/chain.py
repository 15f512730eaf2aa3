"""What the coordinator's ledger says of the order of work, read beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Waiting:
    """A part that may be leased."""

    worker: int
    study: str
    patient: str
    accession: str


@dataclass(frozen=True)
class Granted:
    """A part that was leased: the event's number, to whom, of which study."""

    sequence: int
    worker: int
    study: str


class Chain:
    """The ledger in a coordinator's folder, opened read-only for each question."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.sqlite"

    def waiting(self) -> list[Waiting]:
        """The parts that may be leased, worker by worker, each in the order of work."""
        rows = self._ask("SELECT part.worker, uid, patient_id, coalesce(plan_accession, '') FROM part JOIN study ON study.id = part.study WHERE is_open = 1 "
                         "ORDER BY part.worker, work_class, work_order, part.id")
        return [Waiting(*row) for row in rows]

    def grants(self, after: int) -> list[Granted]:
        """The leases after that event, in their order."""
        rows = self._ask("SELECT seq, event.worker, uid FROM event JOIN study ON study.id = event.study "
                         "WHERE code = 'part-granted' AND seq > ? ORDER BY seq", after)
        return [Granted(*row) for row in rows]

    def last(self, code: str) -> int:
        """The number of the newest event of that kind; 0: there is none."""
        return self._ask("SELECT coalesce(max(seq), 0) FROM event WHERE code = ?", code)[0][0]

    def read(self, label: str) -> int:
        """The number of the event that says that the medium was read, whole or in part; 0: it was not."""
        return self._ask("SELECT coalesce(max(seq), 0) FROM event JOIN medium ON medium.id = event.medium "
                         "WHERE code IN ('medium-read', 'medium-partly-read') AND label = ?", label)[0][0]

    def _ask(self, query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()


def strangers(grants: list[Granted], worker: int, own: set[str], wanted: set[str]) -> list[str] | None:
    """The studies that worker was leased before all of `own`, and that nobody wanted; None while it was not leased all of `own`."""
    leased = [grant.study for grant in grants if grant.worker == worker]
    if not own.issubset(leased):
        return None
    last = max(leased.index(study) for study in own)
    return [study for study in leased[:last] if study not in wanted]

"""A look into the coordinator's ledger, without touching it: which grants there are, and what happened how often."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Grant:
    """A row of the ledger's grants."""

    number: int
    is_part: bool
    state: str
    granted_at: datetime


class LedgerView:
    """The ledger of a coordinator's folder, opened read-only for each question."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.sqlite"

    def grants(self) -> dict[int, Grant]:
        """All grants ever, by number."""
        rows = self._ask("SELECT number, part IS NOT NULL, state, granted_at FROM lease_grant ORDER BY number")
        return {row[0]: _grant(*row) for row in rows}

    def live(self) -> set[int]:
        """The numbers of the live grants."""
        return {grant.number for grant in self.grants().values() if grant.state == "live"}

    def events(self) -> Counter[str]:
        """How often each kind of event was recorded."""
        return Counter(dict(self._ask("SELECT code, count(*) FROM event GROUP BY code ORDER BY code")))

    def leases(self, study_instance_uid: str) -> list[Grant]:
        """The grants of that study's parts, by number."""
        rows = self._ask("SELECT number, 1, lease_grant.state, granted_at FROM lease_grant JOIN part ON part.id = lease_grant.part "
                         "JOIN study ON study.id = part.study WHERE uid = ? ORDER BY number", study_instance_uid)
        return [_grant(*row) for row in rows]

    def studies(self) -> dict[int, str]:
        """By the number of its grant: the study that was leased."""
        return dict(self._ask("SELECT number, uid FROM lease_grant JOIN part ON part.id = lease_grant.part JOIN study ON study.id = part.study"))

    def of_worker(self, name: str) -> set[int]:
        """The numbers of all grants that a worker of that name ever had."""
        rows = self._ask("SELECT number FROM lease_grant JOIN worker ON worker.id = lease_grant.worker WHERE name = ?", name)
        return {number for number, in rows}

    def events_of(self, grant: int) -> Counter[str]:
        """How often each kind of event was recorded of that grant."""
        return Counter(dict(self._ask("SELECT code, count(*) FROM event WHERE grant_number = ? GROUP BY code ORDER BY code", grant)))

    def evicted(self) -> set[str]:
        """The labels of the media with a part that left its worker's spool before it was sent."""
        rows = self._ask("SELECT DISTINCT label FROM medium JOIN part ON part.medium = medium.id WHERE custody = 'evicted' AND is_done = 0")
        return {label for label, in rows}

    def _ask(self, query: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()


def _grant(number: int, is_part: int, state: str, at: int) -> Grant:
    return Grant(number, bool(is_part), state, datetime.fromtimestamp(at / 1000, UTC))

"""Faults of the ledger's file: of a newer version, damaged, of an older version."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

from lab.skein import CommandError

from .ground import USUAL, Ground

OFTEN = "1 min"
# Shares of all that is to be sent, within what the first two discs have.
COPIED, DAMAGED = (0.02, 0.05), (0.08, 0.15)
# After a restoration nothing is leased for a minute and a term.
FENCE_SECONDS = 75
NEWER_VERSION = 99
PAGE = 4096
REFUSED = ("is no sqlite file", "is damaged", "is cut", "is missing or empty")
RESTORED = replace(USUAL, lost_after="3 min", copies="never")
OLDER = replace(USUAL, has_older_ledger=True)


def newer_version(ground: Ground) -> None:
    """The ledger was written by a newer program: it is refused with both versions, and nothing of it is changed."""
    ground.feed()
    ground.await_moment()
    ground.server.stop()
    path = ground.coordinator.folder / "ledger.sqlite"
    known = _version(path, NEWER_VERSION)
    before = _contents(path)
    ground.said = _refused(ground, f"schema version {NEWER_VERSION}")
    ground.claim(_contents(path) == before, "the ledger that was refused was changed")
    ground.claim(_version(path, known) == NEWER_VERSION, "the version of the ledger that was refused was changed")
    ground.serve()
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)


def damaged(ground: Ground) -> None:
    """The ledger's file is damaged while nobody looks: it is refused, the newest automatic copy takes its place, and nothing is lost or doubled.

    What happened after the copy is found out again from workers, discs and the PACS. No exam without an order is sent between the two: its
    accession number would not be known any more, and the PACS's object differs in it, which is for a person.
    """
    ground.feed(*ground.labels[:2])
    ground.await_moment(*COPIED)
    # The first copy is made when the coordinator starts.
    ground.server.stop()
    ground.copy_ledger(OFTEN)
    ground.serve()
    ground.until("a copy of the ledger", lambda sight: list((ground.coordinator.folder / "copies").glob("ledger-*.sqlite")))
    ground.await_moment(*DAMAGED)
    ground.server.stop()
    path = ground.coordinator.folder / "ledger.sqlite"
    ground.random.choice(DAMAGES)(path, ground.random)
    words = _refused(ground, *REFUSED)
    ground.coordinator.ask("restore")
    ground.serve()
    ground.feed()
    ground.patience += FENCE_SECONDS
    ground.said = words
    ground.finish()
    ground.sends_within(1)


def older_version(ground: Ground) -> None:
    """The ledger is of the first released version, as `init` made it then: it is brought to this program's version, and the migration is as any other."""
    ground.feed()
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)


def _refused(ground: Ground, *words: str) -> str:
    """Requires that `serve` ends by itself and says one of these; returns the line in which it does."""
    try:
        ground.serve()
    except CommandError as error:
        for line in str(error).splitlines():
            if any(word in line.lower() for word in words):
                return line.strip()
        ground.claim(False, f"the coordinator does not say what is wrong with its ledger: {error}")
        return ""
    ground.claim(False, "the coordinator serves a ledger that it is to refuse")
    ground.server.stop()
    return ""


def _version(path: Path, version: int) -> int:
    """Writes another version into the ledger's header; returns the one that was there."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {version}")
    return found


def _contents(path: Path) -> str:
    """SHA-256 over all statements that would make the ledger anew: its file may still take in its log when somebody looks at it."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        for statement in connection.iterdump():
            digest.update(statement.encode())
    return digest.hexdigest()


def _beginning(path: Path, random: Random) -> None:
    with open(path, "r+b") as file:
        file.write(random.randbytes(100))


def _middle(path: Path, random: Random) -> None:
    """A third of all pages, but for the first: whatever the migration needs is among them."""
    pages = path.stat().st_size // PAGE
    with open(path, "r+b") as file:
        for page in random.sample(range(1, pages), pages // 3):
            file.seek(page * PAGE)
            file.write(random.randbytes(PAGE))


def _cut(path: Path, random: Random) -> None:
    os.truncate(path, PAGE * random.randrange(1, path.stat().st_size // PAGE))


DAMAGES: list[Callable[[Path, Random], None]] = [_beginning, _middle, _cut]

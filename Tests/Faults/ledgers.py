"""Faults of the ledger's file: of a newer version, of an older version."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from lab.skein import CommandError

from .ground import USUAL, Ground

NEWER_VERSION = 99
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

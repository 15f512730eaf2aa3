"""What the lab's tests share: one small hospital, made once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab.making import make_hospital  # noqa: E402
from lab.records import Records, read_records  # noqa: E402

SEED = 7


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small hospital's folder."""
    made = tmp_path_factory.mktemp("hospital")
    make_hospital(SEED, "small", made)
    return made


@pytest.fixture(scope="session")
def records(folder: Path) -> Records:
    """What that hospital's truth says."""
    return read_records(folder)

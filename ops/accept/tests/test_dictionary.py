"""The data dictionary that is checked in is the one that its script makes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TREE = Path(__file__).parents[3]


def test_dictionary_is_what_its_script_makes() -> None:
    made = subprocess.run([sys.executable, str(TREE / "ops/dictionary/generate.py")], capture_output=True, check=True).stdout
    assert made == (TREE / "Sources/DICOM/DataDictionaryTable.swift").read_bytes(), "run ops/dictionary/generate.py > Sources/DICOM/DataDictionaryTable.swift"

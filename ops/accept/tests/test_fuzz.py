"""`make fuzz` is not content with a program that does nothing."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from fuzz import __main__ as fuzz  # noqa: E402
from fuzz import dictionary, seeds  # noqa: E402

LOG = """INFO: seed corpus: files: {seeds} min: 1b max: 40b total: 400b rss: 35Mb
#{executions}\tINITED cov: {edges} ft: 20 corp: 12/400b exec/s: 0 rss: 40Mb
stat::number_of_executed_units: {executions}
"""


def outcome(status: int = 0, seed_count: int = 10, executions: int = 5000, edges: int = 900) -> fuzz.Outcome:
    text = LOG.format(seeds=seed_count, executions=executions, edges=edges)
    return fuzz.Outcome("pdu", status, Path("log"), text, seeds=10, seconds=60)


def test_a_run_that_did_its_work_is_fine() -> None:
    assert outcome().is_fine and outcome().verdict == "fine"


@pytest.mark.parametrize("faulty", [{"status": 77}, {"seed_count": 0}, {"executions": 0}, {"executions": 59}, {"edges": 0}], ids=str)
def test_a_run_that_did_not_is_not(faulty: dict[str, int]) -> None:
    assert not outcome(**faulty).is_fine and "FAILED" in outcome(**faulty).verdict


def test_a_program_that_does_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "fuzz"
    program.write_text("#!/bin/sh\nexit 0\n")
    os.chmod(program, 0o755)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--program", str(program), "--seconds", "1", "--only", "pdu", "--out", str(tmp_path / "out")])
    assert fuzz.main() == 1


def test_an_allocation_beyond_the_bound_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "fuzz"
    program.write_text(f"#!/bin/sh\n{sys.executable} -c 'bytes({fuzz.ADDRESSES} << 20)' || exit 71\n")
    os.chmod(program, 0o755)
    monkeypatch.setattr(sys, "argv", ["fuzz", "--program", str(program), "--seconds", "1", "--only", "pdu", "--out", str(tmp_path / "out")])
    assert fuzz.main() == 1
    assert "exit status 71" in capsys.readouterr().out


def test_seeds_that_are_not_there_are_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "wheel", lambda: iter(()))
    with pytest.raises(SystemExit):
        seeds.write(tmp_path)


@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_words_are_written_as_libfuzzer_reads_them(target: str, tmp_path: Path) -> None:
    assert dictionary.write(tmp_path / "words", target) > 50
    lines = (tmp_path / "words").read_text().splitlines()
    assert all(re.fullmatch(r'"(\\x[0-9A-F]{2})+"', line) for line in lines)

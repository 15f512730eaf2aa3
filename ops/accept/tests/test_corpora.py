"""The checks of accept-roundtrip can fail: each finds what was planted."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpora.elements import dataset, pieces  # noqa: E402
from corpora.faults import changed, data_set, file, image  # noqa: E402
from corpora import by_dcmtk, roundtrip  # noqa: E402
from corpora.agreement import json_lines  # noqa: E402
from corpora.faults import make  # noqa: E402
from corpora.roundtrip import NUMBER, byte_faults, dump_faults, record_faults  # noqa: E402

EXPLICIT = "1.2.840.10008.1.2.1"
NEW = (0x00080050, "SH", NUMBER.encode() + b" ")

PLANTED: dict[str, Callable[[], bytes]] = {
    "another element": lambda: file(data_set(changed(a=NEW, b=(0x00081030, "LO", b"HEAD")))),
    "padding": lambda: file(data_set(changed(a=NEW, b=(0x00100010, "PN", b"Kim^Chulsoo\0")))),
    "an element that is gone": lambda: file(data_set([element for element in changed(a=NEW) if element[0] != 0x00100040])),
    "order": lambda: file(data_set(list(reversed(changed(a=NEW))))),
    "the meta header": lambda: file(data_set(changed(a=NEW)), b"1.2.840.10008.1.2.4.50"),
    "bytes behind the end": lambda: file(data_set(changed(a=NEW)) + b"\0"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_not_declared_is_found(name: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_bytes(file(data_set(image())))
    after.write_bytes(PLANTED[name]())
    assert byte_faults(pieces(before, EXPLICIT), pieces(after, EXPLICIT))


def test_what_was_declared_is_none(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_bytes(file(data_set(image())))
    after.write_bytes(file(data_set(changed(a=NEW))))
    assert byte_faults(pieces(before, EXPLICIT), pieces(after, EXPLICIT)) == []
    assert dump_faults(before, after)[0] == []
    # Nothing says what it was.
    assert record_faults(dataset(before, EXPLICIT), dataset(after, EXPLICIT))


def test_dcmdump_shows_another_element(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.write_bytes(file(data_set(image())))
    after.write_bytes(PLANTED["another element"]())
    faults, lines = dump_faults(before, after)
    assert len(faults) == 2 and lines is not None and len(lines) == 4


# A program in the worker's place. It says {status} of each file to `inspect`, and to `rewrite` {written}, having done {deed}.
IMPOSTOR = """#!{python}
import json, os, shutil, sys
arguments = sys.argv[1:]
into = arguments[arguments.index("--into") + 1] if "--into" in arguments else None
for place, _, names in os.walk(arguments[-1]):
    for name in names:
        path = os.path.join(place, name)
        if into is None:
            print(json.dumps({{"path": path, "status": "{status}", "error": None, "transferSyntaxUID": "1.2.840.10008.1.2.1"}}))
        elif {written!r}:
            os.makedirs(into, exist_ok=True)
            {deed}
            print(json.dumps({{"path": path, "status": {written!r}, "target": name, "changed": [], "error": "nothing is read"}}))
sys.exit(1)
"""
IMPOSTORS = {
    "reads nothing": ("dicom", "failed", "pass"),
    "sees no object": ("not-dicom", "not-dicom", "pass"),
    "says nothing": ("dicom", "", "pass"),
    "writes nothing": ("dicom", "written", "pass"),
    "changes nothing": ("dicom", "written", "shutil.copy(path, os.path.join(into, name))"),
    "writes other bytes": ("dicom", "written", 'open(os.path.join(into, name), "wb").write(bytes(200))'),
}


@pytest.mark.parametrize("name", IMPOSTORS)
def test_a_worker_that_does_not_do_it_is_found(name: str, tmp_path: Path) -> None:
    status, written, deed = IMPOSTORS[name]
    worker = tmp_path / "worker"
    worker.write_text(IMPOSTOR.format(python=sys.executable, status=status, written=written, deed=deed))
    os.chmod(worker, 0o755)
    make(tmp_path / "faults")
    assert roundtrip.run(worker, {"faults": tmp_path / "faults"}, tmp_path / "out") == 1


@pytest.mark.parametrize(("program", "shows"), [("/bin/false", False), (by_dcmtk.DCMDUMP, True)])
def test_a_dcmdump_that_shows_nothing_is_found(
    program: str, shows: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(by_dcmtk, "DCMDUMP", program)
    worker = tmp_path / "worker"
    worker.write_text(IMPOSTOR.format(python=sys.executable, status="dicom", written="written", deed=IMPOSTORS["changes nothing"][2]))
    os.chmod(worker, 0o755)
    make(tmp_path / "faults")
    assert roundtrip.run(worker, {"faults": tmp_path / "faults"}, tmp_path / "out") == 1
    assert ("are shown by dcmdump" in capsys.readouterr().out) == (not shows)


def test_a_value_may_hold_what_python_takes_for_the_end_of_a_line() -> None:
    assert json_lines('{"a": "\u2028\x85"}\n{"a": ""}\n') == [{"a": "\u2028\x85"}, {"a": ""}]

"""The checks of accept-roundtrip can fail: each finds what was planted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpora.elements import dataset, pieces  # noqa: E402
from corpora.faults import changed, data_set, file, image  # noqa: E402
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

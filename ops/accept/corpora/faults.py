"""Objects with one fault each, of those that archives are known to hold: made here, read beside the samples as a corpus of their own."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from pydicom.datadict import tag_for_keyword

from .fields import ELEMENTS

Elements = list[tuple[int, str, bytes]]

LONG = {"OB", "OW", "SQ", "UN", "UT"}
CT, UID = b"1.2.840.10008.5.1.4.1.1.2", b"1.2.826.0.1.3680043.9.7777."
EXPLICIT, IMPLICIT, BIG = b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.2"
JPEG, GE = b"1.2.840.10008.1.2.4.50", b"1.2.840.113619.5.2"
UNDEFINED = 0xFFFFFFFF
PIXELS = 0x7FE00010


def even(value: bytes, pad: bytes = b" ") -> bytes:
    """With one byte of padding where it is odd."""
    return value + pad * (len(value) % 2)


def image() -> Elements:
    """A small CT image."""
    texts = [
        (0x00080016, "UI", even(CT, b"\0")), (0x00080018, "UI", even(UID + b"1", b"\0")), (0x00080020, "DA", b"19970401"),
        (0x00080030, "TM", b"101500"), (0x00080050, "SH", b"A970401 "), (0x00080060, "CS", b"CT"), (0x00081030, "LO", b"Head"),
        (0x00100010, "PN", b"Kim^Chulsoo "), (0x00100020, "LO", b"00123456"), (0x00100030, "DA", b"19500102"),
        (0x00100040, "CS", b"M "), (0x0020000D, "UI", even(UID + b"2", b"\0")), (0x0020000E, "UI", even(UID + b"3", b"\0")),
    ]
    numbers = [(0x00280002, 1), (0x00280010, 4), (0x00280011, 4), (0x00280100, 16), (0x00280101, 12), (0x00280102, 11), (0x00280103, 0)]
    return texts + [(tag, "US", struct.pack("<H", number)) for tag, number in numbers] + [(PIXELS, "OW", bytes(range(32)))]


def head(tag: int, vr: str, length: int, explicit: bool, order: str) -> bytes:
    """Tag, representation and length."""
    begin = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
    if not explicit or tag >> 16 == 0xFFFE:
        return begin + struct.pack(order + "I", length)
    if vr in LONG:
        return begin + vr.encode() + b"\0\0" + struct.pack(order + "I", length)
    return begin + vr.encode() + struct.pack(order + "H", length)


def data_set(elements: Elements, explicit: bool = True, order: str = "<") -> bytes:
    """The elements, one after the other."""
    found = b""
    for tag, vr, value in elements:
        swapped = value if order == "<" or vr not in ("US", "OW") else b"".join(value[at : at + 2][::-1] for at in range(0, len(value), 2))
        found += head(tag, vr, len(value), explicit, order) + swapped
    return found


def file(content: bytes, syntax: bytes = EXPLICIT, preamble: bool = True) -> bytes:
    """With preamble and meta header."""
    elements = [(0x00020001, "OB", b"\0\1"), (0x00020002, "UI", even(CT, b"\0")), (0x00020003, "UI", even(UID + b"1", b"\0"))]
    meta = data_set([*elements, (0x00020010, "UI", even(syntax, b"\0"))])
    meta = data_set([(0x00020000, "UL", struct.pack("<I", len(meta)))]) + meta
    return (b"\0" * 128 + b"DICM" if preamble else b"") + meta + content


def changed(**values: tuple[int, str, bytes]) -> Elements:
    """The image with these elements in the place of those with their tags, or where they belong."""
    new = {element[0]: element for element in values.values()}
    return sorted([element for element in image() if element[0] not in new] + list(new.values()))


def sequence(tag: int, items: bytes, vr: str, explicit: bool = True) -> bytes:
    """A sequence of undefined length around items."""
    return head(tag, vr, UNDEFINED, explicit, "<") + items + head(0xFFFEE0DD, "", 0, True, "<")


def item(content: bytes, length: int | None = None) -> bytes:
    """An item: with its length, or with a delimiter for `UNDEFINED`."""
    end = head(0xFFFEE00D, "", 0, True, "<") if length == UNDEFINED else b""
    return head(0xFFFEE000, "", len(content) if length is None else length, True, "<") + content + end


def with_lengths(explicit: bool) -> Elements:
    """Every group begins with its length."""
    found: Elements = []
    for group in sorted({tag >> 16 for tag, _, _ in image()}):
        members = [element for element in image() if element[0] >> 16 == group]
        found += [(group << 16, "UL", struct.pack("<I", len(data_set(members, explicit)))), *members]
    return found


def acr_nema() -> bytes:
    """ACR-NEMA 2.0: implicit, with group lengths and Length to End, without UIDs, preamble and meta header."""
    uids = {0x00080016, 0x00080018, 0x0020000D, 0x0020000E}
    body = [(0x00080010, "SH", b"ACR-NEMA 2.0"), *(element for element in image() if element[0] not in uids)]
    groups = sorted({tag >> 16 for tag, _, _ in body})
    found = b""
    for group in groups:
        members = data_set(sorted(element for element in body if element[0] >> 16 == group), explicit=False)
        extra = 12 if group == 0x0008 else 0
        found += data_set([(group << 16, "UL", struct.pack("<I", len(members) + extra))], explicit=False)
        found += b"LENGTHTOEND!" * (extra // 12) + members
    at = found.index(b"LENGTHTOEND!")
    return found.replace(b"LENGTHTOEND!", data_set([(0x00080001, "UL", struct.pack("<I", len(found) - at - 12))], explicit=False))


def around(tag: int, content: bytes) -> bytes:
    """The image with something in the place of this tag."""
    before, after = ([element for element in image() if (element[0] < tag) == first] for first in (True, False))
    return data_set(before) + content + data_set(after)


def private_as_unknown() -> bytes:
    """A private sequence within a private sequence, both written as UN, their items implicit (PS3.5 §6.2.2 note 2)."""
    inner = sequence(0x00091011, item(data_set([(0x00091012, "LO", b"deep")], explicit=False)), "UN", explicit=False)
    outer = sequence(0x00091010, item(inner, UNDEFINED), "UN")
    return around(0x00091010, data_set([(0x00090010, "LO", b"SKEIN TEST")]) + outer)


def big_endian_pixels() -> bytes:
    """GE's private syntax: implicit little endian elements, but for the pixels."""
    pixels = dict((tag, value) for tag, _, value in image())[PIXELS]
    turned = b"".join(pixels[at : at + 2][::-1] for at in range(0, len(pixels), 2))
    return data_set(changed(a=(PIXELS, "OW", turned)), explicit=False)


def before_pixels() -> bytes:
    """All elements but the pixels."""
    return data_set([element for element in image() if element[0] != PIXELS])


FAULTS: dict[str, Callable[[], bytes]] = {
    "no-preamble": lambda: file(data_set(image()), preamble=False),
    "no-meta-explicit": lambda: data_set(image()),
    "no-meta-implicit": lambda: data_set(image(), explicit=False),
    "no-meta-big-endian": lambda: data_set(image(), order=">"),
    "preamble-without-meta": lambda: b"\0" * 128 + b"DICM" + data_set(image()),
    "acr-nema": acr_nema,
    "acr-nema-big-endian": lambda: data_set([(0x00080000, "UL", struct.pack(">I", 4)), *image()], explicit=False, order=">"),
    "implicit-said-explicit": lambda: file(data_set(image(), explicit=False), EXPLICIT),
    "explicit-said-implicit": lambda: file(data_set(image()), IMPLICIT),
    "explicit-said-big-endian": lambda: file(data_set(image()), BIG),
    "big-endian-said-little": lambda: file(data_set(image(), order=">"), EXPLICIT),
    "big-endian-pixels": lambda: file(big_endian_pixels(), GE),
    "native-said-encapsulated": lambda: file(data_set(image()), JPEG),
    "odd-length": lambda: file(data_set(changed(a=(0x00081030, "LO", b"Thorax 1x1"[:9]), b=(0x00100040, "CS", b"M")))),
    "odd-length-implicit": lambda: file(data_set(changed(a=(0x00081030, "LO", b"Thorax 1x1"[:9])), explicit=False), IMPLICIT),
    "undefined-lengths": lambda: file(around(
        0x00081115, sequence(0x00081115, item(data_set([(0x0020000E, "UI", b"1.2\0")]), UNDEFINED) * 2, "SQ"))),
    "private-sequences-as-un": lambda: file(private_as_unknown()),
    "group-lengths": lambda: file(data_set(with_lengths(explicit=True))),
    "group-lengths-wrong": lambda: file(data_set(sorted([*image(), (0x00080000, "UL", struct.pack("<I", 7))]))),
    "values-too-long": lambda: file(
        data_set(changed(a=(0x00080050, "SH", b"A" * 40), b=(0x00100020, "LO", b"9" * 90), c=(0x00080060, "CS", b"CT AND MUCH MORE THAN THAT")))),
    "padded-with-nul": lambda: file(data_set(changed(a=(0x00080050, "SH", b"A97\0\0\0"), b=(0x00100010, "PN", b"Kim^Chulsoo\0")))),
    "padded-with-space": lambda: file(data_set(changed(a=(0x00080018, "UI", even(UID + b"1", b" ")), b=(0x00100020, "LO", b"  00123456    ")))),
    "doubled-elements": lambda: file(data_set(sorted([*image(), (0x00100020, "LO", b"00123457")]))),
    "out-of-order": lambda: file(data_set([*image()[7:9], *image()[:7], *image()[9:]])),
    "trailing-bytes": lambda: file(data_set(image()) + b"\r\n"),
    "trailing-zeros": lambda: file(data_set(image()) + b"\0" * 700),
    "pixels-cut": lambda: file(data_set(image()))[:-10],
    "fragments-without-offsets": lambda: file(
        before_pixels() + sequence(PIXELS, item(b"") + item(b"\xff\xd8\xff\xd9") * 3, "OB"), JPEG),
    "fragments-without-offset-item": lambda: file(before_pixels() + sequence(PIXELS, item(b"\xff\xd8\xff\xd9"), "OB"), JPEG),
    "empty": lambda: b"",
    "bare-euc-kr": lambda: file(data_set(changed(a=(0x00100010, "PN", even("김^철수".encode("euc_kr")))))),
    "iso-ir-149": lambda: file(
        data_set(changed(a=(0x00080005, "CS", b"ISO_IR 149"), b=(0x00100010, "PN", even("Kim^Chulsoo=金^喆洙=김^철수".encode("euc_kr")))))),
    "lines-within-values": lambda: file(
        data_set(changed(a=(0x00080005, "CS", b"ISO_IR 192"), b=(0x00100010, "PN", even("Kim\u2028^Chul\u0085soo\u2029".encode()))))),
    "escapes-undeclared": lambda: file(
        data_set(changed(a=(0x00100010, "PN", even(b"Kim^Chulsoo==\x1b$)C" + "김^".encode("euc_kr") + b"\x1b$)C" + "철수".encode("euc_kr")))))),
}


# Those of FAULTS that say what `image` says, however it is written: what is read of them must be that.
AS_MADE = {
    "no-preamble", "no-meta-explicit", "no-meta-implicit", "no-meta-big-endian", "preamble-without-meta", "implicit-said-explicit",
    "explicit-said-implicit", "explicit-said-big-endian", "big-endian-said-little", "big-endian-pixels", "native-said-encapsulated", "private-sequences-as-un", "group-lengths",
    "group-lengths-wrong", "undefined-lengths", "out-of-order", "trailing-bytes", "trailing-zeros", "pixels-cut", "fragments-without-offsets",
    "fragments-without-offset-item",
}


def made(name: str) -> dict[str, str]:
    """The fields that an object was made with, by its name in the tables; none where that is not known."""
    if not name.startswith("faults/") or Path(name).stem not in AS_MADE:
        return {}
    values = {tag: value.decode("ascii").rstrip(" \0") for tag, vr, value in image() if vr not in ("US", "OW")}
    tags = {field: tag_for_keyword(keyword) for field, keyword in ELEMENTS.items()}
    return {field: values[tag] for field, tag in tags.items() if tag in values}


def make(folder: Path) -> None:
    """Writes them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FAULTS.items():
        (folder / f"{name}.dcm").write_bytes(content())

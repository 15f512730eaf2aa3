"""Words that libFuzzer puts into inputs, and would not find soon by itself: tags, value representations, UIDs, extreme lengths and numbers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from pydicom._uid_dict import UID_dictionary
from pydicom.charset import python_encoding
from pydicom.valuerep import VR

from . import hospital

# Tags that a reader treats in its own way: delimiters, group lengths, what says how all else is written, pixels and what lies around them.
TAGS = (
    0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD, 0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00080000, 0x00080001, 0x00080005, 0x00080016,
    0x00080018, 0x00080050, 0x00081140, 0x00090010, 0x00091010, 0x00100010, 0x0020000D, 0x0020000E, 0x00280002, 0x00280004, 0x00280006, 0x00280008,
    0x00280010, 0x00280011, 0x00280100, 0x00280101, 0x00280102, 0x00280103, 0x00283010, 0x04000561, 0x52009230, 0x60003000, 0x7FE00000, 0x7FE00001,
    0x7FE00002, 0x7FE00003, 0x7FE00008, 0x7FE00009, 0x7FE00010, 0xFFFCFFFC, 0x00041220, 0x00041400, 0x00041420, 0x00041500,
)
NUMBERS = {
    "H": (0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF), "I": (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF),
    "Q": (0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF),
}
DIGITS = ("-1", "0", "65536", "2147483647", "2147483648", "-2147483648", "4294967295", "9223372036854775807", "9223372036854775808", "1e308", "NaN")
# What says how pixels are shown, and where icons are.
SHOWN = (
    0x00281050, 0x00281051, 0x00281052, 0x00281053, 0x00281056, 0x00281101, 0x00281102, 0x00281103, 0x00281201, 0x00281202, 0x00281203, 0x00283000, 0x00283002,
    0x00283006, 0x00880200)
# Of JPEG, JPEG-LS and JPEG 2000: begins, sizes, scans, ends.
MARKERS = (0xD8, 0xC0, 0xC3, 0xF7, 0xDA, 0xD9, 0x4F, 0x51, 0x52, 0x90)
ESCAPES = (b"\x1b$)C", b"\x1b$B", b"\x1b$(D", b"\x1b(J", b"\x1b(B", b"\x1b)I", b"\x1b$)A", b"\x1b-F")
PHOTOMETRIC = (b"RGB", b"YBR_FULL_422", b"PALETTE COLOR", b"MONOCHROME1")
# PS3.8 §9.3: the kinds of PDUs, and of items; PS3.7 annex D.3.3: those of user information.
PDU_KINDS = range(0x01, 0x08)
ITEM_KINDS = (0x10, 0x20, 0x21, 0x30, 0x40, *range(0x50, 0x5A))
# PS3.7 annex E: the elements of a command set, and its kinds of commands.
COMMAND_ELEMENTS = (
    0x0000, 0x0001, 0x0002, 0x0003, 0x0100, 0x0110, 0x0120, 0x0600, 0x0700, 0x0800, 0x0900, 0x0901, 0x0902, 0x0903, 0x1000, 0x1001, 0x1002, 0x1005, 0x1008,
    0x1020, 0x1021, 0x1022, 0x1023, 0x1030, 0x1031)
COMMANDS = (0x0001, 0x0010, 0x0020, 0x0021, 0x0030, 0x0100, 0x0110, 0x0120, 0x0130, 0x0140, 0x0150, 0x0FFF)
STATUSES = (0x0000, 0x0001, 0x0107, 0x0110, 0x0122, 0xA700, 0xB000, 0xC000, 0xFE00, 0xFF00, 0xFF01)


def write(path: Path, target: str) -> int:
    """Writes a target's words as libFuzzer reads them, and says how many there are."""
    makers = {"pdu": of_network, "command": of_network, "picture": of_pictures, "message": hospital.words}
    words = list(dict.fromkeys(makers.get(target, of_data_sets)()))
    lines = ("".join(f"\\x{byte:02X}" for byte in word) for word in words)
    path.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")
    return len(words)


def numbers() -> Iterator[bytes]:
    """The extremes, in both byte orders."""
    for letter, found in NUMBERS.items():
        for number in found:
            yield from (struct.pack(order + letter, number) for order in "<>")


def uids(kind: str) -> Iterator[bytes]:
    """UIDs of PS3.6 table A-1 of one kind, padded."""
    for uid, about in UID_dictionary.items():
        if about[1] == kind:
            yield uid.encode() + b"\0" * (len(uid) % 2)


def of_data_sets() -> Iterator[bytes]:
    """What files and data sets are made of."""
    yield b"DICM"
    for tag in TAGS:
        yield from (struct.pack(order + "HH", tag >> 16, tag & 0xFFFF) for order in "<>")
    for representation in sorted(VR):
        letters = representation.value[:2].encode()
        yield from (letters, letters + b"\0\0", letters + b"\0\0" + b"\xFF" * 4)
    yield from numbers()
    yield from (digits.encode() for digits in DIGITS)
    yield from uids("Transfer Syntax")
    yield from (term.encode() for term in python_encoding if term)
    yield from ESCAPES + PHOTOMETRIC


def of_pictures() -> Iterator[bytes]:
    """What objects with pixels are made of."""
    yield from of_data_sets()
    for tag in SHOWN:
        yield from (struct.pack(order + "HH", tag >> 16, tag & 0xFFFF) for order in "<>")
    yield from (bytes([0xFF, marker]) for marker in MARKERS)
    yield from (b"1e30", b"YBR_FULL", b"YBR_RCT", b"LINEAR_EXACT", b"SIGMOID")


def of_network() -> Iterator[bytes]:
    """What PDUs and command sets are made of."""
    yield from (bytes([kind, 0]) for kind in (*PDU_KINDS, *ITEM_KINDS))
    yield from (struct.pack("<HH", 0, number) for number in COMMAND_ELEMENTS)
    for kind in COMMANDS:
        yield from (struct.pack("<H", kind), struct.pack("<H", kind | 0x8000))
    yield from (struct.pack("<H", status) for status in STATUSES)
    yield from numbers()
    yield from uids("Transfer Syntax")
    yield from uids("Application Context Name")
    yield b"1.2.840.10008.1.1\0"

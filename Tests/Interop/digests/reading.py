"""Files of PS3.10 as elements: tag, written representation, value. Knows how data sets are written, not what they mean."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from pydicom.datadict import dictionary_VR

# PS3.5 table 7.1-2: representations whose length has 16 bits; the others of table 6.2-1 have 32.
SHORT = frozenset("AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split())
LONG = frozenset("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF
BIG_ENDIAN = "1.2.840.10008.1.2.2"
DEFLATED = {"1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.95", "1.2.840.10008.1.2.4.205"}


class Malformed(Exception):
    """The bytes are not what they must be."""


@dataclass(frozen=True)
class Encoding:
    """How elements are written (PS3.5 §7.1)."""

    explicit: bool
    big: bool

    @property
    def order(self) -> str:
        """The byte order, as Python names it."""
        return "big" if self.big else "little"


IMPLICIT = Encoding(explicit=False, big=False)


@dataclass(frozen=True)
class Element:
    """An element as it stands in a data set. The value of one of undefined length ends with its delimiter."""

    tag: int
    written: str | None
    undefined: bool
    value: bytes
    encoding: Encoding


def known(tag: int) -> str | None:
    """The representation of PS3.6, the first one of several; None for a tag that it does not have."""
    return next(iter(all_known(tag)), None)


def all_known(tag: int) -> list[str]:
    """The representations of PS3.6; none for a tag that it does not have."""
    group, number = tag >> 16, tag & 0xFFFF
    if number == 0:
        return ["UL"]
    if group % 2:
        return ["LO"] if 0x10 <= number <= 0xFF else []
    try:
        return dictionary_VR(tag).split(" or ")
    except KeyError:
        return []


def head(data: bytes, at: int, end: int, encoding: Encoding, to_the_end: int | None = None) -> tuple[int, str | None, int, int] | None:
    """(tag, written representation, length, begin of the value); None where no head fits."""
    if at + 8 > end:
        return None
    number = lambda begin, count: int.from_bytes(data[begin : begin + count], encoding.order)  # noqa: E731
    tag = number(at, 2) << 16 | number(at + 2, 2)
    if not encoding.explicit or tag >> 16 == 0xFFFE:
        return tag, None, number(at + 4, 4), at + 8
    letters = data[at + 4 : at + 6]
    written = letters.decode("latin-1")
    if written in SHORT:
        return tag, written, number(at + 6, 2), at + 8
    if not (letters.isalpha() and letters.isupper() and letters.isascii()):
        # An implicit element among explicit ones; one of blank representation, if that cannot be.
        length = number(at + 4, 4)
        if to_the_end is not None and length != UNDEFINED and length + 8 > to_the_end - at:
            return tag, written, number(at + 6, 2), at + 8
        return tag, None, length, at + 8
    if at + 12 > end:
        return None
    return tag, written, number(at + 8, 4), at + 12


def end_of_value(data: bytes, begin: int, end: int, length: int, items: Encoding) -> int:
    """Where a value ends, its delimiter included."""
    if length != UNDEFINED:
        stop = begin + length
        if stop > end:
            raise Malformed("a value goes beyond the end")
        return stop
    at = begin
    while found := head(data, at, end, items):
        tag, _, count, value = found
        if tag == SEQUENCE_END:
            return value
        if tag != ITEM:
            raise Malformed("something else than an item")
        at = end_of_item(data, value, end, count, items)
    raise Malformed("no end of a sequence")


def end_of_item(data: bytes, begin: int, end: int, length: int, encoding: Encoding) -> int:
    """Where an item ends, its delimiter included."""
    if length != UNDEFINED:
        if begin + length > end:
            raise Malformed("an item goes beyond the end")
        return begin + length
    inner = encoding_of_item(data, begin, end, encoding)
    at = begin
    while found := head(data, at, end, inner):
        tag, written, count, value = found
        if tag == ITEM_END:
            return value
        at = end_of_value(data, value, end, count, encoding_of_items(data, value, inner, written, count))
    raise Malformed("no end of an item")


def encoding_of_items(data: bytes, value: int, encoding: Encoding, written: str | None, length: int) -> Encoding:
    """How the items of an element of undefined length are written."""
    if written != "UN" or length != UNDEFINED:
        return encoding
    return encoding if encoding.big and data[value : value + 1] == b"\xff" else IMPLICIT


def encoding_of_item(data: bytes, begin: int, end: int, encoding: Encoding) -> Encoding:
    """How the elements of an item are written: explicit ones may stand in an implicit data set."""
    if encoding.explicit or begin + 8 > end:
        return encoding
    letters = data[begin + 4 : begin + 6].decode("latin-1")
    number = lambda at: int.from_bytes(data[at : at + 2], encoding.order)  # noqa: E731
    allowed = all_known(number(begin) << 16 | number(begin + 2))
    if letters in SHORT | LONG and (not allowed or letters in allowed):
        return Encoding(explicit=True, big=encoding.big)
    return encoding


def elements(data: bytes, begin: int, end: int, encoding: Encoding, is_object: bool = False) -> tuple[list[Element], int]:
    """The elements up to the end, a delimiter of items, or bytes too few for another; and where the last one ended."""
    found: list[Element] = []
    at = begin
    while front := head(data, at, end, encoding, end if is_object else None):
        tag, written, length, value = front
        if tag == ITEM_END or (is_object and tag >> 16 == 0):
            break
        try:
            stop = end_of_value(data, value, end, length, encoding_of_items(data, value, encoding, written, length))
        except Malformed:
            if is_object and found and known(tag) is None:
                break  # What some writers leave behind the last element.
            raise
        found.append(Element(tag, written, length == UNDEFINED, data[value:stop], encoding))
        at = stop
    return found, at


@dataclass(frozen=True)
class Object:
    """The data set of a file."""

    syntax: str
    elements: list[Element]


def read(content: bytes) -> Object:
    """The object in a file of PS3.10, or in one without preamble or meta header."""
    begin = 132 if content[128:132] == b"DICM" else 0
    syntax, begin = meta_header(content, begin)
    if syntax in DEFLATED and content[begin : begin + 2] != b"\x08\x00":
        content, begin = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content[begin:]), 0
    letters = content[begin + 4 : begin + 6].decode("latin-1")
    explicit = letters in SHORT | LONG
    group = content[begin : begin + 2]
    # The order in which the first group is low; where it is low in neither, the declared one.
    big = explicit and (syntax == BIG_ENDIAN if syntax and 0 not in group else int.from_bytes(group, "big") < int.from_bytes(group, "little"))
    return Object(syntax, elements(content, begin, len(content), Encoding(explicit, big), is_object=True)[0])


def meta_header(content: bytes, begin: int) -> tuple[str, int]:
    """Transfer Syntax UID, and where group 0002 ends."""
    letters = content[begin + 4 : begin + 6]
    encoding = Encoding(explicit=letters.isalpha() and letters.isupper(), big=False)
    syntax, at = "", begin
    while (front := head(content, at, len(content), encoding)) and front[0] >> 16 == 2:
        tag, _, length, value = front
        if tag == 0x00020010:
            syntax = content[value : value + length].rstrip(b"\0 ").decode("latin-1")
        at = value + length
    return syntax, at

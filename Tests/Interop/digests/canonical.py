"""Element digests and the data set digest of docs/digests.md."""

from __future__ import annotations

import hashlib

from .reading import IMPLICIT, ITEM, SEQUENCE_END, UNDEFINED, Element, Encoding, Malformed, elements, encoding_of_item, end_of_item, head, known
from .text import CHARACTER_SET, DEFAULT_REPERTOIRE, NoText, text

PIXEL_DATA = 0x7FE00010
# The pixels, and what says how they lie in fragments: not counted at the top level.
PIXELS = {0x7FE00001, 0x7FE00002, 0x7FE00003, 0x7FE00008, 0x7FE00009, PIXEL_DATA}
NUMBER_BYTES = {
    **dict.fromkeys("AT OW SS US".split(), 2), **dict.fromkeys("FL OF OL SL UL".split(), 4), **dict.fromkeys("FD OD OV SV UV".split(), 8),
}
DEEPEST = 64


def is_counted(tag: int) -> bool:
    """Whether the element says more than how the data set is written."""
    group, number = tag >> 16, tag & 0xFFFF
    return group not in (0x0000, 0x0002, 0xFFFE) and number != 0 and tag not in (0x00080001, 0x00080005, 0xFFFCFFFC)


def object_digests(found: list[Element]) -> tuple[str, dict[str, str]]:
    """The data set digest of an object, and the digest of each of its elements by the eight digits of its tag."""
    digests = {tag: digest for tag, digest in digests_of(found, [], 0).items() if tag not in PIXELS}
    return data_set_digest(digests).hex(), {f"{tag:08X}": digests[tag].hex() for tag in sorted(digests)}


def data_set_digest(digests: dict[int, bytes]) -> bytes:
    """The digest over those of the elements."""
    return hashlib.sha256(f"skein data set 1 {len(digests)}\n".encode() + b"".join(digests[tag] for tag in sorted(digests))).digest()


def digests_of(found: list[Element], enclosing_terms: list[str], depth: int) -> dict[int, bytes]:
    """The digest of each element; of doubled ones that of the last."""
    terms = enclosing_terms
    for element in found:
        if element.tag == 0x00080005:
            terms = enclosing_terms if element.undefined or element.written == "SQ" else terms_of(element)
    return {element.tag: element_digest(element, terms, depth) for element in found if is_counted(element.tag)}


def terms_of(element: Element) -> list[str]:
    """The defined terms of a Specific Character Set."""
    return [term.split("\0")[0].strip(" ") for term in little_endian(element).decode("latin-1").split("\\")]


def element_digest(element: Element, terms: list[str], depth: int) -> bytes:
    """The digest of what an element means."""
    kind, content = kind_and_content(element, terms, depth)
    return hashlib.sha256(f"skein element 1 {element.tag:08X} {kind if content else 'empty'}\n".encode() + content).digest()


def kind_and_content(element: Element, terms: list[str], depth: int) -> tuple[str, bytes]:
    """The first line of the page's table that fits."""
    representation = known(element.tag)
    if element.tag == PIXEL_DATA and element.undefined:
        try:
            return "fragments", b"".join(hashlib.sha256(fragment).digest() for fragment in fragments(element))
        except Malformed:
            pass
    if depth < DEEPEST and (element.undefined or element.written == "SQ" or representation in ("SQ", None)):
        try:
            return "items", b"".join(data_set_digest(digests_of(item, terms, depth + 1)) for item in items(element))
        except Malformed:
            pass
    if representation in CHARACTER_SET | DEFAULT_REPERTOIRE:
        try:
            return "text", text(little_endian(element), representation, terms).encode()
        except NoText:
            pass
    return "bytes", plain_bytes(element)


def little_endian(element: Element) -> bytes:
    """The value as a little endian data set would have it."""
    value = element.value
    count = NUMBER_BYTES.get(element.written or known(element.tag) or "", 1)
    if not element.encoding.big or count == 1:
        return value
    whole = len(value) // count * count
    return b"".join(value[at : at + count][::-1] for at in range(0, whole, count)) + value[whole:]


def plain_bytes(element: Element) -> bytes:
    """The value little endian and of even length."""
    value, representation = little_endian(element), known(element.tag)
    if len(value) % 2:
        padded = (representation or element.written) in (CHARACTER_SET | DEFAULT_REPERTOIRE) - {"UI"}
        value += b" " if padded else b"\0"
    return value


def encoding_of_items(element: Element) -> Encoding:
    """How the items of a sequence are written."""
    as_implicit = element.written == "UN" or (element.written != "SQ" and not element.undefined and known(element.tag) is None)
    if not element.encoding.explicit or not as_implicit:
        return element.encoding
    return element.encoding if element.encoding.big and element.value[:1] == b"\xff" else IMPLICIT


def items(element: Element) -> list[list[Element]]:
    """The items of a value that consists of them; raises Malformed."""
    encoding = encoding_of_items(element)
    found = []
    for begin, end, is_undefined in pieces(element.value, encoding):
        inner = encoding_of_item(element.value, begin, end, encoding)
        item, stop = elements(element.value, begin, end, inner)
        if stop != end - (8 if is_undefined else 0):
            raise Malformed("an item has more than its elements")
        found.append(item)
    return found


def fragments(element: Element) -> list[bytes]:
    """The fragments of encapsulated pixels, the offset table among them."""
    found = list(pieces(element.value, element.encoding))
    if any(is_undefined for _, _, is_undefined in found):
        raise Malformed("a fragment without a length")
    return [element.value[begin:end] for begin, end, _ in found]


def pieces(value: bytes, encoding: Encoding):
    """(begin, end, whether of undefined length) of what stands behind the head of each item."""
    at = 0
    while at < len(value):
        front = head(value, at, len(value), encoding)
        if front and front[0] == SEQUENCE_END and front[3] == len(value):
            return
        if not front or front[0] != ITEM:
            raise Malformed("something else than an item")
        _, _, length, begin = front
        at = end_of_item(value, begin, len(value), length, encoding)
        yield begin, at, length == UNDEFINED

"""Compares data sets element by element, as bytes where that can be done."""

from __future__ import annotations

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

PIXEL_DATA = 0x7FE00010
TEXT_PADDING = b" \0"
# PS3.5 6.2: what is not text here keeps every byte.
BINARY = {"OB", "OD", "OF", "OL", "OV", "OW", "UN", "US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"}


def differences(original: Dataset, stored: Dataset, ignored: set[int] | frozenset[int] = frozenset()) -> list[int]:
    """The tags in which two objects differ; group lengths (PS3.5 7.2) and the object's own Pixel Data are left out.

    Pixel Data within a sequence, an icon's, and float pixels at any depth are elements like others.
    """
    return _differences(original, stored, ignored | {PIXEL_DATA})


def _differences(original: Dataset, stored: Dataset, ignored: set[int] | frozenset[int] = frozenset()) -> list[int]:
    tags = {int(tag) for tag in original.keys()} | {int(tag) for tag in stored.keys()}
    return [tag for tag in sorted(tags) if tag not in ignored and tag & 0xFFFF and not same_value(original, stored, tag)]


def same_value(first: Dataset, second: Dataset, tag: int) -> bool:
    """Whether both have the element with the same value; trailing padding of text says nothing."""
    if tag not in first or tag not in second:
        return False
    a, b = first.get_item(tag), second.get_item(tag)
    if isinstance(a, RawDataElement) and isinstance(b, RawDataElement):
        if _unlike(a.VR, b.VR):
            return False
        if a.value == b.value:
            return True
        if a.VR not in BINARY and _stripped(a.value) == _stripped(b.value):
            return a.VR is not None or first[tag].VR not in BINARY
        return False
    return _same_decoded(first, second, tag)


def _same_decoded(first: Dataset, second: Dataset, tag: int) -> bool:
    a, b = first[tag], second[tag]
    if _unlike(a.VR, b.VR):
        return False
    if a.VR == "SQ":
        items = list(zip(a.value, b.value))
        return len(a.value) == len(b.value) and not any(_differences(one, other) for one, other in items)
    if isinstance(a.value, bytes) and isinstance(b.value, bytes):
        return a.value == b.value
    return str(a.value) == str(b.value) and (a.value == b.value or a.value != a.value)


def _unlike(a: str | None, b: str | None) -> bool:
    # Implicit VR says none; a sequence of unknown VR is read as one.
    return None not in (a, b) and a != b and {a, b} != {"SQ", "UN"}


def _stripped(value: bytes | None) -> bytes:
    return (value or b"").rstrip(TEXT_PADDING)

"""Which part of a person's name an object can carry."""

from __future__ import annotations

from pydicom.charset import convert_encodings


def writable(text: str, character_set: list[str]) -> bool:
    """Whether the object's own character sets can write the text (PS3.5 6.1)."""
    encodings = [encoding for encoding in convert_encodings(character_set or [""]) if encoding]
    for encoding in encodings:
        try:
            text.encode("ascii" if encoding == "iso8859" else encoding)
            return True
        except UnicodeEncodeError:
            continue
    # Several sets may share one value, each with its escape sequence.
    pieces = [any(_fits(character, encoding) for encoding in encodings) for character in text]
    return len(encodings) > 1 and all(pieces)


def writable_name(name: str, character_set: list[str]) -> str:
    """The name with the component groups that the object can carry; the alphabetic group is always kept."""
    first, *others = name.split("=")
    return "=".join([first, *(group if writable(group, character_set) else "" for group in others)]).rstrip("=")


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
        return True
    except UnicodeEncodeError:
        return False

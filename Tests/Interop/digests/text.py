"""Values of text as Unicode, by the Specific Character Set (PS3.5 §6.1.2, §6.1.2.5)."""

from __future__ import annotations

import re

DEFAULT_REPERTOIRE = frozenset("AE AS CS DA DS DT IS TM UI UR".split())
CHARACTER_SET = frozenset("LO LT PN SH ST UC UT".split())
UNDIVIDED = frozenset("LT ST UR UT".split())
ESC = 0x1B
ASCII = ("ascii", 1)

# PS3.3 tables C.12-2 to C.12-4: the set that fills each half, as (codec, bytes of a character).
LATIN = {
    100: "iso8859-1", 101: "iso8859-2", 109: "iso8859-3", 110: "iso8859-4", 144: "iso8859-5", 127: "iso8859-6", 126: "iso8859-7",
    138: "iso8859-8", 148: "iso8859-9", 203: "iso8859-15", 166: "tis_620",
}
SETS: dict[int, tuple[tuple[str, int] | None, tuple[str, int] | None]] = {
    6: (ASCII, None),
    **{number: (ASCII, (codec, 1)) for number, codec in LATIN.items()},
    13: (ASCII, ("katakana", 1)), 87: (("kanji", 2), None), 159: (("supplementary", 2), None),
    149: (None, ("euc_kr", 2)), 58: (None, ("gb2312", 2)),
}
ESCAPES = {
    b"(B": (0, ASCII), b"(J": (0, ASCII), b"$B": (0, ("kanji", 2)), b"$(D": (0, ("supplementary", 2)),
    b")I": (1, ("katakana", 1)), b"$)C": (1, ("euc_kr", 2)), b"$)A": (1, ("gb2312", 2)),
    **{b"-" + final.encode(): (1, (LATIN[number], 1)) for final, number in zip("ABCDLGFHMbT", (100, 101, 109, 110, 144, 127, 126, 138, 148, 203, 166), strict=True)},
}


class NoText(Exception):
    """The bytes are no text of the character set."""


def text(value: bytes, representation: str, terms: list[str]) -> str:
    """The canonical text of a value; raises NoText."""
    decoded = decode(value, representation, terms)
    parts = [decoded] if representation in UNDIVIDED else decoded.split("\\")
    parts = [part.rstrip(" \0") for part in parts]
    if representation == "PN":
        parts = [part.rstrip("=") for part in parts]
    return "\\".join(parts)


def decode(value: bytes, representation: str, terms: list[str]) -> str:
    """The text of all bytes."""
    if representation in DEFAULT_REPERTOIRE:
        if not value.isascii():
            raise NoText
        return value.decode("ascii")
    if value.isascii() and ESC not in value:
        return value.decode("ascii")
    if not any(term not in ("", "ISO_IR 6") for term in terms):
        raise NoText
    try:
        decoded = extended(value, representation, terms)
    except UnicodeDecodeError as error:
        raise NoText from error
    if "\ufffd" in decoded:
        raise NoText
    return decoded


def extended(value: bytes, representation: str, terms: list[str]) -> str:
    """Bytes beyond ASCII, or with escape sequences."""
    first = terms[0].upper()
    for suffix in ("GB18030", "GBK"):
        if first.endswith(suffix):
            return value.decode(suffix)
    number = registration(first)
    if number == 192:
        return value.decode("utf-8")
    g0, g1 = SETS.get(number, (ASCII, None))
    return with_extensions(value, representation, (g0 if g0 and g0[1] == 1 else ASCII, g1))


def registration(term: str) -> int:
    """The number at the end of a defined term."""
    found = re.search(r"^ISO.*?([0-9]+)$", term)
    return int(found[1]) if found else 6


def with_extensions(value: bytes, representation: str, first: tuple) -> str:
    """ISO 2022: two halves of the code, each with a set."""
    delimiters = b"\t\n\f\r" + (b"" if representation in UNDIVIDED else b"\\") + (b"^=" if representation == "PN" else b"")
    halves, decoded, at = list(first), [], 0
    while at < len(value):
        byte = value[at]
        if byte == ESC:
            called = next((name for name in ESCAPES if value.startswith(name, at + 1)), None)
            if called is None:
                raise NoText
            half, chosen = ESCAPES[called]
            halves[half] = chosen
            at += 1 + len(called)
        elif byte >= 0x80:
            run = re.compile(rb"[\x80-\xff]+").match(value, at)[0]
            decoded.append(characters(run, halves[1]))
            at += len(run)
        elif halves[0][1] > 1 and byte > 0x20:
            run = re.compile(rb"[\x21-\x7f]+").match(value, at)[0]
            decoded.append(characters(run, halves[0]))
            at += len(run)
        else:
            decoded.append(chr(byte))
            at += 1
            if byte in delimiters:
                halves = list(first)
    return "".join(decoded)


def characters(run: bytes, chosen: tuple[str, int] | None) -> str:
    """Characters of one set, by the codec that has them with the high bit set."""
    if chosen is None:
        raise NoText
    codec, width = chosen
    high = bytes(byte | 0x80 for byte in run)
    pieces = [high[at : at + width] for at in range(0, len(high), width)]
    match codec:
        case "kanji":
            return high.decode("euc_jp")
        case "katakana":
            return b"".join(b"\x8e" + piece for piece in pieces).decode("euc_jp")
        case "supplementary":
            return b"".join(b"\x8f" + piece for piece in pieces).decode("euc_jp")
        case _:
            return high.decode(codec)

"""Edits a commented configuration as a person would: one key's value, everything else left as it is."""

from __future__ import annotations

import re


def with_value(text: str, key: str, value: str, section: str = "") -> str:
    """The text with the key's value replaced; `section` names the top-level key that it stands under.

    The value may be of several lines, each with its indentation. What stood indented below a top-level key goes.
    Raises ValueError if the key is not there.
    """
    lines = text.splitlines()
    start, end = _section(lines, section) if section else (0, len(lines))
    indent = r"\s+" if section else ""
    for index in range(start, end):
        match = re.match(rf"({indent}){re.escape(key)}:", lines[index])
        if match:
            below = index + 1 if section else _section(lines, key)[1]
            replacement = f"{match[1]}{key}:{value if value.startswith(chr(10)) else ' ' + value}"
            return "\n".join([*lines[:index], *replacement.splitlines(), *lines[below:]]) + "\n"
    raise ValueError(f"the configuration has no key {section + '.' if section else ''}{key}")


def _section(lines: list[str], key: str) -> tuple[int, int]:
    """The lines of a top-level key: its own, and those indented below it."""
    for start, line in enumerate(lines):
        if re.match(rf"{re.escape(key)}:", line):
            end = start + 1
            while end < len(lines) and re.match(r"\s+\S|-", lines[end]):
                end += 1
            return start, end
    raise ValueError(f"the configuration has no key {key}")

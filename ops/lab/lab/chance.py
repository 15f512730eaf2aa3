"""Randomness that depends on the seed and on names only, never on the order in which things are made."""

from __future__ import annotations

import hashlib
import random


def digest_of(*parts: object) -> bytes:
    """SHA-256 over the parts' words."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).digest()


def generator(*parts: object) -> random.Random:
    """A random generator of its own for the thing that the parts name."""
    return random.Random(int.from_bytes(digest_of(*parts), "big"))


def uid(*parts: object) -> str:
    """A DICOM UID derived from a UUID (PS3.5 B.2) that the parts determine."""
    value = int.from_bytes(digest_of("uid", *parts)[:16], "big")
    value = value & ~(0xF << 76) | (4 << 76)
    value = value & ~(0x3 << 62) | (2 << 62)
    return f"2.25.{value}"

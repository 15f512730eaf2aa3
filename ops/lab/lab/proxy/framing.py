"""Where in a byte stream one frame ends and the next begins: TLS records and the PDUs of the DICOM upper layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Framing:
    """A protocol's frames: how long the header is, and what it says of the rest."""

    header: int
    body: Callable[[bytes], int]
    """Bytes after the header, from the header."""
    carries: int
    """The first byte of a frame that carries the application's bytes."""


# RFC 8446 §5.1: type, legacy version, length; 23 is application_data, which holds a line or a piece of one.
TLS = Framing(5, lambda header: int.from_bytes(header[3:5], "big"), 23)
# PS3.8 §9.3.1: type, reserved, length; 4 is P-DATA-TF.
PDU = Framing(6, lambda header: int.from_bytes(header[2:6], "big"), 4)


class Cursor:
    """Follows one direction of a connection from its first byte."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._header = b""
        self._left = 0

    def middle(self, chunk: bytes, needed: int) -> int | None:
        """Takes the next bytes. The first place among them, `needed` bytes or more from their beginning, that is inside the body of a frame which
        carries the application's bytes, neither at its beginning nor at its end; None when there is none.
        """
        found: int | None = None
        position = 0
        while position < len(chunk):
            if self._left:
                taken = min(self._left, len(chunk) - position)
                first, last = max(position + 1, needed), position + min(self._left - 1, taken)
                if found is None and self._header[0] == self._framing.carries and first <= last:
                    found = first
                position += taken
                self._left -= taken
            else:
                self._header = b"" if len(self._header) == self._framing.header else self._header
                taken = min(self._framing.header - len(self._header), len(chunk) - position)
                self._header += chunk[position:position + taken]
                position += taken
                if len(self._header) == self._framing.header:
                    self._left = self._framing.body(self._header)
        return found

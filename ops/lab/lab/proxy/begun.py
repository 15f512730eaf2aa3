"""What a sender began to send, by the C-STORE requests that pass (PS3.7 §9.3.1.1): also what never became whole."""

from __future__ import annotations

import time
from dataclasses import dataclass

P_DATA_TF = 4
PDU_HEADER, PDV_HEADER = 6, 6
# PS3.8 §E.2: bit 0 of a PDV's message control header tells a command from a data set.
IS_COMMAND = 1
COMMAND_FIELD, AFFECTED_SOP_INSTANCE_UID = (0x0000, 0x0100), (0x0000, 0x1000)
C_STORE_RQ = 0x0001


@dataclass(frozen=True)
class Begun:
    """A C-STORE request: its object, and when it passed, in seconds of the epoch."""

    sop_instance_uid: str
    at: float


class RequestReader:
    """Reads one association's requester. A command that is cut into several PDVs is not put together: no sender here cuts any."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def take(self, chunk: bytes) -> list[Begun]:
        """Takes the next bytes; the C-STORE requests that are complete with them."""
        self._rest += chunk
        found: list[Begun] = []
        while len(self._rest) >= PDU_HEADER:
            end = PDU_HEADER + int.from_bytes(self._rest[2:6], "big")
            if len(self._rest) < end:
                break
            if self._rest[0] == P_DATA_TF:
                found += _requests(bytes(self._rest[PDU_HEADER:end]))
            del self._rest[:end]
        return found


def _requests(values: bytes) -> list[Begun]:
    found: list[Begun] = []
    position = 0
    while position + PDV_HEADER <= len(values):
        end = position + 4 + int.from_bytes(values[position:position + 4], "big")
        if values[position + 5] & IS_COMMAND:
            elements = dict(_elements(values[position + PDV_HEADER:end]))
            if int.from_bytes(elements.get(COMMAND_FIELD, b""), "little") == C_STORE_RQ:
                found.append(Begun(elements[AFFECTED_SOP_INSTANCE_UID].rstrip(b"\0 ").decode("ascii"), time.time()))
        position = end
    return found


def _elements(command: bytes) -> list[tuple[tuple[int, int], bytes]]:
    """A command set is Implicit VR Little Endian (PS3.7 §6.3.1)."""
    found: list[tuple[tuple[int, int], bytes]] = []
    position = 0
    while position + 8 <= len(command):
        tag = int.from_bytes(command[position:position + 2], "little"), int.from_bytes(command[position + 2:position + 4], "little")
        end = position + 8 + int.from_bytes(command[position + 4:position + 8], "little")
        found.append((tag, command[position + 8:end]))
        position = end
    return found

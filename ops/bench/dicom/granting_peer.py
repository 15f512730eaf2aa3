"""`python -m dicom.granting_peer PORT WINDOW`: pynetdicom as a destination that takes objects and forgets them, and grants WINDOW operations at a time.

No peer that Debian or PyPI carry grants more than one. pynetdicom answers 1 to whatever is proposed, but what comes meanwhile waits in its queue and is
taken in turn: with another answer it does what a destination with a window does.
"""

from __future__ import annotations

import sys

from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, StoragePresentationContexts, evt
from pynetdicom.acse import ACSE
from pynetdicom.pdu_primitives import AsynchronousOperationsWindowNegotiation
from pynetdicom.sop_class import Verification

# A line of its standard output for each object that it took.
TAKEN = "taken"
MAXIMUM_PDU_BYTES = 131_072


def granting(window: int):
    """What is answered to a proposed asynchronous operations window (PS3.7 D.3.3.3)."""
    def answer(_: ACSE) -> AsynchronousOperationsWindowNegotiation:
        item = AsynchronousOperationsWindowNegotiation()
        item.maximum_number_operations_invoked, item.maximum_number_operations_performed = window, 1
        return item
    return answer


def take(_: evt.Event) -> int:
    """The object is there whole; nobody looks into it."""
    print(TAKEN, flush=True)
    return 0x0000


def main() -> None:
    """Serves until it is killed."""
    ACSE._check_async_ops = granting(int(sys.argv[2]))
    entity = AE()
    entity.maximum_pdu_size = MAXIMUM_PDU_BYTES
    entity.add_supported_context(Verification)
    for context in StoragePresentationContexts:
        entity.add_supported_context(context.abstract_syntax, ALL_TRANSFER_SYNTAXES)
    entity.start_server(("127.0.0.1", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_STORE, take)])


if __name__ == "__main__":
    main()

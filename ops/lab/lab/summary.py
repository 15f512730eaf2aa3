"""The check's last word."""

from __future__ import annotations

from collections import Counter

from .check import Verdict

# So many faults are printed; the rest is counted.
PRINTED_FAULTS = 200


def print_verdict(verdict: Verdict, seconds: float) -> int:
    """Prints what was found; returns the exit status, 0 only if nothing is wrong."""
    for fault in verdict.faults[:PRINTED_FAULTS]:
        print(fault)
    if len(verdict.faults) > PRINTED_FAULTS:
        print(f"… and {len(verdict.faults) - PRINTED_FAULTS} more")
    print(f"check: {verdict.instances} instances in the PACS, of {verdict.studies} studies that should be there; {verdict.held} studies that "
          f"should be held, {verdict.unreadable} files that cannot be read ({seconds:.1f} s)")
    if verdict.faults:
        counts = ", ".join(f"{count} × {kind}" for kind, count in sorted(Counter(fault.kind for fault in verdict.faults).items()))
        print(f"check: FAILED, {len(verdict.faults)} faults: {counts}")
        return 1
    print("check: all that should have arrived is there, unchanged but for what was declared; nothing else is")
    return 0

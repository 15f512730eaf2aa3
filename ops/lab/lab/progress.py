"""One line about where the migration stands."""

from __future__ import annotations

READ = ("read", "partly read", "drained")
VERIFIED = ("verified", "verified, incomplete")


def line(seconds: float, status: dict) -> str:
    """The status as `coordinator status --json` prints it, in one line."""
    media, studies = status["media"], status["studies"]
    held = ", ".join(f"{count} {reason}" for reason, count in sorted(status["heldByReason"].items()) if count)
    to_go = f"{status['secondsToGo']} s to go" if status["secondsToGo"] is not None else "time to go unknown"
    return (f"[{seconds:5.1f} s] discs {sum(media.get(state, 0) for state in READ)}/{sum(media.values())}"
            f" · studies {sum(studies.get(state, 0) for state in VERIFIED)}/{sum(studies.values())}"
            f" · instances {status['instances']['verified']}/{status['instances']['known']}"
            f" · {status['bytes']['perSecond'] / 1e6:.1f} MB/s · {to_go}"
            f" · held {studies.get('held', 0)}" + (f" ({held})" if held else ""))

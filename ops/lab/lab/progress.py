"""What the terminal shows while a migration runs: where it stands, and what happened."""

from __future__ import annotations

import time

READ = ("read", "partly read", "drained")
VERIFIED = ("verified", "verified, incomplete")


class Terminal:
    """Prints lines, each with the seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._last = ""

    def progress(self, status: dict) -> None:
        """Where the migration stands, unless that was said already."""
        if (text := line(status)) != self._last:
            self._last = text
            self._print(text)

    def event(self, *texts: str) -> None:
        """What happened, a line each, in one piece."""
        self._print(*(f"» {text}" for text in texts))

    def _print(self, *texts: str) -> None:
        seconds = time.monotonic() - self._started
        # One call for all lines: those of several threads do not mix.
        print("".join(f"[{seconds:5.1f} s] {text}\n" for text in texts), end="", flush=True)


def line(status: dict) -> str:
    """The status as `coordinator status --json` prints it, in one line."""
    media, studies = status["media"], status["studies"]
    held = ", ".join(f"{count} {reason}" for reason, count in sorted(status["heldByReason"].items()) if count)
    to_go = f"{status['secondsToGo']} s to go" if status["secondsToGo"] is not None else "time to go unknown"
    return (f"discs {sum(media.get(state, 0) for state in READ)}/{sum(media.values())}"
            f" · studies {sum(studies.get(state, 0) for state in VERIFIED)}/{sum(studies.values())}"
            f" · instances {status['instances']['verified']}/{status['instances']['known']}"
            f" · {status['bytes']['perSecond'] / 1e6:.1f} MB/s · {to_go}"
            f" · held {studies.get('held', 0)}" + (f" ({held})" if held else ""))

"""What an operator sees at one moment: the documents of the coordinator's commands, and what can be read out of their sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# The programs say moments to the second, and cut off what is below.
SAID_TO = timedelta(seconds=1)
MOMENT = re.compile(r"since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)")
READ = {"read", "partly read", "drained", "excluded"}
VERIFIED = {"verified", "verified, incomplete"}


@dataclass(frozen=True)
class Sight:
    """`status`, `workers`, `media` and `exceptions`, each as its command's `--json` prints it, asked for in this order, and when the first was."""

    at: datetime
    status: dict
    workers: list[dict]
    media: list[dict]
    exceptions: list[dict]

    def complaint(self, *words: str) -> str:
        """The first complaint of the status that has all those words; "" when there is none."""
        return complaint(self.status, *words)

    def paused(self, name: str) -> str:
        """The sentence with which that worker says what it waits for; "" when it waits for nothing."""
        return next((worker["paused"] or "" for worker in self.workers if worker["name"] == name), "")

    @property
    def leases(self) -> int:
        """Parts leased to any worker now."""
        return sum(worker["leases"] for worker in self.workers)

    @property
    def unread(self) -> list[str]:
        """The labels of the media that are still to be read, or read again."""
        return [medium["label"] for medium in self.media if medium["state"] not in READ]

    def medium(self, label: str) -> dict:
        """The row of that medium."""
        return next(medium for medium in self.media if medium["label"] == label)

    @property
    def is_over(self) -> bool:
        """Whether every medium is read and nothing waits to be sent; by the status alone, for `media` is of a later moment."""
        return self.status["finished"] and not self.status["media"]["expected"]

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read or sent, whatever media are still to come."""
        return self.status["finished"]


def complaint(status: dict, *words: str) -> str:
    """The first complaint of a status that has all those words; "" when there is none."""
    return next((text for text in status["complaints"] if all(word in text.lower() for word in words)), "")


def since(text: str) -> datetime | None:
    """Since when something is so, by its sentence; None when the sentence does not say."""
    match = MOMENT.search(text)
    return moment(match[1]) if match else None


def moment(text: str) -> datetime:
    """A moment as the programs write it: ISO 8601 in UTC."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_between(said: datetime | None, earliest: datetime, latest: datetime) -> bool:
    """Whether the moment said lies between two of ours, as far as it is said exactly."""
    return said is not None and earliest - SAID_TO <= said <= latest


def now() -> datetime:
    """This moment, by the same clock as the programs'."""
    return datetime.now(UTC)

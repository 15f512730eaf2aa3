"""What the coordinator's lists prove of the fleet's fortunes. Pure: looks in, findings out."""

from __future__ import annotations

from collections.abc import Iterable

from ..progress import READ
from .watch import Sample

# States of a study that is on its way: it is matched, and not all of it has arrived.
ON_ITS_WAY = {"ready", "leased", "sent", "failed"}


def waiting(studies: list[dict], sample: Sample, name: str, states: set[str] = ON_ITS_WAY) -> list[dict]:
    """The studies in these states that are wholly in that worker's custody: every disc of theirs was read by it."""
    own = sample.discs(name, READ)
    return [study for study in studies if study["state"] in states and study["media"] and own.issuperset(study["media"])]


def discs_needed(studies: list[dict], sample: Sample) -> set[str]:
    """The discs that each hold one of these studies alone, and of which there is no copy: without custody of it they must be read again."""
    copied = {medium["copyOf"] for medium in sample.media.values()} | {label for label, medium in sample.media.items() if medium["copyOf"]}
    return {study["media"][0] for study in studies if len(study["media"]) == 1} - copied


def asked_again(samples: Iterable[Sample], name: str) -> dict[str, str]:
    """By label: the discs that are expected again because that worker has them no longer, with the coordinator's sentence."""
    found: dict[str, str] = {}
    for sample in samples:
        for label, medium in sample.media.items():
            reason = medium["reason"] or ""
            if medium["state"] == "expected" and "is needed again" in reason and label in reason and name in reason:
                found.setdefault(label, reason)
    return found


def new_work(samples: list[Sample], name: str) -> list[str]:
    """What work that worker got from one of these looks to the next: leases beyond those it had, discs that it had not."""
    found: list[str] = []
    for before, after in zip(samples, samples[1:], strict=False):
        if after.leases(name) > before.leases(name):
            found.append(f"{name} has {after.leases(name)} leases, and had {before.leases(name)}")
        for label in sorted(after.discs(name) - before.discs(name)):
            found.append(f"{name} was given {label} to read")
    return found

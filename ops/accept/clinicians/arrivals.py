"""What reached Orthanc, and in which order, by its own list of changes."""

from __future__ import annotations

from lab.orthanc import Orthanc


class Arrivals:
    """The studies in the order in which the first object of each came in."""

    def __init__(self, orthanc: Orthanc) -> None:
        self._pacs = orthanc.pacs
        self._seen = 0
        self._studies: list[str] = []

    def studies(self) -> list[str]:
        """The Study Instance UIDs of all that came so far."""
        new, self._seen = self._pacs.new_studies(self._seen)
        self._studies += new
        return list(self._studies)

    def counts(self) -> dict[str, int]:
        """By Study Instance UID: the objects that Orthanc has."""
        counts: dict[str, int] = {}
        for stored in self._pacs.instances():
            counts[stored.study_instance_uid] = counts.get(stored.study_instance_uid, 0) + 1
        return counts


def before_last(arrived: list[str], wanted: set[str], rivals: set[str]) -> list[str] | None:
    """Those of `rivals` that came before all of `wanted` had; None while not all of it has."""
    if not wanted.issubset(arrived):
        return None
    last = max((arrived.index(study) for study in wanted), default=0)
    return [study for study in arrived[:last] if study in rivals and study not in wanted]

"""Where the discs stand that are in nobody's hands."""

from __future__ import annotations

import threading
from pathlib import Path

from ..skein import CommandError
from .watch import Watch


class Shelf:
    """One disc is taken when the coordinator's list expects it, for the first time or again."""

    def __init__(self, labels: list[str], discs: Path, watch: Watch) -> None:
        self._labels, self._discs, self._watch = labels, discs, watch
        self._there = set(labels)
        self._offered: set[str] = set()
        self._aside: dict[str, str] = {}
        self._lock = threading.Lock()

    def offer(self, count: int) -> None:
        """From now on anybody may take the next `count` discs."""
        with self._lock:
            self._offered.update(self._kept()[:count])

    def offer_all(self) -> None:
        """From now on anybody may take any disc that is not set aside."""
        self.offer(len(self._labels))

    def set_aside(self, name: str) -> None:
        """The next disc is for the operator of that gateway; raises CommandError when none is left that nobody was offered."""
        with self._lock:
            kept = self._kept()
            if not kept:
                raise CommandError(f"no disc is left for {name}")
            self._aside[name] = kept[0]

    def take(self, name: str) -> tuple[str, Path] | None:
        """A disc for the operator of that gateway, and its image; None when there is none for him now."""
        media = self._watch.latest.media
        with self._lock:
            aside = self._aside.pop(name, None)
            usable = [aside] if aside else [label for label in self._labels if label in self._offered & self._there]
            label = next((label for label in usable if media[label]["state"] == "expected"), None)
            if label is None:
                return None
            self._there.discard(label)
            return label, self._discs / f"{label}.iso"

    def put_back(self, label: str) -> None:
        """The disc stands on the shelf again, for anybody."""
        with self._lock:
            self._there.add(label)
            self._offered.add(label)

    def _kept(self) -> list[str]:
        """What is neither offered nor set aside, in the order of the shelf."""
        return [label for label in self._labels if label in self._there - self._offered - set(self._aside.values())]

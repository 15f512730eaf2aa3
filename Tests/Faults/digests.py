"""Are the pictures that arrived those that lay on the discs? Both are decoded by pydicom and held against each other, frame by frame."""

from __future__ import annotations

from pathlib import Path

from lab.comparing import read_object
from lab.pacs import Pacs
from lab.pictures import picture_digests
from lab.processes import processors
from lab.records import Place, Records, read_records

CHUNK = 20


def different(records: Records, pacs: Pacs, url: str) -> tuple[int, list[str]]:
    """How many frames were compared, and the SOP Instance UIDs whose pictures are not those of the disc, or that are missing or too many."""
    stored = {each.sop_instance_uid: each.id for each in pacs.instances()}
    wrong = sorted(stored.keys() ^ records.expected.keys())
    pairs = [(place, stored[uid]) for uid, place in sorted(records.expected.items()) if uid in stored]
    chunks = [pairs[start:start + CHUNK] for start in range(0, len(pairs), CHUNK)]
    frames = 0
    with processors(_open, (str(records.folder), url)) as pool:
        for count, found in pool.map(_compare, chunks):
            frames += count
            wrong += found
    return frames, wrong


_opened: list[tuple[Records, Pacs]] = []


def _open(folder: str, url: str) -> None:
    _opened.append((read_records(Path(folder)), Pacs(url)))


def _compare(pairs: list[tuple[Place, str]]) -> tuple[int, list[str]]:
    records, pacs = _opened[0]
    frames, wrong = 0, []
    for place, identifier in pairs:
        before = picture_digests(read_object(place.read(records.discs)))
        frames += len(before)
        if picture_digests(read_object(pacs.file(identifier))) != before:
            wrong.append(place.sop_instance_uid)
    return frames, wrong

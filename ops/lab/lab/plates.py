"""Encoded data sets taken apart into their top-level elements, and put together again with some of them encoded anew.

Most of the time that a file takes to make goes into encoding elements that all objects of a study share.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr, write_data_element, write_file_meta_info
from pydicom.uid import UID

NO_PREAMBLE = b"\0" * 128
PREFIX = b"DICM"
# What differs between the objects of a study that are made of one material; with these goes the group of the picture.
OWN_TAGS = {0x00080018, 0x0020000E, 0x00200011, 0x00200013}
PICTURE_GROUPS = {0x0028, 0x7FE0}
# PS3.5 7.1.2: these have a reserved field and four octets of length in explicit VR.
LONG_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}


@dataclass(frozen=True)
class Piece:
    """An encoded element of the top level."""

    tag: int
    content: bytes


def is_own(tag: int) -> bool:
    """Whether the element is encoded anew for each object."""
    return tag in OWN_TAGS or tag >> 16 in PICTURE_GROUPS


def pieces(data: bytes) -> list[Piece]:
    """The elements of a file that all objects share, without the others."""
    ds = dcmread(io.BytesIO(data))
    is_implicit = ds.file_meta.TransferSyntaxUID.is_implicit_VR
    places: list[tuple[int, int]] = []
    for tag in sorted(ds.keys()):
        element = ds.get_item(tag)
        value = getattr(element, "value_tell", None) or element.file_tell
        header = 12 if not is_implicit and element.VR in LONG_VRS else 8
        places.append((int(tag), value - header))
    ends = [start for _, start in places[1:]] + [len(data)]
    return [Piece(tag, data[start:end]) for (tag, start), end in zip(places, ends) if not is_own(tag)]


def reassembled(shared: list[Piece], ds: Dataset) -> bytes:
    """The file of `ds`, of which only its own elements are encoded."""
    syntax = ds.file_meta.TransferSyntaxUID
    own = Dataset()
    for tag in ds.keys():
        if is_own(int(tag)):
            own[tag] = ds[tag]
    correct_ambiguous_vr(own, syntax.is_little_endian)
    together = shared + [Piece(int(tag), _element(own, tag, syntax)) for tag in own.keys()]
    together.sort(key=lambda piece: piece.tag)
    return b"".join([ds.preamble or NO_PREAMBLE, PREFIX, _meta(ds), *(piece.content for piece in together)])


def _element(ds: Dataset, tag: int, syntax: UID) -> bytes:
    target = DicomBytesIO()
    target.is_little_endian, target.is_implicit_VR = syntax.is_little_endian, syntax.is_implicit_VR
    write_data_element(target, ds[tag], ["iso8859"])
    return target.getvalue()


def _meta(ds: Dataset) -> bytes:
    target = DicomBytesIO()
    write_file_meta_info(target, ds.file_meta, enforce_standard=True)
    return target.getvalue()

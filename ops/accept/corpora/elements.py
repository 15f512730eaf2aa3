"""Where the elements of a file lie, found by pydicom's reader of single elements and nothing of ours."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.filereader import _read_file_meta_info, data_element_generator, read_dataset, read_preamble
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian


@dataclass(frozen=True)
class Piece:
    """A top-level element, its head included."""

    tag: int
    content: bytes

    @property
    def group(self) -> int:
        """The group of its tag."""
        return self.tag >> 16


@dataclass(frozen=True)
class Pieces:
    """A file: what stands before its data set, the elements in order, and what no element claims."""

    begin: bytes
    elements: list[Piece]
    rest: bytes


def split(path: Path) -> tuple[bytes, bytes]:
    """What stands before the data set, and the data set; a deflated one is inflated."""
    content = path.read_bytes()
    with path.open("rb") as file:
        read_preamble(file, True)
        syntax = _read_file_meta_info(file).get("TransferSyntaxUID")
        start = file.tell()
    data = content[start:]
    if syntax == DeflatedExplicitVRLittleEndian:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data)
    return content[:start], data


def encoding(syntax: str) -> tuple[bool, bool]:
    """Whether elements of a transfer syntax are implicit, and whether they are little endian."""
    return syntax in (ImplicitVRLittleEndian, "1.2.840.113619.5.2"), syntax != ExplicitVRBigEndian


def pieces(path: Path, syntax: str) -> Pieces:
    """All of a file whose data set is of this transfer syntax, whatever its meta header says."""
    begin, data = split(path)
    elements, end = [], 0
    stream = BytesIO(data)
    try:
        for element in data_element_generator(stream, *encoding(syntax)):
            elements.append(Piece(int(element.tag), data[end : stream.tell()]))
            end = stream.tell()
    except Exception:  # bytes behind the last element that are none: they are the rest
        pass
    return Pieces(begin, elements, data[end:])


def dataset(path: Path, syntax: str) -> Dataset:
    """The data set, read by pydicom as of this transfer syntax."""
    return read_dataset(BytesIO(split(path)[1]), *encoding(syntax))

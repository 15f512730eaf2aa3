"""Small inputs to begin with, and words to put into them: the pydicom wheel's files cut to little ones, and messages of PS3.8 and PS3.7 put together by hand."""

from __future__ import annotations

import io
import shutil
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import write_dataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import UID

from . import dictionary, hospital, pictures

# Inputs much longer than these find little more and run much slower.
LONGEST_SEED = 4096
LONGEST_VALUE = 64
RECORDS_KEPT = 6
# The first byte of an input of the target data-set: implicit, explicit, big endian, deflated.
SYNTAXES = {"1.2.840.10008.1.2": 0, "1.2.840.10008.1.2.1": 1, "1.2.840.10008.1.2.2": 2}
# So many seeds each target has at the least: with fewer, the files were not found, or could not be read.
LEAST = {"file": 100, "data-set": 100, "directory": 5, "pdu": 10, "command": 10, "picture": 50, "message": 15}
DIRECTORY_STORAGE = "1.2.840.10008.1.3.10"


def write(folder: Path) -> dict[str, int]:
    """Writes the seeds of each target into a folder of its name, and beside it its words; says how many seeds each has."""
    warnings.simplefilter("ignore")
    makers = {"file": files, "data-set": data_sets, "directory": directories, "pdu": conversations, "command": commands, "picture": pictures.pictures,
              "message": hospital.messages}
    shutil.rmtree(folder, ignore_errors=True)
    counts = {}
    for target, make in makers.items():
        place = folder / target
        place.mkdir(parents=True, exist_ok=True)
        found = dict.fromkeys(make())
        for number, seed in enumerate(found):
            (place / f"{number:04d}").write_bytes(seed)
        dictionary.write(folder / f"{target}.dict", target)
        counts[target] = len(found)
        if counts[target] < LEAST[target]:
            raise SystemExit(f"fuzz: {counts[target]} seeds for {target}, and {LEAST[target]} must be at the least")
    return counts


def wheel() -> Iterator[tuple[Path, FileDataset | None]]:
    """Each file of the wheel, and the object in it, if pydicom reads one, cut to a little one."""
    data = Path(pydicom.__file__).parent / "data"
    for path in sorted([*(data / "test_files").rglob("*"), *(data / "charset_files").rglob("*")]):
        if path.is_file():
            try:
                yield path, cut(pydicom.dcmread(path, force=True))
            except Exception:  # whatever pydicom throws, it did not read the file
                yield path, None


def cut(dataset: Dataset) -> Dataset:
    """Without long values; of sequences the first items."""
    for element in dataset:
        if element.VR == "SQ":
            element.value = [cut(item) for item in element.value[:RECORDS_KEPT]]
        elif isinstance(element.value, bytes) and len(element.value) > LONGEST_VALUE:
            short = element.value[:LONGEST_VALUE]
            element.value = encapsulate([short]) if element.tag == 0x7FE00010 and element.is_undefined_length else short
    return dataset


def saved(dataset: FileDataset) -> bytes | None:
    """The file, in the encoding it had."""
    stream = io.BytesIO()
    try:
        dataset.save_as(stream, enforce_file_format=False)
    except Exception:  # pydicom writes no invalid value
        return None
    return stream.getvalue()


def files() -> Iterator[bytes]:
    """Files: short ones as they are, also broken ones; others cut."""
    for path, dataset in wheel():
        if path.stat().st_size <= LONGEST_SEED:
            yield path.read_bytes()
        elif dataset is not None and (content := saved(dataset)) and len(content) <= LONGEST_SEED:
            yield content


def data_sets() -> Iterator[bytes]:
    """Data sets without preamble and meta header, in the encoding they had and deflated."""
    for _, dataset in wheel():
        if dataset is None:
            continue
        syntax = dataset.file_meta.get("TransferSyntaxUID", UID("1.2.840.10008.1.2")) if hasattr(dataset, "file_meta") else UID("1.2.840.10008.1.2")
        stream = DicomBytesIO()
        stream.is_implicit_VR, stream.is_little_endian = syntax.is_implicit_VR if not syntax.is_private else False, syntax != "1.2.840.10008.1.2.2"
        try:
            write_dataset(stream, dataset)
        except Exception:  # pydicom writes no invalid value
            continue
        content = stream.getvalue()
        if len(content) < LONGEST_SEED:
            yield bytes([SYNTAXES.get(syntax, 1)]) + content
            if syntax not in SYNTAXES:
                deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
                yield b"\x03" + deflate.compress(content) + deflate.flush()


def directories() -> Iterator[bytes]:
    """The wheel's DICOMDIRs with their first records."""
    for _, dataset in wheel():
        if dataset is not None and getattr(dataset, "file_meta", {}).get("MediaStorageSOPClassUID") == DIRECTORY_STORAGE:
            if content := saved(dataset):
                yield content


def item(kind: int, content: bytes) -> bytes:
    """An item of PS3.8 §9.3.2."""
    return struct.pack(">BBH", kind, 0, len(content)) + content


def pdu(kind: int, content: bytes) -> bytes:
    """A protocol data unit (PS3.8 §9.3.1)."""
    return struct.pack(">BBI", kind, 0, len(content)) + content


def associate(kind: int, contexts: bytes) -> bytes:
    """A-ASSOCIATE-RQ or -AC, with every item of user information that we know."""
    uid, verification = b"1.2.826.0.1", b"1.2.840.10008.1.1"
    user = (
        item(0x51, struct.pack(">I", 16384)) + item(0x52, uid) + item(0x53, struct.pack(">HH", 4, 1))
        + item(0x54, struct.pack(">H", len(verification)) + verification + b"\x01\x01") + item(0x55, b"SEED")
        + item(0x56, struct.pack(">H", len(verification)) + verification + b"\x01") + item(0x58, b"\x01\x00\x00\x04user\x00\x00"))
    front = struct.pack(">HH16s16s32x", 1, 0, b"ARCHIVE".ljust(16), b"SKEIN".ljust(16))
    return pdu(kind, front + item(0x10, b"1.2.840.10008.3.1.1.1") + contexts + item(0x50, user))


def element(number: int, value: bytes) -> bytes:
    """An element of a command set (PS3.7 §6.3.1)."""
    return struct.pack("<HHI", 0, number, len(value)) + value


def command(field: int, has_data_set: bool, *others: bytes) -> bytes:
    """A command set with its group length (PS3.7 annex E)."""
    elements = element(0x0002, b"1.2.840.10008.1.1\0") + element(0x0100, struct.pack("<H", field)) + element(0x0110, b"\x01\0")
    elements += b"".join(others[:1]) + element(0x0800, b"\x01\0" if has_data_set else b"\x01\x01") + b"".join(others[1:])
    return element(0x0000, struct.pack("<I", len(elements))) + elements


def values(*fragments: tuple[int, bytes]) -> bytes:
    """A P-DATA-TF with these fragments, by their control byte (PS3.8 annex E)."""
    return pdu(0x04, b"".join(struct.pack(">IBB", len(content) + 2, 1, control) + content for control, content in fragments))


RESPONSES = [
    command(0x8030, False, element(0x0120, b"\x01\0"), element(0x0900, b"\0\0")),
    command(0x8001, False, element(0x0120, b"\x01\0"), element(0x0900, b"\0\xb0"), element(0x0902, b"coerced "), element(0x1000, b"1.2.3\0")),
    command(0x8020, True, element(0x0120, b"\x01\0"), element(0x0900, b"\0\xff")),
    command(0x8010, False, element(0x0120, b"\x01\0"), element(0x0900, b"\0\xff"), *(element(0x1020 + step, b"\x02\0") for step in range(4))),
]
REQUESTS = [
    command(0x0030, False), command(0x0001, True, element(0x0700, b"\0\0"), element(0x1000, b"1.2.3\0")),
    command(0x0020, True, element(0x0700, b"\0\0")), command(0x0130, True, element(0x1008, b"\x01\0")), command(0x0100, True, element(0x1002, b"\x01\0")),
    command(0x0FFF, False, element(0x0120, b"\x01\0")),
]


def conversations() -> Iterator[bytes]:
    """What a peer says: as one who was called, as one who calls, and each PDU alone."""
    syntaxes = item(0x40, b"1.2.840.10008.1.2") + item(0x40, b"1.2.840.10008.1.2.1")
    request = associate(0x01, item(0x20, b"\x01\0\0\0" + item(0x30, b"1.2.840.10008.1.1") + syntaxes))
    accept = associate(0x02, item(0x21, b"\x01\0\0\0" + item(0x40, b"1.2.840.10008.1.2")))
    release, released = pdu(0x05, bytes(4)), pdu(0x06, bytes(4))
    data_set = b"\x08\0\x18\0\x06\0\0\x001.2.3\0"
    yield from (request, accept, pdu(0x03, b"\0\x01\x01\x07"), pdu(0x07, b"\0\0\x02\x06"), request + release, accept + released)
    for response in RESPONSES:
        yield accept + values((3, response), (2, data_set)) + released
    for sent in REQUESTS:
        yield request + values((1, sent[:20]), (3, sent[20:])) + values((0, data_set[:8]), (2, data_set[8:])) + release


def commands() -> Iterator[bytes]:
    """Command sets, and the same as fragments with a byte of control and one of length before each."""
    for content in RESPONSES + REQUESTS:
        yield content
        pieces = [content[at : at + 100] for at in range(0, len(content), 100)]
        yield b"".join(bytes([0x43 if piece is pieces[-1] else 0x41, len(piece)]) + piece for piece in pieces) + b"\x42\x02ab"

"""Elements compared by what they mean: numbers whatever their byte order, texts whatever their character set, items one by one, and values whose
representation the transfer syntax does not write by their bytes."""

from __future__ import annotations

from pydicom.charset import convert_encodings
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import BaseTag
from pydicom.values import convert_SQ

from .cells import BIG_ENDIAN, cells

PIXEL_DATA = 0x7FE00010
# Representations of whole numbers, with and without a sign (PS3.5 table 6.2-1).
INTEGERS = {"US", "SS", "UL", "SL", "UV", "SV"}
# Bytes of the numbers in values that pydicom leaves as they are written (PS3.5 table 6.2-1).
UNITS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}


def different(before: FileDataset, after: FileDataset) -> list[BaseTag]:
    """The tags of all elements that do not mean the same, group lengths and the pixels passed over."""
    tags = sorted(tag for tag in set(before.keys()) | set(after.keys()) if tag.element != 0 and tag != PIXEL_DATA)
    return [tag for tag in tags if tag not in before or tag not in after or not same(before, after, tag, before.file_meta, after.file_meta)]


def same(before: Dataset, after: Dataset, tag: BaseTag, meta_before: FileMetaDataset, meta_after: FileMetaDataset) -> bool:
    """Whether an element means the same in both."""
    one, other = before[tag], after[tag]
    if one.VR == "SQ" or other.VR == "SQ":
        return same_items(items(one), items(other), meta_before, meta_after)
    if one.VR == other.VR and one.value == other.value and not isinstance(one.value, bytes):
        return True
    if {one.VR, other.VR} <= INTEGERS:
        # The same bytes are another number where the sign was lost.
        return numbers(one) == numbers(other)
    return plain(one, before, meta_before) == plain(other, after, meta_after)


def numbers(element: DataElement) -> list[int]:
    """The values of an element of integers."""
    value = element.value
    return [] if value in (None, "") else [value] if isinstance(value, int) else list(value)


def items(element: DataElement) -> list[Dataset]:
    """The items of a sequence; implicit transfer syntaxes do not say of a private element that it is one."""
    if element.VR == "SQ":
        return list(element.value)
    return list(convert_SQ(element.value, is_implicit_VR=True, is_little_endian=True))


def same_items(before: list[Dataset], after: list[Dataset], meta_before: FileMetaDataset, meta_after: FileMetaDataset) -> bool:
    """Whether all items have the same elements, each the same; of pixels that are compressed in one of them the cells."""
    if len(before) != len(after):
        return False
    for one, other in zip(before, after, strict=True):
        tags = [{tag for tag in item.keys() if tag.element != 0} for item in (one, other)]
        if tags[0] != tags[1]:
            return False
        for tag in tags[0]:
            if tag == PIXEL_DATA and one[tag].is_undefined_length:
                if frames(one, meta_before) != frames(other, meta_after):
                    return False
            elif not same(one, other, tag, meta_before, meta_after):
                return False
    return True


def frames(item: Dataset, meta: FileMetaDataset) -> list[bytes]:
    """The cells of an item's own pixels, which are compressed as the object's are, or native."""
    image = FileDataset(None, item, file_meta=FileMetaDataset())
    native = "1.2.840.10008.1.2.1"
    image.file_meta.TransferSyntaxUID = meta.TransferSyntaxUID if item[PIXEL_DATA].is_undefined_length else native
    return cells(image)


def plain(element: DataElement, dataset: Dataset, meta: FileMetaDataset) -> bytes:
    """The value in little endian, its padding taken off."""
    value = element.value
    if isinstance(value, bytes):
        unit = UNITS.get(element.VR, 1) if meta.TransferSyntaxUID == BIG_ENDIAN else 1
        if unit > 1:
            value = b"".join(value[start : start + unit][::-1] for start in range(0, len(value), unit))
        return value.rstrip(b"\0 ")
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, True
    write_data_element(buffer, element, convert_encodings(dataset.get("SpecificCharacterSet") or ["ISO_IR 6"]))
    return buffer.getvalue()[8:].rstrip(b"\0 ")

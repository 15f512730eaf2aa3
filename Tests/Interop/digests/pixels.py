"""The pixel digest of docs/digests.md."""

from __future__ import annotations

import hashlib
import re

from .canonical import PIXEL_DATA
from .reading import Element, Object, known

FLOAT, DOUBLE = 0x7FE00008, 0x7FE00009
BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2"
BITS = (1, 8, 16, 32, 64)
MOST_SAMPLES = 4
LARGEST_PLANAR_FRAME = 256 << 20
# Bytes of a number, and whether it has a sign.
BINARY = {"US": (2, False), "SS": (2, True), "UL": (4, False), "SL": (4, True)}
NUMBER_OF_FRAMES = 0x00280008


def number(found: list[Element], tag: int) -> int | None:
    """The first number of an element, by the representation that is written: binary or an integer string. But for Number of Frames it has 16 bits."""
    element = next((element for element in reversed(found) if element.tag == tag), None)
    if element is None or not element.value:
        return None
    representation = known(tag) if element.written in (None, "UN") else element.written
    if representation == "IS":
        first = element.value.split(b"\\")[0].strip(b" \0")
        value = int(first) if re.fullmatch(rb"[+-]?[0-9]+", first) else None
    else:
        size, signed = BINARY.get(representation, (0, False))
        value = int.from_bytes(element.value[:size], element.encoding.order, signed=signed) if 0 < size <= len(element.value) else None
    least, most = (-1 << 31, (1 << 31) - 1) if tag == NUMBER_OF_FRAMES else (0, 0xFFFF)
    return value if value is not None and least <= value <= most else None


def pixel_digest(read: Object) -> str | None:
    """The digest of the samples; None where there is none."""
    at = next((at for at, element in enumerate(read.elements) if element.tag in (PIXEL_DATA, FLOAT, DOUBLE)), None)
    if at is None:
        return None
    found, pixels = read.elements[:at], read.elements[at]
    if pixels.undefined:
        return None
    rows, columns = number(found, 0x00280010), number(found, 0x00280011)
    samples = number(found, 0x00280002)
    samples = 1 if samples is None else samples
    bits = {FLOAT: 32, DOUBLE: 64}.get(pixels.tag) or number(found, 0x00280100)
    frames = max(1, number(found, 0x00280008) or 1)
    if not rows or not columns or bits not in BITS or not 1 <= samples <= MOST_SAMPLES:
        return None
    photometric = next((element.value.rstrip(b" \0") for element in found if element.tag == 0x00280004), b"")
    subsampled = photometric.endswith(b"_422")
    frame_bits = rows * columns * bits * (2 if subsampled else samples)
    planar = samples > 1 and not subsampled and bits >= 8 and number(found, 0x00280006) == 1
    if planar and frame_bits // 8 > LARGEST_PLANAR_FRAME:
        return None
    digest = hashlib.sha256(f"skein pixels 1 {rows} {columns} {samples} {bits} {frames}\n".encode())
    divided = frame_bits % 8 == 0
    count, length = (frames, frame_bits // 8) if divided else (1, (frame_bits * frames + 7) // 8)
    value = little_endian(pixels, bits, read.syntax)
    if len(value) < count * length:
        return None
    for frame in range(count):
        plain = value[frame * length : (frame + 1) * length]
        digest.update(hashlib.sha256(side_by_side(plain, samples, bits // 8) if planar else plain).digest())
    surplus = value[count * length :]
    if len(surplus) > count * length % 2:
        digest.update(hashlib.sha256(surplus).digest())
    return digest.hexdigest()


def little_endian(pixels: Element, bits: int, syntax: str) -> bytes:
    """The samples with their bytes in little endian order."""
    if not (pixels.encoding.big or syntax == BIG_ENDIAN_PIXELS) or pixels.written == "OB":
        return pixels.value
    unit, value = max(2, bits // 8), bytearray(pixels.value)
    whole = len(value) // unit * unit
    for byte in range(unit):
        value[byte:whole:unit] = pixels.value[unit - 1 - byte : whole : unit]
    return bytes(value)


def side_by_side(planes: bytes, samples: int, width: int) -> bytes:
    """Planes as pixels whose samples follow one another."""
    plane, result = len(planes) // samples, bytearray(len(planes))
    for sample in range(samples):
        for byte in range(width):
            result[sample * width + byte :: samples * width] = planes[sample * plane + byte : (sample + 1) * plane : width]
    return bytes(result)

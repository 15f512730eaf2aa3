"""The raw cells of an object: all allocated bits, as they lie in the object or as pydicom's own decoders give them. Not `pixel_array`, which
masks and converts."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.encaps import get_frame
from pydicom.pixels import get_decoder
from pydicom.pixels.utils import get_j2k_parameters

BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG_2000 = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")


def unit(dataset: FileDataset) -> int:
    """Bytes of the numbers whose order differs between the byte orders (PS3.5 §8.1.1)."""
    return 1 if dataset["PixelData"].VR == "OB" else max(2, dataset.BitsAllocated // 8)


def little_endian(dataset: FileDataset) -> bytes:
    """The whole value of native pixels, its numbers little endian."""
    value, size = dataset.PixelData, unit(dataset)
    if dataset.file_meta.TransferSyntaxUID != BIG_ENDIAN or size == 1:
        return value
    whole = len(value) // size * size
    return np.frombuffer(value[:whole], np.uint8).reshape(-1, size)[:, ::-1].tobytes() + value[whole:]


def interleaved(frame: bytes, samples: int, cell: int) -> bytes:
    """Planes as colour by pixel."""
    planes = np.frombuffer(frame, np.uint8).reshape(samples, -1, cell)
    return planes.transpose(1, 0, 2).tobytes()


def native(dataset: FileDataset) -> list[bytes]:
    """The frames of native pixels, little endian."""
    value = little_endian(dataset)
    samples, cell = dataset.SamplesPerPixel, dataset.BitsAllocated // 8
    size = dataset.Rows * dataset.Columns * samples * cell
    frames = [value[start : start + size] for start in range(0, size * count(dataset), size)]
    if len(frames[-1]) < size:
        raise ValueError("the pixel data is cut")
    if samples > 1 and dataset.get("PlanarConfiguration", 0) == 1:
        frames = [interleaved(frame, samples, cell) for frame in frames]
    return frames


def count(dataset: FileDataset) -> int:
    """Number of Frames, which is often absent."""
    return int(dataset.get("NumberOfFrames", 1) or 1)


def widened(frame: bytes, bits: int, stored: int, dataset: FileDataset) -> bytes:
    """Cells of a decoder in as many bytes as the object allocates, with their sign above the bits of the stream."""
    values = np.frombuffer(frame, f"<u{bits // 8}").astype(np.int64) & ((1 << stored) - 1)
    if dataset.PixelRepresentation == 1:
        values = np.where(values >> (stored - 1) & 1, values - (1 << stored), values)
    return (values & ((1 << dataset.BitsAllocated) - 1)).astype(f"<u{dataset.BitsAllocated // 8}").tobytes()


def decoded(dataset: FileDataset) -> list[bytes]:
    """The frames of encapsulated pixels, by pydicom's decoders."""
    decoder = get_decoder(dataset.file_meta.TransferSyntaxUID)
    frames = []
    for index in range(count(dataset)):
        buffer, described = decoder.as_buffer(dataset, index=index, raw=True)
        frame = bytes(buffer)
        size = dataset.Rows * dataset.Columns * described["samples_per_pixel"] * described["bits_allocated"] // 8
        frame = frame[:size]
        if described["samples_per_pixel"] > 1 and described["planar_configuration"] == 1:
            frame = interleaved(frame, described["samples_per_pixel"], described["bits_allocated"] // 8)
        bits = precision(dataset, index, described["bits_allocated"])
        if bits != dataset.BitsAllocated:
            frame = widened(frame, described["bits_allocated"], bits, dataset)
        frames.append(frame)
    return frames


def precision(dataset: FileDataset, index: int, allocated: int) -> int:
    """Bits that the stream of a frame has; above them pydicom leaves what the decoder gave."""
    if dataset.file_meta.TransferSyntaxUID not in JPEG_2000:
        return allocated
    return get_j2k_parameters(get_frame(dataset.PixelData, index, number_of_frames=count(dataset)))["precision"]


def cells(dataset: FileDataset) -> list[bytes]:
    """All frames."""
    return decoded(dataset) if dataset.file_meta.TransferSyntaxUID.is_encapsulated else native(dataset)


def has_bits_above_stored(dataset: FileDataset, frames: list[bytes]) -> bool:
    """Whether any cell has more in its upper bits than zeros or its sign."""
    stored = dataset.BitsStored
    for frame in frames:
        values = np.frombuffer(frame, f"<u{dataset.BitsAllocated // 8}").astype(np.int64)
        above = values >> stored
        expected = np.zeros_like(above)
        if dataset.PixelRepresentation == 1:
            expected = np.where(values >> (stored - 1) & 1, (1 << (dataset.BitsAllocated - stored)) - 1, 0)
        if (above != expected).any():
            return True
    return False

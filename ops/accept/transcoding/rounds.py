"""One image through every codec and back."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pydicom
from corpora.elements import encoding, pieces
from pydicom.dataset import Dataset, FileDataset

from .cells import cells, count, has_bits_above_stored, little_endian
from .elements import different, same_items

CODECS = {
    "jpeg-lossless": "1.2.840.10008.1.2.4.70",
    "jpeg-ls": "1.2.840.10008.1.2.4.80",
    "jpeg-2000": "1.2.840.10008.1.2.4.90",
    "rle": "1.2.840.10008.1.2.5",
}
NATIVE = {"explicit": "1.2.840.10008.1.2.1", "implicit": "1.2.840.10008.1.2"}
PRIVATE_GE = "1.2.840.113619.5.2"
LOSSY = {f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 81, 91)}
DECODABLE = LOSSY | set(CODECS.values()) | {"1.2.840.10008.1.2.4.57"}
# Elements that say how the pixels are written. What changes among them must be declared.
DESCRIPTION = {"PhotometricInterpretation", "PlanarConfiguration", "LossyImageCompression"}
RECORD = "OriginalAttributesSequence"
# Retired, and no longer true once the object is written in another way.
LENGTH_TO_END = 0x00080001
PIXEL_GROUP = 0x7FE0
# The codec of JPEG 2000 has room for four bytes a pixel: colour of 16 bits that does not become smaller is refused.
REFUSED_BY_CODEC = ("jpeg-2000", 3, 16)
# A frame of fewer bytes is not compressed with JPEG 2000.
SMALLEST_JPEG_2000 = 1024


@dataclass
class Tally:
    """What happened, by codec, and what should not have."""

    counts: Counter = field(default_factory=Counter)
    frames: int = 0
    bytes: int = 0
    lengths: int = 0
    faults: list[str] = field(default_factory=list)


class Rounds:
    """Transcodes with the worker, judges with pydicom."""

    def __init__(self, worker: Path, folder: Path) -> None:
        self.worker, self.folder, self.tally = worker, folder, Tally()
        folder.mkdir(parents=True, exist_ok=True)

    def transcode(self, source: Path, target: str, *options: str) -> tuple[Path | None, dict, str]:
        """The new file and what was said of it; or no file, and the code of the refusal."""
        output = self.folder / f"{target}.dcm"
        output.unlink(missing_ok=True)
        command = [str(self.worker), "transcode", "--json", "--to", target, *options, str(source), str(output)]
        process = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
        if process.returncode == 0:
            return output, json.loads(process.stdout), ""
        said = process.stderr.removeprefix(f"{source}: ")
        if process.returncode != 1 or output.exists() or any(self.folder.glob("*.part")):
            self.tally.faults.append(f"{source.name} to {target}: exit status {process.returncode}, or a file left behind: {said}")
        return None, {}, said.split(":")[0].strip()

    def run(self, name: str, source: Path) -> None:
        """All of one image."""
        dataset = read(source)
        self.dataset, self.name = dataset, name
        syntax = dataset.file_meta.TransferSyntaxUID
        try:
            original = cells(dataset) if self.is_known(syntax) else None
        except Exception as error:  # whatever pydicom's decoders throw, they do not read it
            original = None
            self.tally.counts[f"pydicom does not decode ({type(error).__name__})"] += 1
        for target in CODECS | NATIVE:
            self.there_and_back(source, target, original)
        if syntax in LOSSY:
            self.decompress(source)

    def is_known(self, syntax: str) -> bool:
        """Whether the cells can be told: of 8 bits or more, and not sharing chrominance."""
        described = self.dataset.get("BitsAllocated", 0) in (8, 16, 32) and "_42" not in self.dataset.get("PhotometricInterpretation", "")
        return described and (not pydicom.uid.UID(syntax).is_encapsulated or syntax in DECODABLE)

    def there_and_back(self, source: Path, target: str, original: list[bytes] | None) -> None:
        """To a codec, and from it to native pixels; cells are compared at both ends."""
        there, said, refusal = self.transcode(source, target)
        if there is None:
            self.judge_refusal(target, refusal, original)
            return
        if target in NATIVE and not self.dataset.file_meta.TransferSyntaxUID.is_encapsulated:
            self.compare_values(read(source), pydicom.dcmread(there), target)
            return self.same(source, there, target, said, original)
        if original is None:
            self.tally.faults.append(f"{self.name} to {target}: transcoded, though pydicom cannot tell its cells")
            return None
        self.same(source, there, target, said, original)
        if target in NATIVE:
            return None
        kept = there.rename(self.folder / "there.dcm")
        back, said, refusal = self.transcode(kept, "explicit")
        if back is None:
            self.tally.faults.append(f"{self.name} from {target}: {refusal}")
        else:
            self.same(kept, back, f"{target} and back", said, original)
        return None

    def same(self, source: Path, made: Path, label: str, said: dict, original: list[bytes] | None) -> None:
        """Cells equal in all bits; elements equal but for what was declared."""
        before, after = read(source), pydicom.dcmread(made)
        expected = (CODECS | NATIVE).get(label, NATIVE["explicit"])
        if after.file_meta.TransferSyntaxUID != expected:
            self.tally.faults.append(f"{self.name} to {label}: written as {after.file_meta.TransferSyntaxUID}")
        if original is not None and cells(after) != original:
            self.tally.faults.append(f"{self.name} to {label}: the cells differ")
        if not is_well_represented(before, after):
            self.tally.faults.append(f"{self.name} to {label}: the pixels are written as {after['PixelData'].VR}")
        declared = {change["keyword"] for change in said["changes"]}
        self.compare_elements(before, after, label, declared)
        self.compare_record(before, after, label, declared)
        self.compare_lengths(source, made, before, after, label)
        self.tally.counts[label] += 1
        self.tally.frames += len(original or [])
        self.tally.bytes += sum(map(len, original or []))

    def compare_elements(self, before: FileDataset, after: FileDataset, label: str, declared: set[str]) -> None:
        """Every element, those of items included."""
        for tag in different(before, after):
            keyword = pydicom.datadict.keyword_for_tag(tag)
            if keyword == RECORD or tag == LENGTH_TO_END:
                continue
            if keyword not in declared or keyword not in DESCRIPTION:
                self.tally.faults.append(f"{self.name} to {label}: {tag} {keyword} changed, undeclared")

    def compare_values(self, before: FileDataset, after: FileDataset, label: str) -> None:
        """Native pixels that stay native: every byte, also of cells that cannot be told and behind the last frame."""
        value = little_endian(before)
        if little_endian(after) != value + bytes(len(value) % 2):
            self.tally.faults.append(f"{self.name} to {label}: the bytes of the pixels differ")

    def compare_record(self, before: FileDataset, after: FileDataset, label: str, declared: set[str]) -> None:
        """Original Attributes Sequence: the items that were there, and one more of all that was declared, as it was (PS3.3 §C.12.1.1.9)."""
        old, new = (list(dataset.get(RECORD) or []) for dataset in (before, after))
        if not same_items(old, new[: len(old)], before.file_meta, after.file_meta):
            self.tally.faults.append(f"{self.name} to {label}: former items of Original Attributes Sequence changed")
        added = new[len(old) :]
        if len(added) != bool(declared):
            self.tally.faults.append(f"{self.name} to {label}: {len(added)} new items of Original Attributes Sequence for {sorted(declared)}")
        for item in added:
            wrong = sorted(keyword for keyword in declared if not is_recorded(item, keyword, before))
            if wrong:
                self.tally.faults.append(f"{self.name} to {label}: Original Attributes do not say what {wrong} were")

    def compare_lengths(self, source: Path, made: Path, before: FileDataset, after: FileDataset, label: str) -> None:
        """Group lengths that were true (PS3.5 §7.2) are true again, and none is gone but that of the pixels (docs/conformance.md)."""
        if not any(tag.element == 0 for tag in before.keys()):
            return
        were, are = (group_lengths(path, dataset) for path, dataset in ((source, before), (made, after)))
        for group, (said, true) in were.items():
            self.tally.lengths += 1
            if group not in are and group == PIXEL_GROUP:
                continue
            if group not in are:
                self.tally.faults.append(f"{self.name} to {label}: the length of group {group:04X} is gone")
            elif said == true and are[group][0] != are[group][1]:
                self.tally.faults.append(f"{self.name} to {label}: the length of group {group:04X} says {are[group][0]} of {are[group][1]}")

    def judge_refusal(self, target: str, code: str, original: list[bytes] | None) -> None:
        """A refusal must be right, as pydicom sees it."""
        self.tally.counts[f"{target}: refused, {code}"] += 1
        dataset, syntax = self.dataset, self.dataset.file_meta.TransferSyntaxUID
        if code == "bits-above-stored":
            right = original is not None and has_bits_above_stored(dataset, original)
        elif code == "lossy-source":
            right = syntax in LOSSY
        elif code == "no-pixels":
            right = "PixelData" not in dataset
        elif code == "codec-failed":
            right = (target, dataset.SamplesPerPixel, dataset.BitsAllocated) == REFUSED_BY_CODEC
        elif code == "unsupported":
            right = original is None or self.is_unsupported(target)
        else:
            right = original is None or (code == "malformed-pixels" and self.has_more_than_frames())
        if not right:
            self.tally.faults.append(f"{self.name} to {target}: refused as {code}, which it is not")

    def has_more_than_frames(self) -> bool:
        """Whether more bytes follow the native frames than the one that makes them even."""
        dataset = self.dataset
        size = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated // 8 * count(dataset)
        return not dataset["PixelData"].is_undefined_length and len(dataset.PixelData) > size + size % 2

    def is_unsupported(self, target: str) -> bool:
        """What docs/conformance.md says is not compressed."""
        dataset = self.dataset
        size = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated // 8
        kinds = {"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_RCT"}
        return (
            (dataset.BitsAllocated == 32 and target != "rle")
            or (target == "jpeg-2000" and size < SMALLEST_JPEG_2000)
            or dataset.HighBit != dataset.BitsStored - 1
            or dataset.PhotometricInterpretation not in kinds
        )

    def is_decodable(self) -> bool:
        """Whether pydicom's decoders read the pixels."""
        try:
            return self.dataset.pixel_array.size > 0
        except Exception:  # whatever pydicom's decoders throw, they do not read it
            return False

    def decompress(self, source: Path) -> None:
        """Lossy pixels on demand: declared as lossy, and what pydicom's decoder sees but for rounding."""
        made, said, refusal = self.transcode(source, "explicit", "--decompress-lossy")
        if made is None:
            self.tally.counts[f"lossy: refused, {refusal}"] += 1
            if self.is_decodable():
                self.tally.faults.append(f"{self.name}: not decompressed though pydicom does it: {refusal}")
            return
        after = pydicom.dcmread(made)
        declared = {change["keyword"] for change in said["changes"]}
        self.compare_elements(read(source), after, "lossy", declared)
        self.compare_record(read(source), after, "lossy", declared)
        if after.get("LossyImageCompression") != "01":
            self.tally.faults.append(f"{self.name}: decompressed, and not declared as lossy")
        try:
            expected = self.dataset.pixel_array.astype(np.int64)
        except Exception:  # pydicom's decoders do not read it
            self.tally.counts["lossy: decompressed, pydicom cannot compare"] += 1
            return
        difference = float(np.abs(after.pixel_array.astype(np.int64) - expected).mean())
        self.tally.counts["lossy: decompressed"] += 1
        if difference > 1.5:
            self.tally.faults.append(f"{self.name}: decompressed cells differ from pydicom's by {difference:.2f} on average")


def read(path: Path) -> FileDataset:
    """The object in the transfer syntax that it has: pixels with a length are native whatever the meta header says (PS3.5 §A.4)."""
    dataset = pydicom.dcmread(path)
    if dataset.file_meta.TransferSyntaxUID == PRIVATE_GE:
        # As the default syntax, but for the byte order of pixels: 16 bits in all that is made here.
        dataset.PixelData = np.frombuffer(dataset.PixelData, ">u2").astype("<u2").tobytes()
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(NATIVE["implicit"])
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated and "PixelData" in dataset and not dataset["PixelData"].is_undefined_length:
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(NATIVE["explicit"])
    return dataset


def is_well_represented(before: FileDataset, after: FileDataset) -> bool:
    """Whether native cells of more than 8 bits are OW (PS3.5 §A.2), or what they were as native ones."""
    was, pixels = before["PixelData"], after["PixelData"]
    is_kept = was.VR == pixels.VR and not was.is_undefined_length
    return pixels.is_undefined_length or after.BitsAllocated <= 8 or pixels.VR == "OW" or is_kept


def is_recorded(item: Dataset, keyword: str, before: FileDataset) -> bool:
    """Whether an item of Original Attributes Sequence says what an attribute was: without a value where it was absent or does not conform."""
    modified = item.ModifiedAttributesSequence[0]
    if keyword not in modified:
        return False
    was = before.get(keyword)
    return (modified[keyword].value or None) == (was or None) or "NonconformingModifiedAttributesSequence" in item


def group_lengths(path: Path, dataset: FileDataset) -> dict[int, tuple[int, int]]:
    """What the length of each group says, and what it would have to say."""
    syntax = dataset.file_meta.TransferSyntaxUID
    order = "little" if encoding(syntax)[1] else "big"
    sizes: dict[int, int] = {}
    said: dict[int, int] = {}
    for piece in pieces(path, syntax).elements:
        if piece.group == 0:
            # Zeros behind the last element are none.
            continue
        if piece.tag & 0xFFFF == 0:
            said[piece.group] = int.from_bytes(piece.content[-4:], order)
        else:
            sizes[piece.group] = sizes.get(piece.group, 0) + len(piece.content)
    return {group: (length, sizes.get(group, 0)) for group, length in said.items()}

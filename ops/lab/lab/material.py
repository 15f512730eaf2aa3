"""What the hospital's objects are made of: the real DICOM files in the pydicom wheel, and CT slices of 512 × 512 × 16.

A material is one file of the wheel, or a slice drawn here. Its pixels are varied for each instance (see `pixels.py`), in its
own transfer syntax, so that no two instances share them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

import pydicom

WHEEL = os.path.join(os.path.dirname(pydicom.__file__), "data", "test_files")


@dataclass(frozen=True)
class Material:
    """A file of the wheel, and the modality of a study made of it."""

    file: str
    modality: str


def _many(modality: str, names: str, suffix: str = ".dcm") -> dict[str, Material]:
    return {name: Material(name + suffix, modality) for name in names.split()}


MATERIALS: dict[str, Material] = {
    "ct512": Material("CT_small.dcm", "CT"),
    "ct512-implicit": Material("CT_small.dcm", "CT"),
    **_many("CT", "CT_small 693_J2KI J2K_pixelrep_mismatch"),
    **_many("MR", "MR_small MR_small_RLE MR_small_bigendian MR_small_expb MR_small_implicit MR_small_jp2klossless"
                  " MR_small_jpeg_ls_lossless MR_small_padded examples_overlay"),
    **_many("US", "ExplVR_BigEnd examples_jpeg2k examples_palette examples_rgb_color examples_ybr_color"),
    **_many("NM", "JPEG2000 JPGExtended"),
    **_many("SEG", "liver_1frame liver_expb_1frame"),
    **_many("SR", "reportsi reportsi_with_empty_number_tags test-SR"),
    **_many("ECG", "waveform_ecg"),
    **_many("RTDOSE", "rtdose rtdose_1frame rtdose_expb rtdose_expb_1frame"),
    **_many("RTPLAN", "rtplan"),
    **_many("RTSTRUCT", "rtstruct"),
    **_many("OT", "GDCMJ2K_TextGBR JPEGLSNearLossless_08 JPEGLSNearLossless_16 SC_jpeg_no_color_transform"
                  " SC_rgb_dcmtk_+eb+cy+n1 SC_rgb_dcmtk_+eb+cy+s4 SC_rgb_gdcm_KY SC_rgb_jls_lossy_line SC_rgb_jls_lossy_sample"
                  " SC_rgb_jpeg_dcmtk SC_rgb_jpeg_gdcm SC_rgb_rle SC_rgb_rle_16bit SC_rgb_rle_16bit_2frame SC_rgb_rle_2frame"
                  " SC_rgb_small_odd SC_rgb_small_odd_big_endian SC_rgb_small_odd_jpeg SC_ybr_full_422_uncompressed image_dfl"),
    **{f"MR16-{n}": Material(f"dicomdirtests/98892003/{n}", "MR") for n in ("MR700/4467", "MR2/15970", "MR1/15820")},
    **{f"CT16-{n}": Material(f"dicomdirtests/{n}", "CT") for n in ("77654033/CT2/17106", "98892001/CT5N/2062")},
    **{f"CR16-{n}": Material(f"dicomdirtests/77654033/{n}", "CR") for n in ("CR1/6154", "CR2/6247", "CR3/6278")},
}

# Files of the wheel that are DICOM files with a preamble but hold no object: no SOP Instance UID anywhere.
NO_OBJECTS = ["UN_sequence.dcm", "priv_SQ.dcm", "nested_priv_SQ.dcm", "no_meta_group_length.dcm"]


@lru_cache(maxsize=None)
def wheel_bytes(name: str) -> bytes:
    """The bytes of a file of the wheel's test folder."""
    with open(os.path.join(WHEEL, name), "rb") as file:
        return file.read()

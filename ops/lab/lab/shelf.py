"""What stands on the shelves: the discs of the full and of the small hospital, and which studies are on each.

A study is written as `scenario recipe`; scenarios are the functions of `scenarios.py`, recipes the series below. Studies lie
on a disc in the order in which they are written here.
"""

from __future__ import annotations

from dataclasses import dataclass

# A recipe: one word for each series, material and number of instances.
RECIPES: dict[str, str] = {
    "ct": "ct512*14",
    "ct-long": "ct512*20",
    "ct-short": "ct512*4",
    "ct-implicit": "ct512-implicit*10",
    "ct-report": "ct512*10 test-SR*1",
    "ct-segmented": "ct512*6 liver_1frame*1 liver_expb_1frame*1",
    "ct-j2k": "J2K_pixelrep_mismatch*3 693_J2KI*3",
    "ct-small": "CT_small*12 CT16-98892001/CT5N/2062*8",
    "ct-old": "CT16-77654033/CT2/17106*8 CT16-98892001/CT5N/2062*8",
    "mr": "MR_small*14 MR_small_implicit*12",
    "mr-short": "MR_small*4 MR_small_implicit*3",
    "mr-rle": "MR_small_RLE*18",
    "mr-big": "MR_small_bigendian*8 MR_small_expb*7",
    "mr-jls": "MR_small_jpeg_ls_lossless*9 MR_small_jp2klossless*6",
    "mr-mixed": "MR_small_RLE*2 MR_small_bigendian*2 MR_small_jpeg_ls_lossless*2 MR_small_jp2klossless*2",
    "mr-old": "MR16-MR700/4467*9 MR16-MR2/15970*9 MR16-MR1/15820*4",
    "mr-overlay": "examples_overlay*2 MR_small_padded*10",
    "us": "examples_rgb_color*2 examples_palette*1",
    "us-j2k": "examples_jpeg2k*1 ExplVR_BigEnd*3",
    "us-loop": "examples_ybr_color*2",
    "cr": "CR16-CR1/6154*1 CR16-CR2/6247*1 CR16-CR3/6278*1",
    "nm": "JPEG2000*2 JPGExtended*2",
    "rt": "rtplan*1 rtstruct*1 rtdose*2 rtdose_1frame*2",
    "rt-big": "rtplan*1 rtdose_expb*2 rtdose_expb_1frame*2",
    "ecg": "waveform_ecg*1",
    "sr": "reportsi*1 reportsi_with_empty_number_tags*1",
    "sc": "SC_rgb_rle*2 SC_rgb_rle_16bit*2 SC_rgb_rle_16bit_2frame*1 SC_rgb_rle_2frame*1 SC_ybr_full_422_uncompressed*1",
    "sc-jpeg": "SC_rgb_dcmtk_+eb+cy+n1*1 SC_rgb_dcmtk_+eb+cy+s4*1 SC_rgb_jpeg_dcmtk*1 SC_rgb_jpeg_gdcm*2"
               " SC_jpeg_no_color_transform*1 SC_rgb_small_odd_jpeg*1",
    "sc-jls": "JPEGLSNearLossless_08*2 JPEGLSNearLossless_16*1 SC_rgb_jls_lossy_line*1 SC_rgb_jls_lossy_sample*1",
    "sc-other": "SC_rgb_gdcm_KY*1 GDCMJ2K_TextGBR*1 SC_rgb_small_odd*1 SC_rgb_small_odd_big_endian*1 image_dfl*2",
}


@dataclass(frozen=True)
class Sleeve:
    """A disc as it is described here. `studies` is a text of `scenario recipe` pairs, one a line, `× n` for several."""

    label: str
    years: tuple[int, int]
    layout: str
    studies: str
    shelf: str
    rock_ridge: bool = True
    joliet: bool = True
    dicomdir: str = "none"
    sessions: int = 1
    copy_of: str = ""
    cut: bool = False
    dates_on_sleeve: bool = True
    without_preamble: int = 0
    """So many files of the disc have neither preamble nor meta information."""
    no_objects: int = 0
    """So many files of the disc are DICOM files without an object."""


FULL: list[Sleeve] = [
    Sleeve("1998-CT-001", (1998, 1998), "pdi", dicomdir="good", shelf="A1", studies="""
        matched ct × 3
        matched ct-small × 2
        matched ct-old × 2
        several_orders ct-implicit
        no_order ct-old × 2
        unknown_patient ct-small
        cancelled_and_completed ct-short"""),
    Sleeve("1998-CT-002", (1998, 1999), "deep", shelf="A1", no_objects=2, studies="""
        matched ct × 2
        matched ct-report × 2
        lost_zeros ct-short
        another_patients_id ct-short
        character_set ct-short × 2
        no_order ct-small
        matched ct-old × 2"""),
    Sleeve("1999-CT-003", (1999, 1999), "uids", dicomdir="stale", shelf="A2", studies="""
        matched ct × 3
        uncorroborated ct-short × 2
        file_cut ct-short
        competing ct-short
        blank_id ct-short
        several_orders ct-small
        matched ct-implicit
        cancelled_only ct-old"""),
    Sleeve("1999-MR-001", (1999, 1999), "pdi", dicomdir="good", sessions=2, shelf="B1", studies="""
        matched mr × 4
        matched mr-rle × 2
        competing mr-short
        no_order mr-old
        matched mr-overlay
        unknown_patient mr-short"""),
    Sleeve("1999-MR-002", (1999, 2000), "deep", joliet=False, without_preamble=9, shelf="B1", studies="""
        matched mr × 3
        matched mr-big × 2
        matched mr-jls × 2
        lost_zeros mr-short
        no_order_contradicted mr-short
        several_orders mr-old
        cancelled_only mr-short
        uncorroborated mr-short"""),
    Sleeve("2000-MR-003", (2000, 2000), "flat", shelf="B2", studies="""
        matched mr × 3
        spanning mr 2000-MR-004
        matched mr-old × 2
        matched mr-overlay
        study_date_missing mr-short
        matched mr-rle × 2
        another_patients_id mr-short"""),
    Sleeve("2000-MR-004", (2000, 2000), "pdi", dicomdir="good", shelf="B2", studies="""
        matched mr-big × 3
        matched mr-jls × 2
        matched mr-mixed × 2
        no_order mr-old
        blank_id mr-mixed
        accession_of_two mr-short"""),
    Sleeve("2000-US-001", (2000, 2000), "deep", rock_ridge=False, shelf="C1", no_objects=1, studies="""
        matched us × 2
        matched us-j2k × 3
        matched us-loop × 2
        several_orders us-loop
        no_order us-j2k
        unknown_patient us-j2k"""),
    Sleeve("2000-CR-001", (2000, 2001), "flat", rock_ridge=False, joliet=False, shelf="C1", studies="""
        matched cr × 12
        several_orders cr × 3
        no_order cr
        lost_zeros cr
        cancelled_and_completed cr × 2
        matched sc
        matched sc-jpeg"""),
    Sleeve("2001-CT-004", (2001, 2001), "pdi", dicomdir="good", shelf="A3", studies="""
        matched ct × 3
        matched ct-j2k × 2
        no_order ct-small
        another_patients_id ct-short
        matched ct-segmented"""),
    Sleeve("2001-CT-004-B", (2001, 2001), "pdi", dicomdir="good", copy_of="2001-CT-004", shelf="Z9", studies=""),
    Sleeve("2001-CT-005", (2001, 2001), "uids", dicomdir="stale", cut=True, shelf="A3", studies="""
        matched ct × 3
        matched ct-implicit
        incomplete ct
        lost ct-short × 2"""),
    Sleeve("2001-MX-001", (2001, 2002), "deep", dates_on_sleeve=False, without_preamble=3, no_objects=1, shelf="D1", studies="""
        matched rt × 2
        matched rt-big
        matched nm × 2
        matched ecg
        matched sr × 2
        matched sc-jls × 2
        matched sc-other × 2
        no_order_contradicted sc-jls
        same_study_conflict mr-short 2002-CT-006
        two_studies_conflict mr-short 2002-CT-006
        competing_across mr-mixed 2002-CT-006
        blank_id nm"""),
    Sleeve("2002-CT-006", (2002, 2002), "flat", dates_on_sleeve=False, shelf="A4", studies="""
        matched ct-long × 3
        matched ct-report × 2
        matched ct-j2k
        cancelled_only ct-small
        unknown_patient ct-short
        another_patients_id ct-old"""),
]

SMALL: list[Sleeve] = [
    Sleeve("2000-CT-001", (2000, 2000), "pdi", dicomdir="stale", shelf="A1", no_objects=1, studies="""
        matched ct-short × 2
        several_orders mr-mixed
        blank_id cr
        uncorroborated mr-mixed
        competing cr
        character_set cr
        spanning mr-short 2001-MR-001"""),
    Sleeve("2000-CT-001-B", (2000, 2000), "pdi", dicomdir="stale", copy_of="2000-CT-001", shelf="Z9", studies=""),
    Sleeve("2001-MR-001", (2001, 2001), "deep", sessions=2, without_preamble=2, dates_on_sleeve=False, shelf="A1", studies="""
        matched mr-mixed
        no_order us-j2k
        lost_zeros cr
        another_patients_id cr
        same_study_conflict mr-short 2001-CT-002
        cancelled_and_completed sc-jpeg
        matched rt"""),
    Sleeve("2001-CT-002", (2001, 2001), "uids", cut=True, dates_on_sleeve=False, shelf="A2", studies="""
        unknown_patient cr
        matched sc-other
        cancelled_only cr
        incomplete ct-short
        lost ct-short"""),
]

# So much on so few studies that a small spool cannot hold it.
CROWDED: list[Sleeve] = [
    Sleeve(f"2003-CT-00{number}", (2003, 2003), "flat", shelf="A5", studies="matched ct-short × 4") for number in range(1, 5)]

SIZES = {"full": FULL, "small": SMALL, "crowded": CROWDED}

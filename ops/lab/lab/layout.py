"""How the machines of the time named folders and files."""

from __future__ import annotations

from collections.abc import Callable

from .model import Instance, Study

Layout = Callable[[int, Study, Instance, int], str]
"""Number of the study on the disc, study, instance, number of the file on the disc → path."""


def pdi(number: int, study: Study, instance: Instance, file: int) -> str:
    """Eight characters at most and no extension, as a DICOMDIR requires (PS3.12 annex F)."""
    return f"DICOM/PT{number:06}/SE{instance.series_number:06}/IM{instance.number:06}"


def uids(number: int, study: Study, instance: Instance, file: int) -> str:
    """Named by UIDs."""
    return f"archive/{study.uid}/{instance.sop_instance_uid}.dcm"


def flat(number: int, study: Study, instance: Instance, file: int) -> str:
    """A counter, whatever the study."""
    return f"IMAGES/{file // 100:03}/{file:08}.IMG"


def deep(number: int, study: Study, instance: Instance, file: int) -> str:
    """Folders within folders, named by people; names that end in a dot, hold several, or lie about what is in the file."""
    person = [part for part in study.patient.full_name.split("=") if part][-1].replace("^", " ")
    odd = ["image no. {0}.dcm", "그림 {0}", "{0}.jpg", "IM.{0}.1.2.3", "{0} (copy)", "#{0};x.txt", "äöü-{0}.DCM"][instance.number % 7]
    folder = f"export/{study.header.study_date or 'no date'}/{person}/{study.modality}/it's here/a/b/c/d/series {instance.series_number}"
    return f"{folder}.{number}/{odd.format(instance.number)}"


LAYOUTS: dict[str, Layout] = {"pdi": pdi, "uids": uids, "flat": flat, "deep": deep}

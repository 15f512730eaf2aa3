"""The check of accept-outbound can fail: it finds what was planted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from merges.material import Study  # noqa: E402
from orders.hospital import Patient  # noqa: E402
from outbound import scenes  # noqa: E402
from outbound.archive import Image  # noqa: E402
from outbound.receiver import Heard  # noqa: E402
from outbound.site import Site  # noqa: E402

PATIENTS = [Patient(f"P{index}", f"KIM^MINSU{index}=金^民秀=김^민수", "19500312", "M") for index in range(4)]
STUDIES = [Study(f"1.{index}", "DISC1", patient, f"A{index}", "20030110") for index, patient in enumerate(PATIENTS)]
LATE, REFUSED = STUDIES[2], "UX1"


class Played(Site):
    """A site after its run, in which all went well: one study has an order of its own, one got one late, one order was refused once."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.discs = SimpleNamespace(studies=STUDIES, patients=PATIENTS[3:])
        images = [Image(study.uid, self.number(study), study.patient.number, study.patient.name, 10.0) for study in STUDIES for _ in study.instances]
        self.pacs = SimpleNamespace(images=images)
        self.heard = [
            self.told(0, "1", 0), self.told(1, "1", 0), self.told(1, "1", 2.0), self.told(2, "1", 3.0),
            replace(self.told(2, "2", 4.0), number="CA"), self.told(0, "2", 5.0)]

    @staticmethod
    def number(study: Study) -> str:
        """The accession number under which a study was sent."""
        return study.accession if study is LATE or study is STUDIES[3] else f"UX{STUDIES.index(study) + 1}"

    @staticmethod
    def told(index: int, count: str, acknowledged: float) -> Heard:
        """A message about a study's order."""
        study, accession = STUDIES[index], f"UX{index + 1}"
        return Heard("NW", f"{accession}-{count}", accession, study.uid, study.patient.number, study.patient.name, f"{accession} {count}", acknowledged)

    def judged(self) -> list[str]:
        """What the check finds."""
        scenes._judge(self, self.heard, REFUSED)
        return self.faults


@pytest.fixture(autouse=True)
def one_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last of the patients has orders of his own."""
    monkeypatch.setattr("outbound.site.MATCHED", 1)


def test_nothing_is_found_where_all_went_well() -> None:
    assert Played().judged() == []


def early(site: Played) -> None:
    site.pacs.images[3] = replace(site.pacs.images[3], moment=1.0)


def other_number(site: Played) -> None:
    site.pacs.images[0] = replace(site.pacs.images[0], accession="UX9")


def missing_image(site: Played) -> None:
    del site.pacs.images[0]


def second_order(site: Played) -> None:
    site.heard.append(replace(site.told(1, "2", 6.0), accession="UX9", control="UX9-1", text="UX9"))


def no_order(site: Played) -> None:
    del site.heard[1:3]


def other_bytes(site: Played) -> None:
    site.heard[1] = replace(site.heard[1], text="otherwise")


def out_of_order(site: Played) -> None:
    site.heard.insert(4, replace(site.heard[1]))


def no_cancel(site: Played) -> None:
    site.heard[4] = replace(site.heard[4], acknowledged=0)


def other_patient(site: Played) -> None:
    site.heard[2] = replace(site.heard[2], name="LEE^YOUNGHEE")


PLANTED = [early, other_number, missing_image, second_order, no_order, other_bytes, out_of_order, no_cancel, other_patient]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_found(plant: Callable[[Played], None]) -> None:
    site = Played()
    plant(site)
    assert site.judged()

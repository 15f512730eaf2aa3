"""The matching rules of the migration, as few lines as they can be written in: a second opinion on the lab's truth.

It looks at all studies at once, as if every disc had been read.
"""

from __future__ import annotations

from collections import Counter

from lab.builder import HOSPITAL_CODES
from lab.material import MATERIALS
from lab.model import Order, Study

CODES = {code: modality for modality, code in HOSPITAL_CODES.items()}


def candidates(study: Study, orders: list[Order]) -> list[Order]:
    """The orders of that patient, day and modality that were not cancelled."""
    modalities = {MATERIALS[instance.material].modality for instance in study.instances}
    return [order for order in orders
            if order.patient_id == study.header.patient_id and order.exam_date == study.header.study_date
            and CODES.get(order.modality, order.modality) in modalities and order.status != "cancelled"
            and (not order.issuer or not study.header.issuer or order.issuer == study.header.issuer)]


def contradicts(study: Study, order: Order) -> bool:
    """Whether birth date, sex or every spelling of the name that both give differ."""
    header = study.header
    if any(ours and theirs and ours != theirs for ours, theirs in ((header.birth_date, order.birth_date), (header.sex, order.sex))):
        return True
    ours, theirs = _spellings(header.patient_name or ""), _spellings(order.patient_name)
    shared = ours.keys() & theirs.keys()
    return bool(shared) and not any(ours[script] == theirs[script] for script in shared)


def outcome(study: Study, studies: list[Study], orders: list[Order]) -> tuple[str, str]:
    """The paper's outcome and the reason to hold the study ("" for none), files and policies left aside."""
    if not study.header.patient_id:
        return "patient level failed", "patient-id-blank"
    known = [order for order in orders if order.patient_id == study.header.patient_id]
    if not known:
        return "patient level failed", "patient-unknown"
    found = candidates(study, orders)
    if not found:
        return "exam level failed", "contradiction" if all(contradicts(study, order) for order in known) else ""
    if len(found) > 1:
        return "manual match", "several-orders"
    if sum(candidates(other, orders) == found for other in studies) > 1:
        return "manual match", "competing-studies"
    if contradicts(study, found[0]):
        return "manual match", "contradiction"
    owners = {order.patient_id for order in orders if order.accession_number == found[0].accession_number}
    return "matched", "accession-two-patients" if len(owners) > 1 else ""


def conflicting(studies: list[Study]) -> set[str]:
    """The studies that hold a SOP Instance UID of which there is more than one content."""
    contents = Counter(instance.sop_instance_uid for study in studies for instance in study.instances)
    return {study.uid for study in studies if any(contents[instance.sop_instance_uid] > 1 for instance in study.instances)}


def _spellings(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in filter(None, name.split("=")):
        letters = "".join(character for character in group.casefold() if character.isalnum())
        script = "latin" if all(ord(letter) < 0x250 for letter in letters) else \
            "han" if all(0x4E00 <= ord(letter) <= 0x9FFF for letter in letters) else "syllables"
        found[script] = letters
    return found

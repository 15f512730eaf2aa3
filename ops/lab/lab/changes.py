"""The changes that a study's objects must carry: what the order says, and Original Attributes (PS3.3 C.12.1.1.9) beside it."""

from __future__ import annotations

import re

from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset

from .elements import differences, same_value
from .naming import writable_name
from .records import Expectation

ORIGINAL_ATTRIBUTES = 0x04000561
MODIFIED_ATTRIBUTES = 0x04000550
PATIENT_ID, ISSUER_OF_PATIENT_ID, PATIENT_NAME = 0x00100020, 0x00100021, 0x00100010
ACCESSION_NUMBER = 0x00080050
UNSPECIFIED_ACCESSION = re.compile(r"UX\d{8}")

# Tag, and what truth.csv calls its value; an empty value there leaves the object's own.
IDENTITY = [(PATIENT_ID, "patient_id"), (ISSUER_OF_PATIENT_ID, "issuer"), (PATIENT_NAME, "patient_name"), (0x00100030, "birth_date"),
            (0x00100040, "sex"), (0x00321060, "requested_procedure_description")]
# Tag, keyword, and the value it must have (None: any but empty).
RECORD = [(0x04000562, "Attribute Modification DateTime", None), (0x04000563, "Modifying System", None),
          (0x04000565, "Reason for the Attribute Modification", "COERCE")]
SOURCE_OF_PREVIOUS_VALUES = 0x04000564


def text_of(ds: Dataset, tag: int) -> str | None:
    """A value as text without its padding; None where the element is absent."""
    if tag not in ds:
        return None
    value = ds[tag].value
    return "" if value is None else str(value).rstrip(" \0")


def wanted(original: Dataset, expectation: Expectation) -> dict[int, str]:
    """By tag: the values that the stored object must have, but for an accession number of the reserved range."""
    values = {tag: getattr(expectation, name) for tag, name in IDENTITY if getattr(expectation, name)}
    if PATIENT_NAME in values:
        values[PATIENT_NAME] = writable_name(values[PATIENT_NAME], _character_set(original))
    if not expectation.is_unspecified:
        values[ACCESSION_NUMBER] = expectation.accession_number
    return values


def check_values(original: Dataset, stored: Dataset, expectation: Expectation) -> tuple[set[int], list[tuple[str, str]]]:
    """The tags that may differ because they had to change, and what is wrong with their values (kind, text)."""
    wrong: list[tuple[str, str]] = []
    changed: set[int] = set()
    values = wanted(original, expectation)
    if expectation.is_unspecified:
        number = text_of(stored, ACCESSION_NUMBER) or ""
        changed.add(ACCESSION_NUMBER)
        if not UNSPECIFIED_ACCESSION.fullmatch(number):
            wrong.append(("accession number", f"is {number!r}, should be one of the reserved range UX########"))
    for tag, value in values.items():
        if text_of(original, tag) != value:
            changed.add(tag)
        if text_of(stored, tag) != value:
            kind = "accession number" if tag == ACCESSION_NUMBER else "identity"
            wrong.append((kind, f"{_name(tag)} is {text_of(stored, tag)!r}, should be {value!r}"))
    return changed, wrong


def check_record(original: Dataset, stored: Dataset, changed: set[int]) -> list[str]:
    """What is wrong with Original Attributes Sequence: older items stay, one new item holds what changed, as it was."""
    before = list(original.get(ORIGINAL_ATTRIBUTES).value) if ORIGINAL_ATTRIBUTES in original else []
    after = list(stored[ORIGINAL_ATTRIBUTES].value) if ORIGINAL_ATTRIBUTES in stored else []
    if not changed:
        return [] if len(after) == len(before) else ["Original Attributes Sequence grew although nothing changed"]
    if len(after) != len(before) + 1:
        return [f"Original Attributes Sequence has {len(after)} items, should have {len(before) + 1}"]
    added = [item for item in after if not any(not differences(item, old) for old in before)]
    if len(added) != 1:
        return ["an earlier item of Original Attributes Sequence was changed"]
    return _check_item(original, added[0], changed)


def _check_item(original: Dataset, item: Dataset, changed: set[int]) -> list[str]:
    wrong = [f"{name} is {text_of(item, tag)!r}" for tag, name, value in RECORD
             if not text_of(item, tag) or value not in (None, text_of(item, tag))]
    if SOURCE_OF_PREVIOUS_VALUES not in item:
        wrong.append("Source of Previous Values is absent")
    modified = item[MODIFIED_ATTRIBUTES].value if MODIFIED_ATTRIBUTES in item else []
    if len(modified) != 1:
        return [*wrong, f"Modified Attributes Sequence has {len(modified)} items, should have 1"]
    previous = modified[0]
    # The standard wants a coerced Patient ID together with its issuer.
    companions = {ISSUER_OF_PATIENT_ID} if PATIENT_ID in changed else set()
    recorded = {int(tag) for tag in previous.keys()}
    wrong += [f"{_name(tag)} changed, and Original Attributes does not say so" for tag in sorted(changed - recorded)]
    wrong += [f"Original Attributes says that {_name(tag)} changed, and it did not" for tag in sorted(recorded - changed - companions)]
    for tag in sorted(recorded & changed):
        if tag not in original:
            if text_of(previous, tag):
                wrong.append(f"{_name(tag)} was absent, Original Attributes says {text_of(previous, tag)!r}")
        elif not same_value(original, previous, tag):
            wrong.append(f"{_name(tag)} was {text_of(original, tag)!r}, Original Attributes says {text_of(previous, tag)!r}")
    return wrong


def _character_set(ds: Dataset) -> list[str]:
    value = ds.get("SpecificCharacterSet")
    if value is None:
        return []
    return [value] if isinstance(value, str) else [item or "" for item in value]


def _name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {keyword_for_tag(tag)}".rstrip()

"""A perfect migration, written in a few lines with pydicom and pynetdicom: what the check must find no fault with.

It reads the truth, which a migration may not. The tests of the check start from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom import AE, _config
from pynetdicom.association import Association

from .changes import ACCESSION_NUMBER, MODIFIED_ATTRIBUTES, ORIGINAL_ATTRIBUTES, text_of, wanted
from .comparing import read_object
from .ledger import CODES
from .records import Expectation, Place, Records, read_records

VRS = {0x00080050: "SH", 0x00100010: "PN", 0x00100020: "LO", 0x00100021: "LO", 0x00100030: "DA", 0x00100040: "CS", 0x00321060: "LO"}
# PS3.8 7.1.1.13: identifiers are odd and one octet, so that 128 contexts fit into an association.
MAXIMUM_CONTEXTS = 128
SUCCESS = 0x0000


def migrate(hospital: Path, host: str, port: int, aet: str, statements: Path) -> int:
    """Sends what should be sent, and writes studies.json and report.json; returns the number of instances sent."""
    records = read_records(hospital)
    numbers = {uid: f"UX{index:08}" for index, uid in enumerate(sorted(records.studies), 1)}
    sent = 0
    for batch in _batches(list(records.expected.values())):
        objects = [coerced(place, records, numbers[place.study_instance_uid]) for place in batch]
        association = _associate(objects, host, port, aet)
        for ds in objects:
            status = association.send_c_store(ds)
            if status.Status != SUCCESS:
                raise RuntimeError(f"{ds.SOPInstanceUID}: the PACS answers {status.Status:04X}")
            sent += 1
        association.release()
    state(records, statements)
    return sent


def coerced(place: Place, records: Records, unspecified: str) -> Dataset:
    """The object as it should arrive."""
    ds = read_object(place.read(records.discs))
    expectation = records.studies[place.study_instance_uid]
    values = wanted(ds, expectation)
    if expectation.is_unspecified:
        values[ACCESSION_NUMBER] = unspecified
    _apply(ds, {tag: value for tag, value in values.items() if text_of(ds, tag) != value})
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    return ds


def state(records: Records, folder: Path) -> None:
    """Writes what a coordinator would say of a perfect migration."""
    folder.mkdir(parents=True, exist_ok=True)
    studies = [_statement(expectation) for expectation in records.studies.values() if expectation.state != "absent"]
    unreadable = [{"medium": label, "path": path, "code": sorted(CODES[reason])[0]} for (label, path), reason in records.damage.items()]
    (folder / "studies.json").write_text(json.dumps({"studies": studies}))
    (folder / "report.json").write_text(json.dumps({"unreadableFiles": unreadable}))


def _statement(expectation: Expectation) -> dict[str, object]:
    return {"studyInstanceUID": expectation.study_instance_uid, "state": expectation.state, "outcome": expectation.outcome,
            "reason": expectation.reason or None, "verifiedCount": expectation.instances}


def _apply(ds: Dataset, changes: dict[int, str]) -> None:
    if not changes:
        return
    previous, item = Dataset(), Dataset()
    for tag, value in changes.items():
        previous[tag] = ds[tag] if tag in ds else DataElement(tag, VRS[tag], "")
        ds[tag] = DataElement(tag, VRS[tag], value)
    item[MODIFIED_ATTRIBUTES] = DataElement(MODIFIED_ATTRIBUTES, "SQ", Sequence([previous]))
    item.AttributeModificationDateTime = "20260101120000"
    item.ModifyingSystem = "Oracle"
    item.SourceOfPreviousValues = ""
    item.ReasonForTheAttributeModification = "COERCE"
    before = list(ds[ORIGINAL_ATTRIBUTES].value) if ORIGINAL_ATTRIBUTES in ds else []
    ds[ORIGINAL_ATTRIBUTES] = DataElement(ORIGINAL_ATTRIBUTES, "SQ", Sequence([*before, item]))


def _batches(places: list[Place]) -> Iterator[list[Place]]:
    # A batch never needs more contexts than an association has.
    for start in range(0, len(places), MAXIMUM_CONTEXTS):
        yield places[start:start + MAXIMUM_CONTEXTS]


def _associate(objects: list[Dataset], host: str, port: int, aet: str) -> Association:
    _config.STORE_SEND_CHUNKED_DATASET = False
    ae = AE("ORACLE")
    for pair in sorted({(str(ds.SOPClassUID), str(ds.file_meta.TransferSyntaxUID)) for ds in objects}):
        ae.add_requested_context(*pair)
    association = ae.associate(host, port, ae_title=aet)
    if not association.is_established:
        raise RuntimeError(f"{aet}@{host}:{port} accepts no association")
    return association

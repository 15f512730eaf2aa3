"""Profile reject-and-send-again: what the PACS has is rejected by a note (IHE IOCM), and the study comes under the present patient as other objects."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import KeyObjectSelectionDocumentStorage

from .material import Study
from .pacs import Filed
from .scenes import FIRST, Change, Middle, leave_object
from .site import Site

# What dsrdump says that it does not check.
OF_ITSELF = ("The VR checker does not support this Specific Character Set", "Check for template constraints not yet supported")
MOVING = ("rejecting", "sending")


def by_rejection(site: Site) -> None:
    """On approval, with the source at hand; the coordinator is killed, then both programs, while notes and studies are on their way."""
    middle = Middle(site)
    middle.run()
    strange = leave_object(site, middle.changes[1].sent)
    before = {change.sent.uid: _files(site, change.sent) for change in middle.changes}
    for change in middle.changes:
        site.coordinator.ask("corrections", "approve", change.sent.uid)
    site.serving.kill()
    site.serve()
    for change in middle.changes:
        site.expect("nothing is rejected before the study is at hand", _files(site, change.sent) == before[change.sent.uid])
    site.insert(FIRST)
    _kill_while(site, MOVING, with_worker=False)
    _kill_while(site, ("sending",), with_worker=True)
    site.await_("all are corrected", lambda: not site.corrections())
    site.await_verified(site.archive.studies)
    rows, studies = site.corrections("--all"), site.studies()
    for change in middle.changes:
        row = rows[change.sent.uid]
        new = row["rejection"]["studyInstanceUID"]
        site.expect("it is known as corrected, and who approved it", row["state"] == "corrected" and bool(row["approvedBy"]))
        site.expect("the lists name both UIDs", row["rejection"]["rejectedStudyInstanceUID"] == change.sent.uid != new)
        site.expect("so does the study", studies[change.sent.uid]["studyInstanceUIDAtDestination"] == new)
        _judge_old(site, change, before[change.sent.uid], row["rejection"]["noteInstanceUID"])
        _judge_new(site, change, new)
        site.expect_under(change.unsent, change.present)
    site.expect("another system's object was not touched", strange[1] in site.pacs.by_rest(middle.changes[1].sent)[0].instances)
    report = site.coordinator.ask("report", "--format", "csv")
    site.expect("the report names both UIDs", all(rows[change.sent.uid]["rejection"]["studyInstanceUID"] in report for change in middle.changes))
    print(f"  {len(middle.changes)} studies rejected by a note each, which names all {sum(len(c.sent.instances) for c in middle.changes)} objects, and sent again with "
          "new UIDs; the old objects lie there as they did", flush=True)


def _kill_while(site: Site, states: tuple[str, ...], *, with_worker: bool) -> None:
    """kill -9 while a correction is in one of these states."""
    site.await_(f"a correction is {' or '.join(states)}", lambda: any(row["state"] in states for row in site.corrections().values()))
    site.serving.kill()
    if with_worker:
        site.running.kill()
    site.serve()
    if with_worker:
        site.restart_worker()


def _files(site: Site, study: Study) -> dict[str, bytes]:
    return {key: content for filed in site.pacs.by_rest(study) for key, content in site.pacs.files(filed).items()}


def _judge_old(site: Site, change: Change, before: Mapping[str, bytes], told: str) -> None:
    """What was there is there, byte for byte, and one object more: the note, which names each of ours and nothing else."""
    study, after = change.sent, _files(site, change.sent)
    site.expect("what was sent is untouched", all(after.get(key) == content for key, content in before.items()))
    added = [content for key, content in after.items() if key not in before]
    site.expect(f"study {study.accession} has one note", len(added) == 1)
    site.expect("it lies under the former patient", [filed.patient for filed in site.pacs.by_rest(study)] == [change.former.number])
    for content in added:
        note = dcmread(BytesIO(content))
        title = note.ConceptNameCodeSequence[0]
        site.expect("it is a Key Object Selection", note.SOPClassUID == KeyObjectSelectionDocumentStorage and note.SOPInstanceUID == told)
        code = codes.cid7010.RejectedForPatientSafetyReasons
        site.expect("it rejects", (title.CodeValue, title.CodingSchemeDesignator, title.CodeMeaning) == (code.value, code.scheme_designator, code.meaning))
        site.expect("for the former patient", (note.PatientID, note.PatientName) == (change.former.number, change.former.name))
        site.expect("all that was sent, in its series", _evidence(note) == {(study.uid, _series(site, study), uid) for uid in study.instances})
        items = {item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for item in note.ContentSequence}
        site.expect("its tree names the same", items == study.instances)
        _dump(site, content)


def _series(site: Site, study: Study) -> str:
    return next(iter(site.archive.images(study).values())).SeriesInstanceUID


def _evidence(note: Dataset) -> set[tuple[str, str, str]]:
    return {(study.StudyInstanceUID, series.SeriesInstanceUID, item.ReferencedSOPInstanceUID) for study in note.CurrentRequestedProcedureEvidenceSequence
            for series in study.ReferencedSeriesSequence for item in series.ReferencedSOPSequence}


def _dump(site: Site, content: bytes) -> None:
    """DCMTK reads the note as a Key Object Selection Document, where DCMTK is there."""
    if (program := shutil.which("dsrdump")) is None:
        return
    path = site.archive.folder / "note.dcm"
    path.write_bytes(content)
    done = subprocess.run([program, "-v", str(path)], capture_output=True, text=True, check=False)
    site.expect("dsrdump reads it", done.returncode == 0 and "Rejected for Patient Safety Reasons" in done.stdout)
    remarks = [line for line in done.stderr.splitlines() if line.startswith(("W:", "E:")) and not any(word in line for word in OF_ITSELF)]
    site.expect(f"dsrdump has nothing against it: {remarks}", not remarks)


def _judge_new(site: Site, change: Change, uid: str) -> None:
    """The study's objects under the present patient, each with UIDs of its own, the pixels and all else as on the disc; references within the study follow."""
    found = site.pacs.under(uid)
    site.expect("what was sent again lies once", len(found) == 1)
    for filed in found:
        site.expect("under the present patient", (filed.patient, filed.name) == (change.present.number, change.present.name))
        site.expect("with its accession number", filed.accession == change.sent.accession)
        site.expect("whole, and with other UIDs", len(filed.instances) == len(change.sent.instances) and not filed.instances & change.sent.instances)
        _judge_objects(site, change, filed, uid)


def _judge_objects(site: Site, change: Change, filed: Filed, uid: str) -> None:
    stored = {image.InstanceNumber: image for image in site.pacs.objects(filed).values()}
    images = {image.InstanceNumber: image for image in site.archive.images(change.sent).values()}
    first = min(change.sent.instances)
    new = {image.SOPInstanceUID: stored[number].SOPInstanceUID for number, image in images.items() if number in stored}
    site.expect("one series", len({image.SeriesInstanceUID for image in stored.values()} - {_series(site, change.sent)}) == 1)
    for number, image in images.items():
        other = stored.get(number, Dataset())
        site.expect("the pixels are the disc's", other.get("PixelData") == image.PixelData)
        site.expect("it is of the new study, and its file says so", (other.StudyInstanceUID, other.file_meta.MediaStorageSOPInstanceUID) == (uid, other.SOPInstanceUID))
        references = [item.ReferencedSOPInstanceUID for item in other.ReferencedImageSequence]
        expected = [item.ReferencedSOPInstanceUID for item in image.ReferencedImageSequence]
        site.expect("a reference within the study follows, one to another study stays", references == [new.get(first), expected[1]] and expected[0] == first)
        originals = other.OriginalAttributesSequence[-1].ModifiedAttributesSequence[0]
        site.expect("it says what it was", (originals.SOPInstanceUID, originals.StudyInstanceUID) == (image.SOPInstanceUID, change.sent.uid))
        site.expect("and whose", originals.get("PatientID", image.PatientID) == image.PatientID and other.PatientID == change.present.number)

"""What Orthanc has, asked by REST and by C-FIND, and what its own people do there."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from io import BytesIO

from lab.orthanc import AE_TITLE, Orthanc
from orders.hospital import Patient
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as STUDY_ROOT

from .material import Study

PENDING = (0xFF00, 0xFF01)
REQUEST_SECONDS = 60


@dataclass(frozen=True)
class Filed:
    """A study as the PACS has filed it."""

    key: str
    patient: str
    name: str
    accession: str
    instances: frozenset[str]


class Archive:
    """Orthanc's content."""

    def __init__(self, orthanc: Orthanc) -> None:
        self._orthanc = orthanc

    def by_rest(self, study: Study) -> list[Filed]:
        """All that lies under a study's UID, whoever's it is."""
        return self.under(study.uid)

    def under(self, uid: str) -> list[Filed]:
        """All that lies under a Study Instance UID, whoever's it is."""
        found = self._ask("POST", "/tools/find", {"Level": "Study", "Expand": True, "Query": {"StudyInstanceUID": uid}})
        return [
            Filed(
                row["ID"], row["PatientMainDicomTags"].get("PatientID", ""), row["PatientMainDicomTags"].get("PatientName", ""),
                row["MainDicomTags"].get("AccessionNumber", ""),
                frozenset(item["MainDicomTags"]["SOPInstanceUID"] for item in self._ask("GET", f"/studies/{row['ID']}/instances")))
            for row in found]

    def objects(self, filed: Filed) -> dict[str, Dataset]:
        """All objects of a study as they are filed, by SOP Instance UID."""
        found = [dcmread(BytesIO(self._content(f"/instances/{row['ID']}/file"))) for row in self._ask("GET", f"/studies/{filed.key}/instances")]
        return {image.SOPInstanceUID: image for image in found}

    def files(self, filed: Filed) -> dict[str, bytes]:
        """The files of a study's objects, by Orthanc's own keys."""
        return {row["ID"]: self._content(f"/instances/{row['ID']}/file") for row in self._ask("GET", f"/studies/{filed.key}/instances")}

    def hold(self) -> None:
        """Orthanc stands still."""
        self._orthanc.hold()

    def let_go(self) -> None:
        """It goes on."""
        self._orthanc.let_go()

    def by_find(self, study: Study) -> list[str]:
        """The patients under whom C-FIND lists a study's UID."""
        return [row.PatientID for row in self._find(StudyInstanceUID=study.uid)]

    def studies_of(self, patient: str) -> set[str]:
        """The studies that lie under a patient ID, as REST and C-FIND say: both must say the same."""
        rest = {row["MainDicomTags"]["StudyInstanceUID"] for row in
                self._ask("POST", "/tools/find", {"Level": "Study", "Expand": True, "Query": {"PatientID": patient}})}
        asked = {row.StudyInstanceUID for row in self._find(PatientID=patient)}
        if rest != asked:
            raise RuntimeError(f"Orthanc's REST interface has {len(rest)} studies of a patient, C-FIND lists {len(asked)}")
        return rest

    def merge(self, study: Study, survivor: Patient) -> None:
        """What a PACS does that hears of the merge itself: the study is the survivor's, and keeps its UIDs."""
        for filed in self.by_rest(study):
            objects = [dcmread(BytesIO(self._content(f"/instances/{row['ID']}/file"))) for row in self._ask("GET", f"/studies/{filed.key}/instances")]
            self.delete(filed.key)
            for image in objects:
                image.PatientID, image.PatientName = survivor.number, survivor.name
                target = BytesIO()
                image.save_as(target, enforce_file_format=True)
                self.upload(target.getvalue())

    def delete(self, key: str) -> None:
        """What somebody at the PACS does by hand."""
        self._ask("DELETE", f"/studies/{key}")

    def upload(self, content: bytes) -> str:
        """Another system stores an object; its key."""
        return json.loads(self._content("/instances", "POST", content))["ID"]

    def remove(self, instance: str) -> None:
        """Somebody takes an object away."""
        self._ask("DELETE", f"/instances/{instance}")

    def _find(self, **keys: str) -> list[Dataset]:
        question = Dataset()
        question.QueryRetrieveLevel, question.PatientID, question.StudyInstanceUID = "STUDY", "", ""
        for key, value in keys.items():
            setattr(question, key, value)
        entity = AE(ae_title="CHECK")
        entity.add_requested_context(STUDY_ROOT)
        association = entity.associate("127.0.0.1", self._orthanc.dicom_port, ae_title=AE_TITLE)
        if not association.is_established:
            raise RuntimeError("Orthanc accepts no association")
        try:
            return [row for status, row in association.send_c_find(question, STUDY_ROOT) if status and status.Status in PENDING]
        finally:
            association.release()

    def _ask(self, method: str, path: str, body: object = None) -> object:
        return json.loads(self._content(path, method, None if body is None else json.dumps(body).encode()))

    def _content(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        request = urllib.request.Request(self._orthanc.url + path, data=body, method=method)
        with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as reply:
            return reply.read()

"""Orthanc's REST interface, as far as the check needs it."""

from __future__ import annotations

import http
import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60
PAGE = 1000


@dataclass(frozen=True)
class Stored:
    """An instance as the PACS has filed it."""

    id: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    patient_id: str
    accession_number: str


class Pacs:
    """One connection to Orthanc, opened anew when it was closed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)

    def is_alive(self) -> bool:
        """Whether it answers."""
        try:
            self._request("GET", "/system")
            return True
        except OSError:
            return False

    def instances(self) -> list[Stored]:
        """All that it has, by the levels at which it has filed them."""
        studies = {row["ID"]: row for row in self._all("studies")}
        series = {row["ID"]: row for row in self._all("series")}
        found: list[Stored] = []
        for row in self._all("instances"):
            above = series[row["ParentSeries"]]
            study = studies[above["ParentStudy"]]
            found.append(Stored(row["ID"], row["MainDicomTags"].get("SOPInstanceUID", ""),
                                above["MainDicomTags"].get("SeriesInstanceUID", ""),
                                study["MainDicomTags"].get("StudyInstanceUID", ""),
                                study["PatientMainDicomTags"].get("PatientID", ""),
                                study["MainDicomTags"].get("AccessionNumber", "")))
        return found

    def new_studies(self, after: int) -> tuple[list[str], int]:
        """The Study Instance UIDs of the studies that came in after that change, in their order; and the number of the last change."""
        studies: list[str] = []
        while True:
            page = json.loads(self._request("GET", f"/changes?since={after}&limit={PAGE}"))
            for change in page["Changes"]:
                if change["ChangeType"] == "NewStudy":
                    study = json.loads(self._request("GET", f"/studies/{change['ID']}"))
                    studies.append(study["MainDicomTags"]["StudyInstanceUID"])
            after = page["Last"]
            if page["Done"]:
                return studies, after

    def file(self, instance: str) -> bytes:
        """The file of an instance, as it is stored."""
        return self._request("GET", f"/instances/{instance}/file")

    def upload(self, content: bytes) -> str:
        """Stores a file past DICOM; returns its id."""
        return json.loads(self._request("POST", "/instances", content))["ID"]

    def delete(self, instance: str) -> None:
        """Deletes an instance."""
        self._request("DELETE", f"/instances/{instance}")

    def _all(self, level: str) -> list[dict]:
        rows: list[dict] = []
        while True:
            page = json.loads(self._request("GET", f"/{level}?expand&since={len(rows)}&limit={PAGE}"))
            rows += page
            if len(page) < PAGE:
                return rows

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        try:
            status, content = self._exchange(method, path, body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # Orthanc closes connections that were idle for a while, which shows at the next request only.
            status, content = self._exchange(method, path, body)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"{method} {path}: {status} {content[:200]!r}")
        return content

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        try:
            self._connection.request(method, path, body)
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

"""The new PACS: pynetdicom's storage SCP, which notes when each image came."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydicom.uid import CTImageStorage
from pynetdicom import AE, evt
from pynetdicom.sop_class import Verification

TITLE = "NEWPACS"


@dataclass(frozen=True)
class Image:
    """What came, and when."""

    study: str
    accession: str
    patient: str
    name: str
    moment: float


class Archive:
    """A context manager."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.images: list[Image] = []

    @property
    def destination(self) -> str:
        """As `coordinator init --destination` takes it."""
        return f"dicom://{TITLE}@127.0.0.1:{self.port}?calling=SKEIN"

    def __enter__(self) -> Archive:
        entity = AE(ae_title=TITLE)
        entity.add_supported_context(CTImageStorage)
        entity.add_supported_context(Verification)
        self._server = entity.start_server(("127.0.0.1", self.port), block=False, evt_handlers=[(evt.EVT_C_STORE, self._store)])
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()

    def _store(self, event: evt.Event) -> int:
        moment, image = time.monotonic(), event.dataset
        self.images.append(Image(image.StudyInstanceUID, image.AccessionNumber, image.PatientID, str(image.PatientName), moment))
        return 0x0000

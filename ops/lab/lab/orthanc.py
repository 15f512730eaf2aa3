"""The new PACS: Debian's Orthanc on loopback, with its own storage folder."""

from __future__ import annotations

import json
import time
from pathlib import Path

from .pacs import Pacs
from .processes import Child, free_port

AE_TITLE = "NEWPACS"
START_SECONDS = 30
POLL_SECONDS = 0.1


class Orthanc:
    """A running Orthanc; as a context manager it is stopped at the end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.http_port, self.dicom_port = free_port(), free_port()
        configuration = folder / "orthanc.json"
        configuration.write_text(json.dumps(self._configuration(folder), indent=2))
        self._child = Child("Orthanc", ["Orthanc", str(configuration)], folder / "orthanc.log")
        self.pacs = Pacs(self.url)
        self._wait()

    @property
    def url(self) -> str:
        """The root of its REST interface."""
        return f"http://127.0.0.1:{self.http_port}"

    def destination(self, calling: str) -> str:
        """Its address as `coordinator init --destination` takes it."""
        return f"dicom://{AE_TITLE}@127.0.0.1:{self.dicom_port}?calling={calling}"

    def __enter__(self) -> "Orthanc":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stops it."""
        self._child.stop()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.pacs.is_alive():
            if self._child.exit_status is not None or time.monotonic() > deadline:
                self._child.stop()
                raise RuntimeError(f"Orthanc did not start within {START_SECONDS} s:\n{self._child.tail()}")
            time.sleep(POLL_SECONDS)

    def _configuration(self, folder: Path) -> dict[str, object]:
        storage = str(folder / "storage")
        return {
            "Name": "The new PACS", "StorageDirectory": storage, "IndexDirectory": storage, "StorageCompression": False,
            "HttpPort": self.http_port, "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
            "DicomAet": AE_TITLE, "DicomPort": self.dicom_port, "DicomCheckCalledAet": False,
            "DicomAlwaysAllowEcho": True, "DicomAlwaysAllowStore": True, "DicomAlwaysAllowFind": True, "DicomAlwaysAllowGet": True,
            "OverwriteInstances": False, "StableAge": 1, "SaveJobs": False, "Plugins": [], "HttpCompressionEnabled": False,
        }

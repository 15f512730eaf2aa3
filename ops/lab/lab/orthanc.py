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
    """A running Orthanc; as a context manager it is stopped at the end. It may go down and come up again, on its ports and with what it stores."""

    def __init__(self, folder: Path, running: bool = True, settings: dict[str, object] | None = None) -> None:
        """With `running` False it is down until `start`; its ports and its address are known all the same. `settings` are added to its configuration."""
        folder.mkdir(parents=True, exist_ok=True)
        self.http_port, self.dicom_port = free_port(), free_port()
        self.pacs = Pacs(self.url)
        self._folder = folder
        self._file = folder / "orthanc.json"
        self._file.write_text(json.dumps(self._configuration(folder) | (settings or {}), indent=2))
        self._child: Child | None = None
        if running:
            self.start()

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

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._child is not None and self._child.exit_status is None

    def start(self) -> None:
        """Starts it, again on the same ports and folder, and waits until it answers; raises RuntimeError when it does not in time."""
        if self.is_running:
            raise RuntimeError("Orthanc runs already")
        self._child = Child("Orthanc", ["Orthanc", str(self._file)], self._folder / "orthanc.log")
        self._wait(self._child)

    def stop(self) -> None:
        """Stops it in order; nothing where it is down."""
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """Ends it with SIGKILL; nothing where it is down."""
        if self._child is not None:
            self._child.kill()

    def hold(self) -> None:
        """Stops it where it stands: associations stay open, and nothing is answered. Nothing where it is down."""
        if self._child is not None:
            self._child.hold()

    def let_go(self) -> None:
        """It goes on. Nothing where it is down."""
        if self._child is not None:
            self._child.let_go()

    def tail(self) -> str:
        """The end of its log."""
        return self._child.tail() if self._child is not None else ""

    def _wait(self, child: Child) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.pacs.is_alive():
            if child.exit_status is not None or time.monotonic() > deadline:
                child.kill()
                raise RuntimeError(f"Orthanc did not start within {START_SECONDS} s:\n{child.tail()}")
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

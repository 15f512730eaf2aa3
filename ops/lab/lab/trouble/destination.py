"""The new PACS as a patient who falls ill: it freezes, rejects, and asks for a larger disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from pydicom.data import get_testdata_file

from ..orthanc import AE_TITLE, Orthanc

# Whoever is in Orthanc's list of modalities is let in whatever these say; its list is empty.
ADMISSIONS = ("DicomAlwaysAllowEcho", "DicomAlwaysAllowStore", "DicomAlwaysAllowFind", "DicomAlwaysAllowGet")
COMMAND_SECONDS = 30


class Destination(Orthanc):
    """Orthanc with its index beside its storage, so that the storage may be a disk of its own."""

    def __init__(self, folder: Path, storage: Path, running: bool, settings: dict[str, object] | None = None) -> None:
        places = {"StorageDirectory": str(storage), "IndexDirectory": str(folder / "index")}
        super().__init__(folder, running=False, settings=places | (settings or {}))
        if running:
            self.start()

    def freeze(self) -> None:
        """From now on it does nothing, but its connections stay: what is being sent is under way until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal(signal.SIGCONT)

    def admit(self, everybody: bool) -> None:
        """Starts again, and then accepts every association or rejects every one."""
        self.stop()
        configuration = json.loads(self._file.read_text())
        self._file.write_text(json.dumps(configuration | dict.fromkeys(ADMISSIONS, everybody), indent=2))
        self.start()

    def echo(self, calling: str) -> str:
        """What DCMTK's echoscu says of an association with it."""
        return self._ask("echoscu", "-v", "-aet", calling)

    def store(self, calling: str) -> str:
        """What DCMTK's storescu says of storing an object of the pydicom wheel there, which no disc has."""
        return self._ask("storescu", "-v", "-aet", calling, files=(str(get_testdata_file("CT_small.dcm")),))

    def _ask(self, program: str, *options: str, files: tuple[str, ...] = ()) -> str:
        command = [program, *options, "-aec", AE_TITLE, "127.0.0.1", str(self.dicom_port), *files]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS, check=False)
        return done.stdout

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None:
            os.kill(self._child.process_id, number)

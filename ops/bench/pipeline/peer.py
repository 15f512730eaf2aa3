"""DCMTK at both ends: storescp as the destination of both senders, storescu as the one to compare with."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from lab.processes import Child, free_port

from .figures import Figures, run_measured
from .material import Material

STORESCP, STORESCU = "/usr/bin/storescp", "/usr/bin/storescu"
AE_TITLE = "IGNORE"
START_SECONDS = 10
# storescp --verbose writes this line for each C-STORE request that it takes.
RECEIVED = b"Received Store Request"


@dataclass(frozen=True)
class Setting:
    """How DCMTK's programs run."""

    name: str
    environment: dict[str, str]
    options: list[str]


AS_INSTALLED = Setting("as installed", {}, [])
TUNED = Setting("tuned", {"TCP_NODELAY": "1"}, ["--max-pdu", "131072"])


def environment(setting: Setting) -> dict[str, str]:
    """Ours, without a TCP_NODELAY that came from elsewhere, with what the setting says."""
    return {name: value for name, value in os.environ.items() if name != "TCP_NODELAY"} | setting.environment


class Peer:
    """A storescp that takes objects and forgets them; as a context manager it is stopped at the end."""

    def __init__(self, setting: Setting, log: Path) -> None:
        self.setting = setting
        self.port = free_port()
        log.unlink(missing_ok=True)
        words = [f"{name}={value}" for name, value in setting.environment.items()]
        # --fork: an association does not wait for another one's end. Both senders get the same peer.
        self._child = Child("storescp", ["env", "-u", "TCP_NODELAY", *words, STORESCP, "--fork", "--verbose", "--ignore", "--aetitle", AE_TITLE,
                                         *setting.options, str(self.port)], log)
        await_port(self._child, self.port)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stop()

    @property
    def destination(self) -> str:
        """Its address as `coordinator init --destination` takes it."""
        return f"dicom://{AE_TITLE}@127.0.0.1:{self.port}?calling=SKEIN"

    @property
    def received(self) -> int:
        """C-STORE requests that it took so far."""
        return self._child.log.read_bytes().count(RECEIVED)


def await_port(child: Child, port: int) -> None:
    """Until the program takes connections; RuntimeError with its last words when it ends before, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if child.exit_status is not None or time.monotonic() > deadline:
                child.kill()
                raise RuntimeError(f"{child.name} does not start:\n{child.tail()}") from None
            time.sleep(0.05)


def storescu(setting: Setting, port: int, folders: list[Path]) -> list[str]:
    """The command that sends these folders over one association."""
    return [STORESCU, "--call", AE_TITLE, *setting.options, "--scan-directories", "--recurse", "127.0.0.1", str(port), *map(str, folders)]


def run_storescu(setting: Setting, material: Material, log: Path) -> Figures:
    """Sends the folder once; raises RuntimeError unless storescp took every file."""
    count, byte_count = len(material.paths()), material.warm()
    with Peer(setting, log) as peer:
        seconds, used = run_measured(storescu(setting, peer.port, [material.files]), environment(setting))
        if peer.received != count:
            raise RuntimeError(f"storescu: {peer.received} of {count} arrived")
    return Figures(seconds, count, byte_count, used)

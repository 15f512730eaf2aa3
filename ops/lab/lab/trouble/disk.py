"""A disk that is too small: a tmpfs that can be filled to the last byte, freed again and made larger.

It needs root. The run has its own view of what is mounted, so that nothing stays mounted however the run ends.
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
from pathlib import Path
from typing import BinaryIO

# unshare(2): a mount namespace of our own, inherited by the programs that we start.
CLONE_NEWNS = 0x00020000
FILLER = "filler"
# The unit in which a tmpfs counts.
PAGE = bytes(os.sysconf("SC_PAGE_SIZE"))


class Disk:
    """A tmpfs of so many bytes at that folder; as a context manager it is unmounted at the end."""

    def __init__(self, folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        _run("mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder))

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        # What still has files open there keeps them; nobody finds the folder mounted any more.
        _run("umount", "--lazy", str(self.folder))

    @property
    def free(self) -> int:
        """Bytes that are free."""
        status = os.statvfs(self.folder)
        return status.f_bavail * status.f_frsize

    def fill(self, leaving: int = 0) -> None:
        """Writes a file that leaves so many bytes free; with 0, not one."""
        with open(self.folder / FILLER, "ab", buffering=0) as filler:
            try:
                os.posix_fallocate(filler.fileno(), 0, self.free - leaving)
            except OSError as error:
                # A program has taken some of it meanwhile; without any to leave the rest is written below.
                if error.errno != errno.ENOSPC or leaving:
                    raise
            # What is free is counted by processor and said roughly: only a write that fails says that nothing is.
            while not leaving and _has_written(filler):
                continue

    def empty(self) -> None:
        """Removes that file."""
        (self.folder / FILLER).unlink()

    def grow(self, size: int) -> None:
        """Makes the disk that large."""
        _run("mount", "-o", f"remount,size={size}", str(self.folder))


def see_own_mounts() -> None:
    """From here on what this process mounts is seen by it and its children only; it goes with the last of them.

    Raises PermissionError without root.
    """
    if os.geteuid() != 0:
        raise PermissionError("small disks are made by mounting: this needs root")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "a mount namespace of our own is refused")
    _run("mount", "--make-rprivate", "/")


def _has_written(file: BinaryIO) -> bool:
    try:
        return bool(file.write(PAGE))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return False
        raise


def _run(*command: str) -> None:
    subprocess.run(command, check=True)

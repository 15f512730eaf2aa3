"""Nothing is left behind, however the lab ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from lab import processes
from lab.orthanc import Orthanc
from lab.processes import Child, free_port

LAB = Path(__file__).resolve().parents[1]
PROGRAM = """
import signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)
from lab.processes import Child
with Child("sleeper", ["sh", "-c", "echo up > " + sys.argv[2] + "; exec sleep 600"], Path(sys.argv[3])) as child:
    print(child._process.pid, flush=True)
    child._process.wait()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_child_ends_with_the_lab(how: signal.Signals, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    lab = subprocess.Popen([sys.executable, "-c", PROGRAM, str(LAB), str(fifo), str(tmp_path / "log")], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True)
    assert lab.stdout is not None
    child = int(lab.stdout.readline())
    # Opening waits until the child is up; its process file descriptor becomes readable when it ends.
    assert fifo.read_text() == "up\n"
    handle = os.pidfd_open(child)
    lab.send_signal(how)
    lab.wait(30)
    assert select.select([handle], [], [], 30)[0] == [handle], "the child outlives the lab"
    os.close(handle)


def test_a_child_that_will_not_end_is_ended(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    child = Child("stubborn", ["sh", "-c", f"trap '' TERM; echo up > {fifo}; while :; do sleep 600; done"], tmp_path / "log")
    assert fifo.read_text() == "up\n"
    assert child.stop(patience=0.2) == -signal.SIGKILL


def test_a_child_is_killed_with_what_it_started(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    child = Child("parent", ["sh", "-c", f"sleep 600 & echo $! > {fifo}; wait"], tmp_path / "log")
    handle = os.pidfd_open(int(fifo.read_text()))
    child.kill()
    assert child.exit_status == -signal.SIGKILL
    assert select.select([handle], [], [], 30)[0] == [handle], "what it started outlives it"
    os.close(handle)
    child.kill()
    child.stop()


def test_orthanc_comes_back_after_a_kill_with_what_it_stores(tmp_path: Path) -> None:
    with Orthanc(tmp_path, running=False) as orthanc:
        assert not orthanc.is_running
        orthanc.start()
        address = orthanc.url
        orthanc.pacs.upload(Path(get_testdata_file("CT_small.dcm")).read_bytes())
        orthanc.kill()
        assert not orthanc.is_running
        orthanc.start()
        assert orthanc.url == address
        assert len(orthanc.pacs.instances()) == 1


@pytest.mark.parametrize("connections", ["32768 60999", "16000 65535", "1024 65535", None])
def test_no_port_is_given_twice_whichever_the_system_gives_to_connections(connections: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "range"
    if connections:
        said.write_text(connections.replace(" ", "\t") + "\n")
    monkeypatch.setattr(processes, "CONNECTION_PORTS", said)
    ports = [free_port() for _ in range(400)]
    assert len(set(ports)) == len(ports)
    if connections == "32768 60999":
        assert all(processes.FIRST_PORT <= port < 32768 for port in ports)

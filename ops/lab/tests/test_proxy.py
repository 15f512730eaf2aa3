"""The proxy that cuts and stalls, and what it reads out of what passes."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from lab.orthanc import AE_TITLE, Orthanc
from lab.processes import free_port
from lab.proxy.framing import PDU, TLS, Cursor
from lab.proxy.proxy import Deed, Proxy, Way

FRAME = bytes([23, 3, 3]) + (16_000).to_bytes(2, "big") + bytes(16_000)
PATIENCE_SECONDS = 20
RESET = b"(reset)"


def _places(stream: bytes, needed: int, chunk: int) -> list[int]:
    cursor, found = Cursor(TLS), []
    for start in range(0, len(stream), chunk):
        place = cursor.middle(stream[start:start + chunk], needed)
        found += [] if place is None else [start + place]
    return found


@pytest.mark.parametrize("chunk", [1, 3, 4096, 100_000])
def test_a_place_is_inside_a_body(chunk: int) -> None:
    places = _places(FRAME * 3, 1, chunk)
    assert places
    assert all(5 < place % len(FRAME) for place in places)


def test_a_frame_that_carries_nothing_of_ours_is_left_alone() -> None:
    handshake = bytes([22]) + FRAME[1:]
    assert {place // len(FRAME) for place in _places(handshake + FRAME, 1, 8192)} == {1}


def test_a_place_is_not_before_the_bytes_needed() -> None:
    assert Cursor(PDU).middle(b"\x04\x00" + (50).to_bytes(4, "big") + bytes(50), 30) == 30
    assert Cursor(PDU).middle(b"\x04\x00" + (50).to_bytes(4, "big") + bytes(50), 56) is None


@contextmanager
def _server(received: list[bytes]) -> Iterator[int]:
    """Keeps what each connection said, in the order in which they came; one that was reset says so at its end."""
    def listen(peer: socket.socket, number: int) -> None:
        try:
            while part := peer.recv(1 << 16):
                received[number] += part
        except OSError:
            received[number] += RESET

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            received.append(b"")
            threading.Thread(target=listen, args=(peer, len(received) - 1), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _until(holds) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_cuts_in_the_middle_of_a_frame_once() -> None:
    received: list[bytes] = []
    with _server(received) as port, Proxy(port, TLS) as proxy:
        strike = proxy.strike(Way.TO_SERVER, 20_000, Deed.RESET)
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(FRAME * 4)
            assert strike.done.wait(PATIENCE_SECONDS)
            with pytest.raises(ConnectionResetError):
                client.settimeout(PATIENCE_SECONDS)
                assert client.recv(1)
        _until(lambda: received and received[0].endswith(RESET))
        got = len(received[0].removesuffix(RESET))
        assert len(FRAME) < got < 4 * len(FRAME) and got % len(FRAME) > 5
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(FRAME * 4)
            _until(lambda: received[-1] == FRAME * 4)


def test_a_stalled_frame_goes_on_where_it_was() -> None:
    received: list[bytes] = []
    with _server(received) as port, Proxy(port, TLS) as proxy:
        strike = proxy.strike(Way.TO_SERVER, 20_000, Deed.STALL)
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(FRAME * 4)
            assert strike.done.wait(PATIENCE_SECONDS)
            _until(lambda: received and len(received[0]) > len(FRAME))
            assert len(received[0]) % len(FRAME) > 5
            proxy.heal()
            _until(lambda: received[-1] == FRAME * 4)


def test_through_a_hole_nothing_passes_and_nothing_is_refused() -> None:
    received: list[bytes] = []
    with _server(received) as port, Proxy(port, TLS) as proxy:
        proxy.hole()
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(b"hello")
            client.settimeout(0.2)
            with pytest.raises(TimeoutError):
                client.recv(1)
            assert b"".join(received) == b""
            proxy.heal()
            _until(lambda: received == [b"hello"])


def test_what_is_forgotten_stays_silent_and_what_is_new_passes() -> None:
    received: list[bytes] = []
    with _server(received) as port, Proxy(port, TLS) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as old:
        old.sendall(b"one")
        _until(lambda: received == [b"one"])
        proxy.forget()
        old.sendall(b"two")
        with socket.create_connection(("127.0.0.1", proxy.port)) as new:
            new.sendall(b"three")
            _until(lambda: received[1:] == [b"three"])
            assert received == [b"one", b"three"]


def test_it_reads_what_storescu_sends(tmp_path: Path) -> None:
    paths = [str(get_testdata_file(name)) for name in ("CT_small.dcm", "MR_small.dcm")]
    with Orthanc(tmp_path) as orthanc, Proxy(orthanc.dicom_port, PDU) as proxy:
        command = ["storescu", "-aec", AE_TITLE, "127.0.0.1", str(proxy.port), *paths]
        subprocess.run(command, check=True, timeout=60)
        assert [each.sop_instance_uid for each in proxy.begun] == [dcmread(path).SOPInstanceUID for path in paths]
        assert len(orthanc.pacs.instances()) == 2
        strike = proxy.strike(Way.TO_SERVER, 10_000, Deed.CLOSE)
        assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode != 0
        assert strike.done.is_set()


def test_where_nobody_listens_the_caller_is_refused() -> None:
    with Proxy(free_port(), TLS) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as client:
        client.settimeout(PATIENCE_SECONDS)
        with pytest.raises(ConnectionResetError):
            client.recv(1)

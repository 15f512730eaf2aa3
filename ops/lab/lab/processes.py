"""Child processes that never outlive the lab, however it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import random
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

# prctl(2): the signal that the kernel sends a process when its parent dies.
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 15
# Above what the services of a machine use.
FIRST_PORT = 15000
CONNECTION_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
# So many ports must be left below those of connections, or the system itself is asked for one.
FEWEST_PORTS = 4000

_given_ports: set[int] = set()
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _start_helper() -> None:
    _die_with_parent()
    # Ctrl-C reaches the whole terminal: the lab itself says what becomes of its helpers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def processors(prepare: Callable[..., None] | None = None, arguments: tuple[object, ...] = ()) -> Iterator[ProcessPoolExecutor]:
    """One helper process for each processor, each prepared by that function; all end at once when the lab is interrupted."""
    pool = ProcessPoolExecutor(max_workers=os.cpu_count(), initializer=_prepare, initargs=(prepare, arguments))
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for helper in multiprocessing.active_children():
            helper.terminate()
        raise
    pool.shutdown()


def _prepare(prepare: Callable[..., None] | None, arguments: tuple[object, ...]) -> None:
    _start_helper()
    if prepare is not None:
        prepare(*arguments)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now and that was not given out before; where there are enough others, the system gives it to no connection meanwhile."""
    end = _first_of_connections()
    while True:
        wanted = random.SystemRandom().randrange(FIRST_PORT, end) if end - FIRST_PORT >= FEWEST_PORTS else 0
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            port = int(probe.getsockname()[1])
        if port not in _given_ports:
            _given_ports.add(port)
            return port


def _first_of_connections() -> int:
    """The lowest port that the system gives to a connection by itself (ip(7), ip_local_port_range); 0 where it does not say."""
    try:
        return int(CONNECTION_PORTS.read_text().split()[0])
    except OSError:
        return 0


class Child:
    """A running program in a session of its own, so that Ctrl-C reaches the lab only and the lab stops it in order."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self.log = log
        self._file = open(log, "ab")
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.STDOUT,
                                         start_new_session=True, preexec_fn=_die_with_parent)

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    @property
    def exit_status(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._process.poll()

    @property
    def process_id(self) -> int:
        """The number under which the system knows it."""
        return self._process.pid

    def stop(self, patience: float = STOP_SECONDS) -> int:
        """Asks it to end, and ends it if it does not within so many seconds; returns its exit status."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                # Whatever it started itself goes with it: it leads a group of its own.
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        self._file.close()
        return self._process.returncode

    def kill(self) -> None:
        """Ends it with SIGKILL, and whatever it started itself, and waits until it is gone; nothing where it has ended already."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._file.close()

    def hold(self) -> None:
        """Stops it where it stands; it knows nothing of that."""
        os.killpg(self.process_id, signal.SIGSTOP)

    def let_go(self) -> None:
        """It goes on."""
        os.killpg(self.process_id, signal.SIGCONT)

    def tail(self, lines: int = 20) -> str:
        """The end of what it has written."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

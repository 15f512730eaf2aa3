"""Skein as its operators use it: the two programs' commands, and nothing behind them."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .processes import Child
from .yaml_edit import with_value

COMMAND_SECONDS = 60
START_SECONDS = 20
POLL_SECONDS = 0.1
CONTROL_SECONDS = 0.02
LINE_SECONDS = 0.01


class CommandError(Exception):
    """A command ended with another status than 0; the text is what it said."""


def run(command: list[str], accepted: tuple[int, ...] = (0,), patience: float = COMMAND_SECONDS) -> str:
    """Runs a command; returns its standard output."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=patience, check=False)
    if done.returncode not in accepted:
        words = " ".join([Path(command[0]).name, *command[1:]])
        raise CommandError(f"{words}: exit status {done.returncode}\n{done.stderr.strip()}\n{done.stdout.strip()}".strip())
    return done.stdout


@dataclass
class Coordinator:
    """A coordinator's program and folder."""

    program: Path
    folder: Path

    @property
    def configuration(self) -> Path:
        """Its configuration file."""
        return self.folder / "coordinator.yaml"

    def init(self, destination: str, port: int, modalities: dict[str, str], leases: str = "") -> None:
        """`coordinator init`, and what this hospital wants otherwise than the defaults; `leases` as the configuration writes it."""
        run([str(self.program), "init", str(self.folder), "--destination", destination])
        text = self.configuration.read_text(encoding="utf-8")
        text = with_value(text, "worker-port", f"{{ host: 127.0.0.1, port: {port} }}")
        text = with_value(text, "incomplete", "send", section="policies")
        text = with_value(text, "modalities", "{ " + ", ".join(f"{code}: {name}" for code, name in modalities.items()) + " }")
        if leases:
            text = with_value(text, "leases", leases)
        self.configuration.write_text(text, encoding="utf-8")

    def serve(self, log: Path, patience: float = START_SECONDS) -> Child:
        """`coordinator serve`, until it answers; raises CommandError when it does not within so many seconds."""
        former = self._sockets()
        child = Child("coordinator", [str(self.program), "serve", "--config", str(self.configuration)], log)
        deadline = time.monotonic() + patience
        while not self._answers(former, max(patience, COMMAND_SECONDS)):
            if child.exit_status is not None or time.monotonic() > deadline:
                child.stop()
                raise CommandError(f"coordinator serve does not answer:\n{child.tail()}")
            time.sleep(POLL_SECONDS)
        return child

    def await_worker(self, name: str, child: Child) -> None:
        """Waits until the coordinator hears that worker; raises CommandError when the worker ends or is not heard in time."""
        deadline = time.monotonic() + START_SECONDS
        while not any(worker["name"] == name and worker["state"] == "connected" for worker in self.ask_json("workers", "--json")["workers"]):
            if child.exit_status is not None or time.monotonic() > deadline:
                raise CommandError(f"{name} is not heard by the coordinator:\n{child.tail()}")
            time.sleep(POLL_SECONDS)

    def ask(self, *words: str, accepted: tuple[int, ...] = (0,)) -> str:
        """A command's standard output."""
        return run([str(self.program), *words, "--config", str(self.configuration)], accepted)

    def ask_json(self, *words: str) -> dict:
        """The JSON document of a command."""
        return json.loads(self.ask(*words))

    def expect_no_more(self, seconds: float = 60) -> None:
        """Says of each disc that was read in part that no more comes of it, if studies wait for that, as people do who have no better drive; returns when none waits."""
        if not self._waiting():
            return
        self.give_up_damaged()
        deadline = time.monotonic() + seconds
        while self._waiting() or not self.ask_json("status", "--json")["finished"]:
            if time.monotonic() > deadline:
                raise CommandError(f"studies still wait for media {seconds} s after the damaged ones were given up")
            time.sleep(0.5)

    def give_up_damaged(self) -> list[str]:
        """Says of each disc that was read in part that no more comes of it; their labels."""
        damaged = [medium["label"] for medium in self.ask_json("media", "--json")["media"] if medium["state"] == "partly read"]
        for label in damaged:
            self.ask("media", "exclude", label, "--reason", "no drive reads more of it")
        return damaged

    def _waiting(self) -> int:
        return self.ask_json("status", "--json")["heldByReason"].get("waiting-for-media", 0)

    def _sockets(self) -> set[tuple[int, int]]:
        found = set()
        for path in self.folder.glob("*.sock"):
            # A coordinator that starts takes the old one away before it makes its own.
            with suppress(FileNotFoundError):
                status = path.stat()
                found.add((status.st_ino, status.st_mtime_ns))
        return found

    def _answers(self, former: set[tuple[int, int]], patience: float) -> bool:
        # Without a running coordinator the command would open the ledger itself, and be in the way of the one that starts. One that was killed leaves
        # its socket behind.
        if not self._sockets() - former:
            return False
        try:
            run([str(self.program), "status", "--config", str(self.configuration)], patience=patience)
        except CommandError:
            return False
        return True


@dataclass(frozen=True)
class Span:
    """Between which moments of `time.monotonic` something happened."""

    earliest: float
    latest: float


class Worker(Child):
    """A running worker."""

    def await_line(self, words: str, since: float) -> Span:
        """Waits for a line of its log with these words, and says when it was written; raises CommandError when it ends before, or is late.

        `since`: a moment before which it cannot have written it.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            looked = time.monotonic()
            # What follows the last line's end is still being written.
            lines = self.log.read_text(errors="replace").split("\n")[:-1]
            if any(words in line for line in lines):
                return Span(since, time.monotonic())
            if self.exit_status is not None or time.monotonic() > deadline:
                raise CommandError(f"{self.name} does not say \"{words}\" within {START_SECONDS} s:\n{self.tail()}")
            since = looked
            time.sleep(LINE_SECONDS)


@dataclass
class Gateway:
    """A worker's program and folder, with one drive."""

    program: Path
    folder: Path
    name: str
    drive: str = "drive1"

    @property
    def configuration(self) -> Path:
        """Its configuration file."""
        return self.folder / "worker.yaml"

    @property
    def drive_path(self) -> Path:
        """What the configuration calls the drive: a link to the image of the disc that is in it."""
        return self.folder / self.drive

    def join(self, invitation: str) -> None:
        """`worker join`, and the drive entered into the configuration."""
        run([str(self.program), "join", invitation, "--dir", str(self.folder)])
        text = self.configuration.read_text(encoding="utf-8")
        entry = f"\n  - name: {self.drive}\n    path: {self.drive_path}\n    kind: removable"
        self.configuration.write_text(with_value(text, "drives", entry), encoding="utf-8")

    def start(self, log: Path) -> Worker:
        """`worker run`."""
        return Worker(self.name, [str(self.program), "run", "--config", str(self.configuration)], log)

    def await_hands(self, worker: Worker) -> None:
        """Waits until the worker listens to its operator; raises CommandError when it ends before, or does not in time."""
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self.folder / "control.sock"):
            if worker.exit_status is not None or time.monotonic() > deadline:
                raise CommandError(f"{self.name} does not listen to its operator:\n{worker.tail()}")
            time.sleep(CONTROL_SECONDS)

    def insert(self, label: str, image: Path) -> None:
        """Puts the disc into the drive and says so; raises CommandError when it is not to be read."""
        self._put(label, image, accepted=(0,))

    def offer(self, label: str, image: Path) -> dict:
        """Puts the disc into the drive and says so; returns the answer, whose `outcome` is "done" or "refused"."""
        text = self._put(label, image, accepted=(0, 1))
        if not text:
            raise CommandError(f"{self.name} gives no answer to `worker insert {label}`")
        return json.loads(text)

    def _put(self, label: str, image: Path, accepted: tuple[int, ...]) -> str:
        self.drive_path.unlink(missing_ok=True)
        self.drive_path.symlink_to(image)
        return self._say("insert", label, accepted=accepted)

    def eject(self) -> None:
        """Says that the disc goes, and takes it out."""
        self._say("eject")
        self.drive_path.unlink()

    def _say(self, *words: str, accepted: tuple[int, ...] = (0,)) -> str:
        return run([str(self.program), *words, "--drive", self.drive, "--config", str(self.configuration), "--json"], accepted)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True

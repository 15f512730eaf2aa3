"""Skein as its operators use it: the two programs' commands, and nothing behind them."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .processes import Child
from .yaml_edit import with_value

COMMAND_SECONDS = 60
START_SECONDS = 20
POLL_SECONDS = 0.1


class CommandError(Exception):
    """A command ended with another status than 0; the text is what it said."""


def run(command: list[str], accepted: tuple[int, ...] = (0,)) -> str:
    """Runs a command; returns its standard output."""
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=COMMAND_SECONDS, check=False)
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

    def init(self, destination: str, port: int, modalities: dict[str, str]) -> None:
        """`coordinator init`, and what this hospital wants otherwise than the defaults."""
        run([str(self.program), "init", str(self.folder), "--destination", destination])
        text = self.configuration.read_text(encoding="utf-8")
        text = with_value(text, "worker-port", f"{{ host: 127.0.0.1, port: {port} }}")
        text = with_value(text, "incomplete", "send", section="policies")
        text = with_value(text, "modalities", "{ " + ", ".join(f"{code}: {name}" for code, name in modalities.items()) + " }")
        self.configuration.write_text(text, encoding="utf-8")

    def serve(self, log: Path) -> Child:
        """`coordinator serve`, until it answers."""
        child = Child("coordinator", [str(self.program), "serve", "--config", str(self.configuration)], log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
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

    def _answers(self) -> bool:
        # Without a running coordinator the command would open the ledger itself, and be in the way of the one that starts.
        return any(self.folder.glob("*.sock")) and self._status() is not None

    def _status(self) -> dict | None:
        try:
            return self.ask_json("status", "--json")
        except CommandError:
            return None


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

    def start(self, log: Path) -> Child:
        """`worker run`."""
        return Child(self.name, [str(self.program), "run", "--config", str(self.configuration)], log)

    def insert(self, label: str, image: Path) -> None:
        """Puts the disc into the drive and says so."""
        self.drive_path.unlink(missing_ok=True)
        self.drive_path.symlink_to(image)
        self._say("insert", label)

    def eject(self) -> None:
        """Says that the disc goes, and takes it out."""
        self._say("eject")
        self.drive_path.unlink()

    def _say(self, *words: str) -> None:
        run([str(self.program), *words, "--drive", self.drive, "--config", str(self.configuration), "--json"])

"""The coordinator as its operator has it: the program, its folder, its commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

# From the start of `serve` to the line that it serves; a busy machine takes a few seconds.
START_SECONDS = 60.0
# Between two looks at what the coordinator says of itself.
LOOK_SECONDS = 0.05
DESTINATION = "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN"


class Refused(Exception):
    """A command failed."""


class Coordinator:
    """A migration in `folder`, served by the program when :meth:`serve` was called."""

    def __init__(self, program: Path, folder: Path):
        """`coordinator init`."""
        self._program = program
        self._folder = folder
        self._process: subprocess.Popen | None = None
        self.port = 0
        self._run("init", str(folder), "--destination", DESTINATION)
        self._configuration = folder / "coordinator.yaml"
        self._configuration.write_text(self._configuration.read_text().replace("port: 7420", "port: 0"))

    def _run(self, *words: str) -> str:
        done = subprocess.run([str(self._program), *words], capture_output=True, text=True, timeout=START_SECONDS)
        if done.returncode != 0:
            raise Refused(f"coordinator {' '.join(words)}: exit status {done.returncode}\n{done.stderr}")
        return done.stdout

    def command(self, *words: str) -> str:
        """Runs an operator's command and returns what it prints."""
        return self._run(*words, "--config", str(self._configuration))

    def attempt(self, *words: str) -> int:
        """Runs an operator's command that may fail; its exit status."""
        command = [str(self._program), *words, "--config", str(self._configuration)]
        return subprocess.run(command, capture_output=True, timeout=START_SECONDS, check=False).returncode

    def workers(self) -> dict[str, dict]:
        """`coordinator workers --json`, by name."""
        return {worker["name"]: worker for worker in json.loads(self.command("workers", "--json"))["workers"]}

    def import_rows(self, what: str, header: str, *rows: str) -> None:
        """`coordinator WHAT import` of a CSV file."""
        table = self._folder / f"{what}.csv"
        table.write_text("\n".join([header, *rows]) + "\n")
        self.command(what, "import", str(table))

    def invite(self, name: str, ttl: str = "30m") -> str:
        """`coordinator invite`: the one line."""
        return self.command("invite", name, "--ttl", ttl).strip()

    def serve(self) -> None:
        """`coordinator serve`, until it says that it serves and where."""
        log = self._folder / "serve.log"
        with log.open("ab") as output:
            begin = output.tell()
            self._process = subprocess.Popen(
                [str(self._program), "serve", "--config", str(self._configuration)], stdout=output, stderr=output)
        deadline = time.monotonic() + START_SECONDS
        while True:
            said = log.read_bytes()[begin:].decode(errors="replace")
            if serving := re.search(r"\bport=(\d+)[^\n]*\bserving\b|\bserving\b[^\n]*\bport=(\d+)", said):
                self.port = int(serving.group(1) or serving.group(2))
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Refused(f"coordinator serve does not serve:\n{said}")
            time.sleep(LOOK_SECONDS)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the program; its exit status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        os.kill(process.pid, how)
        return process.wait(START_SECONDS)

    def restart(self, term: str = "30 s", lost_after: str = "5 min") -> None:
        """Killed, and started again on what is on its disk, with leases of this term."""
        self.end(signal.SIGKILL)
        leases = f"leases: {{ term: {term}, lost-after: {lost_after} }}"
        self._configuration.write_text(re.sub(r"(?m)^leases: .*$", leases, self._configuration.read_text()))
        self.serve()

    def remove(self) -> None:
        """Ends the program and removes its folder."""
        self.end(signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

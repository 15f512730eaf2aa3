"""The whole run: a hospital, its new PACS, a coordinator, a fleet of gateways and what befalls it, and the check at the end."""

from __future__ import annotations

import json
import shutil
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .builder import HOSPITAL_CODES
from .check import check
from .fleet.posts import LEASES, Fleet
from .fleet.script import SCRIPTS, fly
from .fleet.shelf import Shelf
from .fleet.watch import Watch
from .ledger_view import LedgerView
from .making import ensure_hospital
from .orthanc import Orthanc
from .processes import free_port
from .progress import Terminal
from .records import read_media_labels
from .skein import CommandError, Coordinator
from .summary import print_verdict

CALLING_AE_TITLE = "SKEIN"


@dataclass
class Demo:
    """What a run needs to know: the folder, the programs, the hospital."""

    out: Path
    coordinator: Path
    worker: Path
    seed: int
    size: str
    limit: float | None = None
    """Seconds that the run, its hospital's making and its check included, may take; None for as long as it takes."""

    def run(self) -> int:
        """Runs it all; returns the exit status, 0 only if the check finds nothing wrong."""
        signal.signal(signal.SIGTERM, _interrupt)
        # Whoever started us in the background may have had Ctrl-C's signal ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        begun = time.monotonic()
        self._clear()
        started = time.monotonic()
        try:
            self._hospital()
            started = time.monotonic()
            with ExitStack() as stack:
                orthanc = stack.enter_context(Orthanc(self.out / "orthanc"))
                self._migrate(stack, orthanc)
                status = self._judge(orthanc, started)
                return self._in_time(time.monotonic() - begun) or status
        except KeyboardInterrupt:
            print("interrupted; everything is stopped", flush=True)
            return 130
        except (CommandError, RuntimeError) as error:
            print(f"the run failed after {time.monotonic() - started:.1f} s: {error}", flush=True)
            return 1

    def _in_time(self, seconds: float) -> int:
        if self.limit is None or seconds <= self.limit:
            return 0
        print(f"seed {self.seed}: {seconds:.1f} s with the hospital's making; at most {self.limit:.0f} s are allowed", flush=True)
        return 1

    def _clear(self) -> None:
        gateways = [path.name for path in self.out.glob("gateway*")]
        for name in ("orthanc", "coordinator", "statements", "log", *gateways):
            shutil.rmtree(self.out / name, ignore_errors=True)
        (self.out / "log").mkdir(parents=True)

    def _hospital(self) -> None:
        started = time.monotonic()
        made = ensure_hospital(self.seed, self.size, self.out / "hospital")
        words = f"made in {time.monotonic() - started:.1f} s" if made else "there from an earlier run"
        print(f"lab: a {self.size} hospital from seed {self.seed}, {words}", flush=True)

    def _migrate(self, stack: ExitStack, orthanc: Orthanc) -> None:
        """From `init` to the last study, all by the programs' own commands; then the coordinator's statements are kept."""
        terminal, hospital = Terminal(), self.out / "hospital"
        coordinator = Coordinator(self.coordinator, self.out / "coordinator")
        modalities = {code: name for name, code in HOSPITAL_CODES.items()}
        coordinator.init(orthanc.destination(CALLING_AE_TITLE), free_port(), modalities, LEASES)
        server = stack.enter_context(coordinator.serve(self.out / "log" / "coordinator.log"))
        coordinator.ask("orders", "import", str(hospital / "orders.csv"))
        coordinator.ask("media", "import", str(hospital / "media.csv"))
        watch = Watch(coordinator, terminal.progress)
        shelf = Shelf(read_media_labels(hospital), hospital / "discs", watch)
        fleet = Fleet(coordinator, self.worker, self.out, shelf, watch, stack)
        watch.start()
        try:
            fly(fleet, terminal, SCRIPTS[self.size])
        finally:
            fleet.rest()
            watch.stop()
        self._keep_statements(coordinator)
        fleet.stop()
        if (status := server.stop()) < 0:
            raise CommandError(f"the coordinator did not end in order: status {status}")
        self._nothing_burnt(coordinator)

    def _nothing_burnt(self, coordinator: Coordinator) -> None:
        """Raises CommandError when an interruption counted as an attempt: the PACS was there all the time."""
        events = LedgerView(coordinator.folder).events()
        if burnt := events["attempt-failed"] + events["gave-up"]:
            raise CommandError(f"{burnt} attempts were counted, although nothing was wrong but the fleet")

    def _keep_statements(self, coordinator: Coordinator) -> None:
        folder = self.out / "statements"
        folder.mkdir()
        (folder / "studies.json").write_text(json.dumps(coordinator.ask_json("studies", "--json"), ensure_ascii=False, indent=1))
        (folder / "report.json").write_text(coordinator.ask("report", "--format", "json"))
        for form in ("csv", "html"):
            (folder / f"report.{form}").write_text(coordinator.ask("report", "--format", form))
        # It ends by itself, since all is done.
        coordinator.ask("status", "--watch")
        report = coordinator.ask("report")
        (folder / "report.txt").write_text(report)
        print(report, flush=True)

    def _judge(self, orthanc: Orthanc, started: float) -> int:
        migrated = time.monotonic()
        verdict = check(self.out / "hospital", orthanc.url, self.out / "statements")
        ended = time.monotonic()
        status = print_verdict(verdict, ended - migrated)
        print(f"seed {self.seed}: migrated in {migrated - started:.1f} s, checked in {ended - migrated:.1f} s, "
              f"{ended - started:.1f} s in all", flush=True)
        return status


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt

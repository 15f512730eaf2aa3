"""Where a scenario plays: a hospital, its PACS, a coordinator, workers and their operators, all real."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from ..builder import HOSPITAL_CODES
from ..check import check
from ..processes import free_port
from ..records import Records, read_media_labels, read_records
from ..skein import Coordinator, Gateway, Worker
from ..yaml_edit import with_value
from .destination import Destination
from .disk import Disk
from .hands import Hands, Pile
from ..ledger_view import LedgerView
from .sight import Sight, complaint, now

CALLING_AE_TITLE = "SKEIN"
PRINTED_FAULTS = 5
# A worker has said what is the case now, in the short terms of a play.
BEATS_SECONDS = 10
# Then the programs are stopped, and with them whatever command still waits for one of them.
HALT_SECONDS = 1


class StuckError(Exception):
    """What a scenario waited for did not come."""


@dataclass(frozen=True)
class Settings:
    """The programs' settings that a scenario needs otherwise than usual."""

    gateways: int = 1
    term: str = "3 s"
    lost_after: str = "20 s"
    delays: str = "500 ms, 1 s, 2 s"
    attempts: int = 6
    spool: str = ""
    holding_store: bool = False
    """Whether each worker has a holding store, in the folder `store` beside its own."""
    orders: bool = True
    """Whether the hospital's orders are there from the beginning."""
    pacs_disk: int = 0
    """Bytes of a disk of its own for what the PACS stores, for a worker's spool and holding store, the coordinator's folder; 0: none."""
    spool_disk: int = 0
    store_disk: int = 0
    ledger_disk: int = 0
    pacs_up: bool = True


@dataclass
class Stage:
    """Everything of one scenario. `faults` are the claims that did not hold; `said` is what the status said of the trouble."""

    folder: Path
    hospital: Path
    programs: tuple[Path, Path]
    settings: Settings
    stack: ExitStack
    faults: list[str] = field(default_factory=list)
    said: str = ""
    disks: dict[str, Disk] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    # Far longer than any step takes: what has not come by then does not come.
    patience: float = 90
    # How long eyes and hands rest between two looks: each look is several commands.
    rest: float = 0.2

    def open(self) -> None:
        """Starts all of it; no disc is inserted yet."""
        wanted = self.settings
        (self.folder / "log").mkdir(parents=True)
        storage = self._disk("pacs", self.folder / "storage", wanted.pacs_disk)
        self.pacs = self.stack.enter_context(Destination(self.folder / "orthanc", storage, running=wanted.pacs_up, settings=self.pacs_settings()))
        self.coordinator = Coordinator(self.programs[0], self._disk("ledger", self.folder / "coordinator", wanted.ledger_disk))
        modalities = {code: name for name, code in HOSPITAL_CODES.items()}
        self.port = free_port()
        self.coordinator.init(self.destination(), self.port, modalities)
        edit(self.coordinator.configuration, {
            "leases": f"{{ term: {wanted.term}, lost-after: {wanted.lost_after} }}",
            "retries": f"{{ delays: [{wanted.delays}], attempts: {wanted.attempts} }}"})
        if wanted.ledger_disk:
            # On another disk, as docs/ledger.md advises: a small one has no room for copies, and the status says so.
            edit(self.coordinator.configuration, {"ledger-copies": f"{{ folder: {self.folder / 'copies'} }}"})
        self.prepare_coordinator()
        self.serve()
        self.ledger = LedgerView(self.coordinator.folder)
        if wanted.orders:
            self.import_orders()
        self.coordinator.ask("media", "import", str(self.hospital / "media.csv"))
        self.gateways = [self.join(f"gateway{number}") for number in range(1, wanted.gateways + 1)]
        self.pile = Pile(self.hospital / "discs")
        self.hands: list[Hands] = []
        for gateway in self.gateways:
            self.employ(gateway)

    def pacs_settings(self) -> dict[str, object]:
        """What the PACS's configuration needs beyond the usual."""
        return {}

    def destination(self) -> str:
        """The PACS's address as workers are to know it."""
        return self.pacs.destination(CALLING_AE_TITLE)

    def prepare_coordinator(self) -> None:
        """What the coordinator's folder needs beyond the usual, before it serves."""

    def prepare(self, gateway: Gateway) -> None:
        """What a gateway that has joined needs beyond the usual."""

    def employ(self, gateway: Gateway) -> None:
        """From now on an operator feeds that gateway."""
        hands = Hands(gateway, self.coordinator, self.pile, self.rest)
        self.hands.append(hands)
        hands.start()
        self.stack.callback(hands.halt, HALT_SECONDS)

    def serve(self) -> None:
        """Starts the coordinator, also again."""
        self.server = self.stack.enter_context(self.coordinator.serve(self.folder / "log" / "coordinator.log"))

    def import_orders(self) -> None:
        """The hospital's orders come."""
        self.coordinator.ask("orders", "import", str(self.hospital / "orders.csv"))

    @property
    def labels(self) -> list[str]:
        """The labels of all discs."""
        return read_media_labels(self.hospital)

    @property
    def records(self) -> Records:
        """The hospital's truth."""
        return read_records(self.hospital)

    def feed(self, *labels: str) -> None:
        """From now on these discs may be inserted; without any, all."""
        self.pile.allow(list(labels) or self.labels)

    def look(self) -> Sight:
        """What an operator sees now."""
        at = now()
        ask = self.coordinator.ask_json
        sight = Sight(at, ask("status", "--json"), ask("workers", "--json")["workers"], ask("media", "--json")["media"],
                      ask("exceptions", "--json")["exceptions"])
        for hands in self.hands:
            if hands.has_failed:
                raise StuckError(f"{hands.name} ended; {hands.refusals[-1:]}")
        return sight

    def until(self, what: str, holds: Callable[[Sight], object], seconds: float | None = None) -> Sight:
        """The first sight for which that holds; raises StuckError when it does not come."""
        seconds = seconds or self.patience
        deadline = time.monotonic() + seconds
        while not holds(sight := self.look()):
            if time.monotonic() > deadline:
                raise StuckError(f"not within {seconds:.0f} s: {what}; {_standing(sight)}")
            time.sleep(self.rest)
        return sight

    def until_said(self, *words: str, seconds: float | None = None) -> str:
        """The first complaint of the status that has all those words. Asks for nothing else, so that it sees also what passes within a beat."""
        seconds = seconds or self.patience
        deadline = time.monotonic() + seconds
        while not (found := complaint(self.coordinator.ask_json("status", "--json"), *words)):
            if time.monotonic() > deadline:
                raise StuckError(f"not within {seconds:.0f} s: a complaint of {' '.join(words)}; {_standing(self.look())}")
            time.sleep(self.rest)
        return found

    def during(self, seconds: float) -> list[Sight]:
        """What an operator sees in so many seconds."""
        deadline = time.monotonic() + seconds
        sights = [self.look()]
        while time.monotonic() < deadline:
            time.sleep(self.rest)
            sights.append(self.look())
        return sights

    def claim(self, holds: object, words: str) -> None:
        """Notes the words as a fault unless that holds; the scenario goes on."""
        if not holds:
            self.faults.append(words)

    def finish(self) -> None:
        """Waits for the end, without any trouble left, and lets the independent check judge it."""
        self.until("the migration's end", lambda sight: sight.is_over)
        self.coordinator.expect_no_more()
        # What a worker said last is as old as its last beat: a disc that was refused and taken out is complained of until the next one.
        told = time.monotonic() + BEATS_SECONDS
        last = self.until("the last beats", lambda sight: not any(worker["paused"] for worker in sight.workers)
                          and (not sight.status["complaints"] or time.monotonic() > told), 2 * BEATS_SECONDS)
        self.claim(not last.status["complaints"], f"at the end the status still complains: {last.status['complaints']}")
        self.claim(not last.exceptions, f"at the end there are {len(last.exceptions)} exceptions")
        for hands in self.hands:
            hands.halt()
        # What the PACS has in memory only does not count.
        self.pacs.stop()
        self.pacs.start()
        verdict = check(self.hospital, self.pacs.url, self._statements())
        self.faults += [f"check: {fault}" for fault in verdict.faults[:PRINTED_FAULTS]]
        self.claim(not verdict.faults, f"check: {len(verdict.faults)} faults in all")

    def _statements(self) -> Path:
        folder = self.folder / "statements"
        folder.mkdir()
        (folder / "studies.json").write_text(json.dumps(self.coordinator.ask_json("studies", "--json"), ensure_ascii=False, indent=1))
        (folder / "report.json").write_text(self.coordinator.ask("report", "--format", "json"))
        return folder

    def join(self, name: str, folder: str = "") -> Gateway:
        """Invites a gateway, and starts its worker in a folder of that name; without one, of its own name."""
        gateway = Gateway(self.programs[1], self.folder / (folder or name), name)
        gateway.join(self.coordinator.ask("invite", name).strip())
        self.prepare(gateway)
        if self.settings.spool:
            edit(gateway.configuration, {"spool": f"{{ path: spool, limit: {self.settings.spool} }}"})
        if self.settings.holding_store:
            (store := self.folder / "store" / name).mkdir(parents=True)
            self._disk("store", store, self.settings.store_disk)
            edit(gateway.configuration, {"holding-store": str(store)})
        self._disk(name, gateway.folder / "spool", self.settings.spool_disk)
        self.work(gateway)
        return gateway

    def work(self, gateway: Gateway) -> None:
        """Starts a worker, also again."""
        self.workers[gateway.name] = self.stack.enter_context(gateway.start(self.folder / "log" / f"{gateway.name}.log"))
        self.coordinator.await_worker(gateway.name, self.workers[gateway.name])

    def _disk(self, name: str, folder: Path, size: int) -> Path:
        if size:
            self.disks[name] = self.stack.enter_context(Disk(folder, size))
        return folder


def edit(configuration: Path, values: dict[str, str]) -> None:
    text = configuration.read_text(encoding="utf-8")
    for key, value in values.items():
        try:
            text = with_value(text, key, value)
        except ValueError:
            # A key that the commented configuration does not show.
            text += f"{key}: {value}\n"
    configuration.write_text(text, encoding="utf-8")


def _standing(sight: Sight) -> str:
    studies = {state: count for state, count in sight.status["studies"].items() if count}
    return (f"studies {studies}, unread {sight.unread}, complaints {sight.status['complaints']}, "
            f"paused {[worker['paused'] for worker in sight.workers]}")

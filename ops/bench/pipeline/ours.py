"""Our pipeline: a coordinator and one worker move the image's studies to storescp, from the presented medium to the ledger."""

from __future__ import annotations

import shutil
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from lab.builder import HOSPITAL_CODES
from lab.processes import Child, free_port
from lab.skein import Coordinator, Gateway, run
from lab.yaml_edit import with_value

from .figures import Figures, usage_of
from .hotspots import Sampler
from .material import LABEL, STUDIES, Material
from .peer import Peer, Setting

WORKER = "gateway1"
RUN_SECONDS = 120
POLL_SECONDS = 0.05
# How often the coordinator is asked while storescp has not all: only to find out that nothing moves any more.
STUCK_SECONDS = 15
NEVER_SENT = {"held", "exception"}


@dataclass(frozen=True)
class Programs:
    """The two programs."""

    coordinator: Path
    worker: Path


def run_pipeline(
    setting: Setting, material: Material, programs: Programs, folder: Path, sampler: Sampler | None = None, encryption: str | None = None
) -> Figures:
    """Moves the image's studies once; raises RuntimeError unless storescp and the ledger have every instance.

    With `encryption`, `on` or `off`, the image comes into a drive, so that it is staged; without, it is declared online and is not.
    With a sampler the worker runs below it, and the worker's usage in the figures is the sampler's.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    count, byte_count = len(material.paths()), material.warm()
    with Peer(setting, folder / "storescp.log") as peer:
        coordinator = _coordinator(programs.coordinator, folder / "coordinator", peer, material, encryption)
        with coordinator.serve(folder / "coordinator.log") as server:
            gateway = _worker(programs.worker, folder / WORKER, coordinator, material, is_staged=encryption is not None)
            before = usage_of(server.process_id)
            with _start(gateway, folder / "worker.log", sampler) as worker:
                if encryption:
                    coordinator.await_worker(WORKER, worker)
                    gateway.insert(LABEL, material.image)
                _await_all(coordinator, peer, worker, count)
                used, after = usage_of(worker.process_id), usage_of(server.process_id)
            _require_all(coordinator, peer, count)
        granted, read, sent = _moments(coordinator.folder / "ledger.sqlite")
    return Figures((sent - granted) / 1000, count, byte_count, used, after.since(before), (read - granted) / 1000)


def _coordinator(program: Path, folder: Path, peer: Peer, material: Material, encryption: str | None) -> Coordinator:
    """A new coordinator that believes C-STORE responses, since storescp lists nothing, and knows the orders."""
    coordinator = Coordinator(program, folder)
    coordinator.init(peer.destination, free_port(), {code: name for name, code in HOSPITAL_CODES.items()})
    text = coordinator.configuration.read_text(encoding="utf-8")
    text = with_value(text, "verification", "acknowledged")
    if encryption:
        text = with_value(text, "spools", f"{{ encryption: {encryption} }}")
    coordinator.configuration.write_text(text, encoding="utf-8")
    coordinator.ask("orders", "import", str(material.orders))
    coordinator.ask("media", "import", str(material.media))
    return coordinator


def _worker(program: Path, folder: Path, coordinator: Coordinator, material: Material, is_staged: bool) -> Gateway:
    """A new worker with a drive, or with the image declared online, and everything else as `join` wrote it."""
    gateway = Gateway(program, folder, WORKER)
    if is_staged:
        gateway.join(coordinator.ask("invite", WORKER).strip())
        return gateway
    run([str(program), "join", coordinator.ask("invite", WORKER).strip(), "--dir", str(folder)])
    text = gateway.configuration.read_text(encoding="utf-8")
    entry = f"\n  - label: {LABEL}\n    path: {material.image}"
    gateway.configuration.write_text(with_value(text, "online", entry), encoding="utf-8")
    return gateway


def _start(gateway: Gateway, log: Path, sampler: Sampler | None) -> Child:
    command = [str(gateway.program), "run", "--config", str(gateway.configuration)]
    return Child(gateway.name, sampler.sampling(command) if sampler else command, log)


def _await_all(coordinator: Coordinator, peer: Peer, worker: Child, count: int) -> None:
    """Waits for storescp's own count first: commands asked again and again would take a processor from what is measured."""
    deadline = time.monotonic() + RUN_SECONDS
    asked = time.monotonic() + STUCK_SECONDS
    while True:
        now = time.monotonic()
        if peer.received >= count or now > asked:
            states, asked = _states(coordinator), now + STUCK_SECONDS
            if states == ["sent"] * STUDIES:
                return
            if now > deadline or set(states) & NEVER_SENT or worker.exit_status is not None:
                raise RuntimeError(f"{peer.received} of {count} instances arrived; the studies are {', '.join(states)}\n{_why(coordinator)}{worker.tail()}")
        time.sleep(POLL_SECONDS)


def _states(coordinator: Coordinator) -> list[str]:
    return [study["state"] for study in coordinator.ask_json("studies", "--json")["studies"]]


def _why(coordinator: Coordinator) -> str:
    details = {row["detail"] for row in coordinator.ask_json("exceptions", "--json")["exceptions"]}
    return "".join(f"{detail}\n" for detail in sorted(details))


def _require_all(coordinator: Coordinator, peer: Peer, count: int) -> None:
    studies = coordinator.ask_json("studies", "--json")["studies"]
    matched = sum(study["instanceCount"] for study in studies if study["outcome"] == "matched" and study["accessionNumber"])
    sent = sum(study["verifiedCount"] for study in studies)
    if matched != count or sent != count or peer.received != count:
        raise RuntimeError(f"of {count} instances {matched} matched an order, {sent} are sent in the ledger, {peer.received} came to storescp")


def _moments(ledger: Path) -> tuple[int, int, int]:
    """In milliseconds, from the ledger's own events: the medium was granted for reading, it was read, the last study was sent."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as database:
        moments = {code: database.execute("SELECT max(at) FROM event WHERE code = ?", [code]).fetchone()[0]
                   for code in ("medium-granted", "medium-read", "study-sent")}
    if None in moments.values():
        raise RuntimeError(f"the ledger {ledger} lacks one of the events {', '.join(moments)}")
    return moments["medium-granted"], moments["medium-read"], moments["study-sent"]

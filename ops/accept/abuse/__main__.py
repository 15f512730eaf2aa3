"""`make accept-abuse`: a coordinator with an honest fleet at work, attacked in every way of docs/threat-model.md."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from lab.processes import Child, free_port
from lab.skein import Coordinator, Gateway
from lab.yaml_edit import with_value

from . import attacks, floods
from .fleet import labels
from .forge import Forge
from .impostor import expired_worker, worker_as_server
from .line import Certificate, enrol, request, stranger
from .outcome import Outcome
from .table import HEAD, PACE_SHARE, Row
from .watch import Watch, pace

SOURCES = [f"127.0.0.{number}" for number in range(2, 12)]
MILLION = 1_000_000
# How often an attack is measured at most.
ROUNDS = 3
SETTLING_SECONDS = 1.5
IDLE = 10_000
NICE = 19
# How many stretches are waited for one in which the machine leaves the fleet its pace.
QUIET_STRETCHES = 30
# How old the fleet's last line may be when it is ended.
UNTOLD_SECONDS = 3


class Run:
    """One run."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.folder: Path = arguments.out.resolve()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.coordinator = Coordinator(arguments.coordinator.resolve(), self.folder / "m")
        self.port = free_port()
        self.keys = self.folder / "keys"
        self.keys.mkdir()
        self.rows: list[Row] = []
        self.logs = 0

    def prepare(self) -> None:
        """A migration whose studies need no orders: all of them are sent as unspecified exams."""
        self.coordinator.init("dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN", self.port, {})
        configuration = self.coordinator.configuration
        text = with_value(configuration.read_text(encoding="utf-8"), "patient-level-failed", "unspecified-exam", section="policies")
        text = text.replace("{ accession-prefix: UX,", "{ accession-prefix: UX, issuer-of-unknown: LEGACY,")
        configuration.write_text(text, encoding="utf-8")
        media = self.folder / "media.csv"
        rows = "".join(f"{label},cd\n" for label in labels(self.arguments.workers, self.arguments.studies))
        media.write_text("label,kind\n" + rows, encoding="utf-8")
        self.coordinator.ask("media", "import", str(media))

    async def enrol(self, name: str) -> tuple[Certificate, str]:
        """An enrolled worker, and its invitation, which is used now."""
        invitation = self.coordinator.ask("invite", name)
        return await enrol(self.port, invitation, self.keys, name), invitation

    def start_fleet(self) -> Child:
        """The honest fleet, at work."""
        return Child("fleet", [
            sys.executable, "-m", "abuse.fleet", "--port", str(self.port), "--folder", str(self.keys), "--workers", str(self.arguments.workers), "--pace",
            str(self.arguments.pace), "--studies", str(self.arguments.studies)], self.folder / "fleet.log")

    async def measure(self, name: str, watch: Watch, attack: Callable[[], Awaitable[Outcome]]) -> None:
        """Carries out an attack and writes its row. Where the fleet fell behind, it is measured twice more, beside quiet stretches of its own: what counts is
        all of it together, so that one stall of a disk is not taken for the attack's doing."""
        if self.arguments.only not in name:
            return
        row = await self.measure_once(name, watch, attack)
        while not row.keeps_pace and row.outcome.rounds < ROUNDS:
            print(f"{row.text()} measured again", flush=True)
            row.merge(await self.measure_once(name, watch, attack))
        self.rows.append(row)
        print(row.text(), flush=True)

    async def measure_once(self, name: str, watch: Watch, attack: Callable[[], Awaitable[Outcome]]) -> Row:
        """A quiet stretch, and a stretch of the attack, which is repeated where it is short."""
        log, stretch = self.folder / "coordinator.log", self.arguments.seconds
        quiet = await self.quiet_stretch()
        begin, size = time.time(), log.stat().st_size
        outcome = await attack()
        while time.time() - begin < stretch:
            outcome.merge(await attack())
        end = time.time()
        # The fleet tells each second when it is over.
        await asyncio.sleep(SETTLING_SECONDS)
        fleet = self.folder / "fleet.log"
        outcome.rounds = 1
        return Row(
            name, outcome, end - begin, watch.use(begin, end), watch.use(quiet, begin), log.stat().st_size - size, self.arguments.pace,
            pace(fleet, quiet, begin), pace(fleet, begin, end))

    async def quiet_stretch(self) -> float:
        """When the stretch began that ends now, in which the fleet had the pace that it was asked for: on a machine that is busy with other things, that
        is waited for."""
        for _ in range(QUIET_STRETCHES):
            begin = time.time()
            await asyncio.sleep(self.arguments.seconds)
            if pace(self.folder / "fleet.log", begin, time.time()).per_second >= PACE_SHARE * self.arguments.pace:
                break
        return begin

    async def refusals(self, watch: Watch) -> None:
        """Whoever is not who he says."""
        worker, invitation = await self.enrol("revoked1")
        self.coordinator.ask("workers", "revoke", "revoked1")
        forge = Forge(self.folder / "forge", self.coordinator.folder / "authority.pem", self.coordinator.folder / "authority-key.pem")
        _, signing_request = request(self.keys, "replay")
        rounds, port = self.arguments.rounds, self.port
        await self.measure("no certificate", watch, lambda: attacks.without_certificate(port, rounds))
        for name, certificate, code in [
            ("another authority's certificate", forge.of_another_authority(), ""), ("expired certificate", forge.expired(), ""),
            ("coordinator's certificate as a client", forge.coordinators(), "not-authenticated"),
            ("certificate without a role", forge.without_role(), "not-authenticated"),
        ]:
            await self.measure(name, watch, lambda: attacks.with_certificate(port, certificate, code, rounds))
        await self.measure("revoked worker", watch, lambda: attacks.revoked(port, worker, rounds))
        old, _ = await self.enrol("robbed")
        new = await attacks.renewed(port, old, self.keys, "robbed")
        await self.measure("superseded certificate", watch, lambda: attacks.with_certificate(port, old, "certificate-superseded", rounds))
        await self.measure("connections with a superseded certificate", watch, lambda: floods.of_a_thief(port, rounds, old, new))
        # What it may have now, it has had: the next is an hour away.
        await self.measure("renewals without end", watch, lambda: attacks.renewals(port, new, signing_request, rounds))
        await self.measure("replayed and guessed invitations", watch, lambda: attacks.replayed(port, invitation, signing_request, rounds))
        late, victim = await self.gateway("late"), await self.gateway("victim")
        expired = forge.expired()
        await self.measure("worker with an expired certificate", watch, lambda: asyncio.to_thread(expired_worker, expired, late, self.log("expired")))
        await self.measure("worker's certificate as a server", watch, lambda: worker_as_server(worker, victim, self.log("victim")))

    def newest_grant(self) -> int:
        """About the number that the coordinator granted last: it counts discs, and parts."""
        return len(labels(self.arguments.workers, self.arguments.studies)) + counted(self.folder / "fleet.log")

    async def gateway(self, name: str) -> Gateway:
        """A real worker, enrolled."""
        gateway = Gateway(self.arguments.worker.resolve(), self.folder / name, name)
        gateway.join(self.coordinator.ask("invite", name).strip())
        return gateway

    def log(self, name: str) -> Path:
        """A log that is not there yet."""
        self.logs += 1
        return self.folder / f"{name}-{self.logs}.log"

    async def floods(self, watch: Watch) -> None:
        """Whoever wants to be in the way."""
        worker, _ = await self.enrol("abuser")
        _, signing_request = request(self.keys, "guess")
        port, seconds, lines = self.port, self.arguments.seconds, self.arguments.lines
        await self.measure("others' grants", watch, lambda: attacks.others_grants(port, worker, self.newest_grant()))
        await self.measure("connections of one worker", watch, lambda: floods.of_a_worker(port, 10 * self.arguments.rounds, worker))
        await self.measure("over-long line, stranger (100 MiB)", watch, lambda: attacks.over_long(port, stranger(), 100))
        await self.measure("over-long line, worker (100 MiB)", watch, lambda: attacks.over_long(port, worker.context(), 100))
        await self.measure("a million small lines, worker", watch, lambda: floods.worker_lines(port, lines, worker, [b"X\n"]))
        await self.measure("lines that are looked up, worker", watch, lambda: floods.worker_lines(port, lines // 10, worker, attacks.LOOKED_UP))
        ledger = self.coordinator.folder / "ledger.sqlite"
        await self.measure("another spool with each HELLO", watch, lambda: floods.new_spools(port, worker, ledger, seconds))
        await self.measure("a million small lines, strangers", watch, lambda: floods.strangers_lines(port, SOURCES[0], lines))
        await self.measure("guessed invitations, as fast as they are answered", watch, lambda: floods.enrolments(port, SOURCES[0], signing_request, seconds))
        await self.measure("slow dribble, 600 connections", watch, lambda: floods.dribble(port, 600, SOURCES, max(seconds, 15), worker))
        await self.measure("idle connections, ten addresses", watch, lambda: floods.idle(port, self.arguments.idle, SOURCES, None, seconds))
        await self.measure(
            "idle connections after the handshake, one address", watch, lambda: floods.idle(port, self.arguments.idle // 10, SOURCES[:1], stranger(), seconds))
        await self.measure(
            "silent connections after the handshake, one address", watch,
            lambda: floods.idle(port, self.arguments.idle // 10, SOURCES[:1], stranger(), seconds, is_silent=True))
        await self.measure("handshakes as fast as they go, one address", watch, lambda: floods.handshakes(port, SOURCES[0], seconds))

    async def attack(self, watch: Watch) -> None:
        """Everything; first and last nothing, which shows how far two quiet stretches differ."""
        async def nothing() -> Outcome:
            await asyncio.sleep(self.arguments.seconds)
            return Outcome()

        await self.measure("none", watch, nothing)
        await self.refusals(watch)
        await self.floods(watch)
        await self.measure("none, afterwards", watch, nothing)

    def run(self) -> int:
        """The exit status."""
        self.prepare()
        print(f"{HEAD}", flush=True)
        with self.coordinator.serve(self.folder / "coordinator.log") as serving:
            watch = Watch(serving.process_id)
            for number in range(self.arguments.workers):
                asyncio.run(self.enrol(f"honest{number}"))
            asyncio.run(self.enrol("newcomer"))
            with self.start_fleet() as fleet:
                await_lines(fleet, self.folder / "fleet.log")
                # In a hospital an attacker computes on a machine of his own: what the coordinator and the fleet want of this one goes first.
                os.nice(NICE)
                asyncio.run(self.attack(watch))
            done = counted(self.folder / "fleet.log")
            verified = self.coordinator.ask_json("status", "--json")["studies"]["verified"]
            watch.stop()
            faults = [fault for row in self.rows for fault in row.faults()]
            if not done <= verified <= done + UNTOLD_SECONDS * self.arguments.pace:
                faults.append(f"the coordinator acknowledged {done} results and has {verified} verified studies")
            if serving.exit_status is not None:
                faults.append("the coordinator ended")
        print(f"\nthe fleet was told of {done} results that they are counted; the ledger has {verified} verified studies")
        for fault in faults:
            print(f"FAULT {fault}")
        print("accept-abuse: " + ("FAILED" if faults else "passed"))
        return 1 if faults else 0


def await_lines(fleet: Child, log: Path) -> None:
    """Waits until the fleet works."""
    while '"cycles"' not in log.read_text(encoding="utf-8"):
        if fleet.exit_status is not None:
            raise SystemExit(f"the honest fleet does not come about:\n{fleet.tail()}")
        time.sleep(0.2)


def counted(log: Path) -> int:
    """The results that the fleet was told are counted."""
    rows = [text for text in log.read_text(encoding="utf-8").splitlines() if text.startswith("{") and text.endswith("}")]
    return json.loads(rows[-1])["done"]


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="abuse", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--worker", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=16, help="honest workers")
    parser.add_argument("--pace", type=float, default=100, help="cycles a second of the honest fleet")
    parser.add_argument("--studies", type=int, default=7000, help="studies of each honest worker: what its pace needs for the whole run")
    parser.add_argument("--rounds", type=int, default=20, help="how often each refusal is tried")
    parser.add_argument("--seconds", type=float, default=10, help="how long a stretch is, with an attack and without")
    parser.add_argument("--lines", type=int, default=MILLION, help="small lines")
    parser.add_argument("--only", default="", help="attacks whose names have this")
    parser.add_argument("--idle", type=int, default=IDLE, help="idle connections")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return Run(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())

"""One migration in which programs are killed at given moments, and the judgement of it."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..check import check
from ..records import Records, read_media_labels, read_records
from ..skein import CommandError
from .arrivals import attribute, doubled
from .hands import DONE, Operator, Stack
from .moments import DISCS, PACS, Moment
from .sight import NOT_TOLD, Attempts, Pace, activity
from .site import Site, on_their_way

POLL_SECONDS = 0.02
STATUS_SECONDS = 0.5
# A run that hangs is given up.
RUN_SECONDS = 400


@dataclass
class Result:
    """What became of a run."""

    seconds: float = 0.0
    sent: int = 0
    """Objects that arrived, each time counted."""
    arrived: int = 0
    """Different objects among them."""
    doubled: dict[str, int] = field(default_factory=dict)
    """Objects that arrived once more, by the kill that explains it."""
    busy: int = 0
    """Moments at which something was being read or sent."""
    put_in_again: list[str] = field(default_factory=list)
    """Discs whose reading was interrupted so that they had to be put in again, and why."""
    looks: int = 0
    """How often no attempt was seen to be counted before the PACS was first killed."""
    faults: list[str] = field(default_factory=list)


class KillRun:
    """A run: its folder, its hospital, the programs and the moments, in their order."""

    def __init__(self, out: Path, hospital: Path, programs: tuple[Path, Path], moments: list[Moment]) -> None:
        self._out, self._hospital, self._moments = out, hospital, moments
        self._site = Site(out, hospital, *programs)
        self._records: Records = read_records(hospital)
        self._stop = threading.Event()
        self._attempts = Attempts(self._site.coordinator)
        self._pace = Pace(self._site.arrivals)
        self._started = time.monotonic()
        self.result = Result()

    def run(self) -> Result:
        """Migrates, kills at the moments, judges. What goes wrong is in the result's faults."""
        with self._site:
            try:
                self._migrate()
                self._judge()
            except (CommandError, RuntimeError) as error:
                self.result.faults.append(f"the run failed after {self._elapsed:.1f} s: {error}\n{self._tails()}")
        self.result.seconds = self._elapsed
        return self.result

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._started

    def _migrate(self) -> None:
        self._site.start()
        discs = Stack(read_media_labels(self._hospital), self._hospital / "discs")
        operators = [Operator(gateway, self._site, discs, self._stop) for gateway in self._site.gateways]
        for thread in [*operators, self._attempts]:
            thread.start()
        try:
            for moment in self._moments:
                when = self._await(moment, operators)
                self._strike(_aimed(moment, operators), when, operators)
            self._await_end(operators)
        finally:
            self._stop.set()
            self._attempts.halt()
            self._attempts.join()
            for operator in operators:
                operator.join()
                self.result.put_in_again += operator.put_in_again

    def _look(self, operators: list[Operator]) -> None:
        """Raises CommandError when the run cannot go on, or goes on for too long."""
        self._site.require_all()
        for operator in operators:
            if operator.failure:
                raise CommandError(f"{operator.name}: {operator.failure}")
        if self._elapsed > RUN_SECONDS:
            raise CommandError(f"it does not end within {RUN_SECONDS} s; the status says: {self._complaints()}")

    def _await(self, moment: Moment, operators: list[Operator]) -> str:
        """Until its count is reached; returns in words when that was."""
        total = len(read_media_labels(self._hospital)) if moment.counted == DISCS else len(self._records.expected)
        while True:
            arrived = self._pace.look()
            reached = sum(len(operator.started) for operator in operators) if moment.counted == DISCS else arrived
            if reached >= moment.threshold(total):
                return f"{reached} {moment.counted} and {moment.delay * 1000:.0f} ms"
            self._look(operators)
            time.sleep(POLL_SECONDS)

    def _strike(self, moment: Moment, when: str, operators: list[Operator]) -> None:
        # Asked while the moment's delay goes by: a disc is not read for long. A command that the kill cuts off looks for a coordinator for a while.
        pool = ThreadPoolExecutor(1)
        asked = pool.submit(activity, self._site.coordinator)
        pool.shutdown(wait=False)
        time.sleep(moment.delay)
        if PACS in moment.victims:
            self._attempts.halt()
        self._pace.look()
        words, is_busy = asked.result() if asked.done() else (NOT_TOLD, False)
        self.result.busy += is_busy or self._pace.per_second > 0
        discs = " ".join(operator.disc or "-" for operator in operators)
        away = ", ".join(f"{name} for {pause:.1f} s" for name, pause in zip(self._site.names(moment), moment.pauses))
        print(f"  [{self._elapsed:5.1f} s] kill -9 at {when}: {away} · in the drives {discs}; {words}; "
              f"{self._pace.per_second} arrived in the last second", flush=True)
        self._site.kill(moment)
        self._site.start_again(moment)

    def _await_end(self, operators: list[Operator]) -> None:
        while True:
            self._look(operators)
            is_fed = not any(operator.is_alive() for operator in operators)
            if is_fed and self._site.coordinator.ask_json("status", "--json")["finished"]:
                return self._site.coordinator.expect_no_more()
            time.sleep(STATUS_SECONDS)

    def _judge(self) -> None:
        """The independent check, and what a run with kills must show beyond it."""
        coordinator, faults = self._site.coordinator, self.result.faults
        statements = self._out / "statements"
        statements.mkdir()
        (statements / "studies.json").write_text(coordinator.ask("studies", "--json"), encoding="utf-8")
        (statements / "report.json").write_text(coordinator.ask("report", "--format", "json"), encoding="utf-8")
        report = json.loads((statements / "report.json").read_text(encoding="utf-8"))
        faults += [f"exception: study {row['studyInstanceUID']} is one: {row['category']}, {row['detail']}" for row in report["exceptions"]]
        faults += [f"medium: {row['label']} is {row['state']}: {row['reason']}" for row in report["media"] if row["state"] not in DONE]
        faults += [f"attempt: study {uid} had one counted before the PACS was ever away" for uid in sorted(self._attempts.burnt)]
        self.result.looks = self._attempts.looks
        self._site.stop_skein()
        verdict = check(self._hospital, self._site.orthanc.url, statements)
        faults += [str(fault) for fault in verdict.faults]
        self._count(verdict.instances)

    def _count(self, stored: int) -> None:
        arrivals = self._site.arrivals.read()
        self.result.sent, self.result.arrived = len(arrivals), len({uid for uid, _ in arrivals})
        if self.result.arrived != stored:
            self.result.faults.append(f"arrivals: the PACS noted {self.result.arrived} different objects, and has {stored}")
        counts, unexplained = attribute(doubled(arrivals), self._site.kills)
        self.result.faults += [f"doubled: {each.sop_instance_uid} was sent again, and no kill explains it" for each in unexplained]
        for kill, count in counts.items():
            self.result.doubled[kill.name] = self.result.doubled.get(kill.name, 0) + count
            if count > on_their_way(kill):
                self.result.faults.append(f"doubled: {count} sends by the kill of {kill.name}; {on_their_way(kill)} can have been on their way")

    def _complaints(self) -> str:
        try:
            status = self._site.coordinator.ask_json("status", "--json")
            return f"{status['complaints']}, studies {status['studies']}, media {status['media']}"
        except CommandError as error:
            return str(error)

    def _tails(self) -> str:
        logs = sorted(self._site.log.glob("*.log"))
        return "\n".join(f"-- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]) for log in logs)



def _aimed(moment: Moment, operators: list[Operator]) -> Moment:
    """With the gateway into which the last disc went, where discs are counted: it is the one that reads."""
    if moment.counted != DISCS:
        return moment
    latest = max(range(len(operators)), key=lambda index: operators[index].started[-1:] or [0.0])
    return replace(moment, gateway=latest)

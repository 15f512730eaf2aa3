"""Messages by many senders, and the coordinator killed in the middle of them, again and again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random

from lab.skein import Coordinator

from . import ledger
from .hospital import Known, Message, System, after
from .sending import REPLY_SECONDS, Patience, Sender

POLL_SECONDS = 0.05
# Messages that were acknowledged before a kill and are said once more after it.
REPEATED = 50
# When the coordinator is killed: after so many parts of all messages.
KILLS = (0.25, 0.5, 0.75)
# Senders that come in twos: both speak of the same patients and orders, at once.
PAIRS = 2


@dataclass
class Crash:
    """One run."""

    coordinator: Coordinator
    port: int
    folder: Path
    systems: int
    messages: int
    seed: int
    faults: list[str] = field(default_factory=list)

    def run(self) -> list[str]:
        """What differs from what was acknowledged; prints the figures."""
        pairs = min(PAIRS, self.systems // 2)
        names = [chr(ord("A") + index) for index in range(self.systems - pairs)]
        self._hospital = [System(name, self.seed, senders=2 if index < pairs else 1) for index, name in enumerate(names)]
        self._said: dict[str, list[Message]] = {}
        for system in self._hospital:
            system.messages(self.messages * len(system.senders) // self.systems)
            self._said |= system.shares()
        # How many of its messages each sender knows to be acknowledged.
        self._done = dict.fromkeys(self._said, 0)
        print(f"{sum(map(len, self._said.values()))} messages by {len(self._said)} senders, each a mllp_send of its own; {pairs} pairs of them speak of the same "
              "patients", flush=True)
        for number, share in enumerate(KILLS, 1):
            if not self._send_until(number, share):
                return self.faults
        self._finish()
        self._replay()
        return self.faults

    @property
    def said(self) -> list[Message]:
        """All messages of the run."""
        return [message for system in self._hospital for message in system.said]

    def _send_until(self, number: int, share: float) -> bool:
        """Sends until that share of all messages is acknowledged, and kills the coordinator; whether it can go on."""
        begin, before = time.monotonic(), sum(self._done.values())
        with self.coordinator.serve(self.folder / f"serving-{number}.log") as serving:
            if before:
                self._check(f"after kill {number - 1}", in_flight=1)
            senders = self._senders(f"run{number}")
            patience = Patience()
            while (known := self._answered(senders)) < self.messages * share:
                if patience.is_over(known):
                    self.faults.append(f"no sender had a reply for {REPLY_SECONDS} s")
                    return False
                if not any(sender.is_running for sender in senders.values()):
                    self.faults.append("the senders ended before the coordinator was killed")
                    return False
                time.sleep(POLL_SECONDS)
            serving.kill()
        seconds = time.monotonic() - begin
        for sender in senders.values():
            sender.wait()
        self._note(senders)
        count = sum(self._done.values())
        if count == len(self.said):
            self.faults.append("all messages were acknowledged before the coordinator was killed")
        print(f"kill -9 number {number} after {count} acknowledged messages, {(count - before) / seconds:.0f} a second", flush=True)
        return not any(sender.is_stuck for sender in senders.values())

    def _finish(self) -> None:
        """Sends the rest."""
        with self.coordinator.serve(self.folder / "rest.log"):
            self._check(f"after kill {len(KILLS)}", in_flight=1)
            begin, before = time.monotonic(), sum(self._done.values())
            senders = self._senders("rest")
            self.faults += [f"mllp_send of {name} ended with {status}" for name, sender in senders.items() if (status := sender.wait())]
            self._note(senders)
            rate = (sum(self._done.values()) - before) / (time.monotonic() - begin)
            self._check("at the end", in_flight=0)
            print(f"the rest, with {REPEATED} of each sender said again: {rate:.0f} new messages a second", flush=True)

    def _replay(self) -> None:
        """Says everything once more, in another order and by other senders: nothing may change."""
        everything = [message for messages in self._said.values() for message in messages]
        Random(self.seed).shuffle(everything)
        with self.coordinator.serve(self.folder / "replay.log"):
            begin = time.monotonic()
            senders = {f"replay{index}": Sender(f"replay{index}", everything[index::self.systems], self.port, self.folder) for index in range(self.systems)}
            self.faults += [f"mllp_send of {name} ended with {status}" for name, sender in senders.items() if (status := sender.wait())]
            self.faults += [text for sender in senders.values() for text in sender.unexpected()]
            self.faults += [f"refused at the replay: {text}" for sender in senders.values() for text in sender.refused()]
            self._check("after all was said again, shuffled", in_flight=0)
            print(f"all messages once more, shuffled: {len(everything) / (time.monotonic() - begin):.0f} a second", flush=True)

    def _start(self, name: str) -> int:
        return max(0, self._done[name] - REPEATED)

    def _senders(self, run: str) -> dict[str, Sender]:
        return {name: Sender(f"{run}-{name}", messages[self._start(name):], self.port, self.folder) for name, messages in self._said.items()}

    def _answered(self, senders: dict[str, Sender]) -> int:
        """Messages that were answered by now, each counted once."""
        return sum(max(self._done[name], self._start(name) + sender.answered) for name, sender in senders.items())

    def _note(self, senders: dict[str, Sender]) -> None:
        """Takes the replies of senders that have ended."""
        self.faults += stuck_senders(senders)
        for name, sender in senders.items():
            self.faults += [f"refused: {text}" for text in sender.refused()] + sender.unexpected()
            self._done[name] = max(self._done[name], self._start(name) + len(sender.accepted()))

    def _check(self, when: str, in_flight: int) -> None:
        """What is not as the acknowledged messages left it; one more of each sender may have been carried out without its reply having arrived."""
        store = self.coordinator.folder / "ledger.sqlite"
        found = ledger.orders(store)
        faults: list[str] = []
        for system in self._hospital:
            faults += ledger.differences(found, system.name, *self._allowed(system, in_flight))
        letters = {system.name for system in self._hospital}
        faults += [f"order {accession} is of no system" for accession in found if accession[:1] not in letters]
        if not in_flight:
            faults += ledger.patient_differences(store, [system.known for system in self._hospital])
        print(f"{when}: {sum(map(len, found.values()))} orders in the ledger, {len(faults)} not as acknowledged", flush=True)
        self.faults += [f"{when}: {fault}" for fault in faults]

    def _allowed(self, system: System, in_flight: int) -> Iterator[Known]:
        acknowledged = [message for name in system.senders for message in self._said[name][: self._done[name]]]
        next_ones = [self._said[name][self._done[name]: self._done[name] + in_flight] for name in system.senders]
        for chosen in product(*([[], one] if one else [[]] for one in next_ones)):
            yield after(acknowledged + [message for messages in chosen for message in messages])


def stuck_senders(senders: dict[str, Sender]) -> list[str]:
    """Those that had to be ended because no reply came."""
    return [f"{sender.name} had no reply for {REPLY_SECONDS} s" for sender in senders.values() if sender.is_stuck]

"""Messages by many senders, and the coordinator killed in the middle of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from lab.skein import Coordinator

from . import ledger
from .hospital import Known, Message, System
from .sending import REPLY_SECONDS, Patience, Sender

POLL_SECONDS = 0.05
# Messages that were acknowledged before the kill and are said once more after it.
REPEATED = 50


@dataclass
class Crash:
    """One run."""

    coordinator: Coordinator
    port: int
    folder: Path
    systems: int
    messages: int
    seed: int

    def run(self) -> list[str]:
        """What differs from what was acknowledged; prints the figures."""
        systems = [System(chr(ord("A") + index), self.seed) for index in range(self.systems)]
        said = {system.name: system.messages(self.messages // self.systems) for system in systems}
        print(f"{sum(map(len, said.values()))} messages of {len(systems)} systems, each sent by a mllp_send of its own", flush=True)
        begin = time.monotonic()
        with self.coordinator.serve(self.folder / "before.log") as serving:
            senders = {name: Sender(f"before-{name}", messages, self.port, self.folder) for name, messages in said.items()}
            patience = Patience()
            while (answered := sum(sender.answered for sender in senders.values())) < self.messages // 2:
                if patience.is_over(answered):
                    return [f"no sender had a reply for {REPLY_SECONDS} s"]
                if not any(sender.is_running for sender in senders.values()):
                    return ["the senders ended before the coordinator was killed"]
                time.sleep(POLL_SECONDS)
            serving.kill()
        first = time.monotonic() - begin
        for sender in senders.values():
            sender.wait()
        if stuck := stuck_senders(senders):
            return stuck
        counts = {name: len(sender.accepted()) for name, sender in senders.items()}
        print(f"kill -9 after {sum(counts.values())} acknowledged messages in {first:.1f} s", flush=True)
        if all(counts[name] == len(messages) for name, messages in said.items()):
            return ["all messages were acknowledged before the coordinator was killed"]
        faults = [f"refused: {text}" for sender in senders.values() for text in sender.refused()]
        faults += [text for sender in senders.values() for text in sender.unexpected()]
        with self.coordinator.serve(self.folder / "after.log"):
            faults += self._check(said, counts, "after the kill", in_flight=1)
            begin = time.monotonic()
            senders = {
                name: Sender(f"after-{name}", messages[max(0, counts[name] - REPEATED):], self.port, self.folder) for name, messages in said.items()}
            faults += [f"mllp_send of {name} ended with {status}" for name, sender in senders.items() if (status := sender.wait())]
            faults += stuck_senders(senders)
            faults += [text for sender in senders.values() for text in sender.unexpected()]
            rate = sum(len(sender.messages) for sender in senders.values()) / (time.monotonic() - begin)
            faults += [f"refused: {text}" for sender in senders.values() for text in sender.refused()]
            counts = {name: len(messages) for name, messages in said.items()}
            faults += self._check(said, counts, "at the end", in_flight=0)
            print(f"the rest, with {REPEATED} of each system said again: {rate:.0f} messages a second", flush=True)
        return faults

    def _check(self, said: dict[str, list[Message]], counts: dict[str, int], when: str, in_flight: int) -> list[str]:
        """What is not as the first messages of each system left it; one more may have been carried out without its reply having arrived."""
        found = ledger.orders(self.coordinator.folder / "ledger.sqlite")
        faults: list[str] = []
        for name, messages in said.items():
            known = after(messages[: counts[name]])
            allowed = [known]
            if in_flight and counts[name] < len(messages):
                allowed.append(known.copy())
                messages[counts[name]].apply(allowed[-1])
            faults += ledger.differences(found, name, *allowed)
        faults += [f"order {accession} is of no system" for accession in found if accession[:1] not in said]
        print(f"{when}: {sum(map(len, found.values()))} orders in the ledger, {len(faults)} not as acknowledged", flush=True)
        return [f"{when}: {fault}" for fault in faults]


def stuck_senders(senders: dict[str, Sender]) -> list[str]:
    """Those that had to be ended because no reply came."""
    return [f"{sender.name} had no reply for {REPLY_SECONDS} s" for sender in senders.values() if sender.is_stuck]


def after(messages: list[Message]) -> Known:
    """What is to be known after these messages."""
    known = Known()
    for message in messages:
        message.apply(known)
    return known

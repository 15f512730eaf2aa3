"""Faults of trust: a certificate that is over, on either side."""

from __future__ import annotations

import shutil
from datetime import timedelta

from lab.certificates import expire

from .ground import TERM_SECONDS, Ground

AGES = (timedelta(minutes=2), timedelta(hours=3), timedelta(days=40))
# Longer than a beat, so that what is said by then would have been heard.
SHUT_OUT_SECONDS = (TERM_SECONDS, 2 * TERM_SECONDS)


def worker_certificate_expired(ground: Ground) -> None:
    """A worker begins anew with a certificate that is over: nothing it says counts. With the good one it goes on where it was."""
    ground.feed()
    ground.await_moment(latest=0.5)
    gateway = ground.random.choice(ground.gateways)
    ground.workers[gateway.name].stop()
    good = expire(gateway.folder / "worker.pem", ground.coordinator.folder, age := ground.random.choice(AGES))
    before = ground.ledger.of_worker(gateway.name)
    with gateway.start(log := ground.folder / "log" / "expired.log"):
        ground.pause(*SHUT_OUT_SECONDS)
    ground.claim(ground.ledger.of_worker(gateway.name) == before, f"{gateway.name} was granted something though its certificate is over")
    _says(ground, gateway.name, "expired", log.read_text(errors="replace"))
    shutil.move(good, gateway.folder / "worker.pem")
    ground.work(gateway)
    ground.said = f"{gateway.name}'s, over for {age}"
    _goes_on(ground)


def coordinator_certificate_expired(ground: Ground) -> None:
    """The coordinator begins anew with a certificate that is over: no worker speaks to it. With the good one all go on where they were."""
    ground.feed()
    ground.await_moment(latest=0.5)
    ground.server.stop()
    logs = {name: worker.log for name, worker in ground.workers.items()}
    read = {name: log.stat().st_size for name, log in logs.items()}
    good = expire(ground.coordinator.folder / "coordinator.pem", ground.coordinator.folder, age := ground.random.choice(AGES))
    ground.serve()
    before = set(ground.ledger.grants())
    ground.pause(*SHUT_OUT_SECONDS)
    ground.claim(set(ground.ledger.grants()) == before, "something was granted by a coordinator whose certificate is over")
    for name, log in logs.items():
        _says(ground, name, "certificate", log.read_bytes()[read[name]:].decode(errors="replace"))
    ground.server.stop()
    shutil.move(good, ground.coordinator.folder / "coordinator.pem")
    ground.serve()
    ground.said = f"over for {age}"
    _goes_on(ground)


def _says(ground: Ground, name: str, word: str, log: str) -> None:
    ground.claim(word in log.lower(), f"{name} does not say what is wrong with a certificate: {log[-400:]}")


def _goes_on(ground: Ground) -> None:
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)

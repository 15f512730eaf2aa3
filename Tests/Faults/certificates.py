"""Faults of trust: a certificate that is over. The coordinator's own cannot be: it makes a new one at each start and before its end."""

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


def _says(ground: Ground, name: str, word: str, log: str) -> None:
    ground.claim(word in log.lower(), f"{name} does not say what is wrong with a certificate: {log[-400:]}")


def _goes_on(ground: Ground) -> None:
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)

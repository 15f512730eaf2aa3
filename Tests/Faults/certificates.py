"""Faults of trust: a worker's certificate that is over. The coordinator's own cannot be: it is made anew at each start, and never written down."""

from __future__ import annotations

import shutil
from datetime import timedelta

from lab.certificates import expire
from lab.skein import Gateway

from .ground import TERM_SECONDS, Ground

AGES = (timedelta(minutes=2), timedelta(hours=3), timedelta(days=40))
# Longer than some beats, so that what is said by then would have been heard.
SHUT_OUT_SECONDS = (TERM_SECONDS, 2 * TERM_SECONDS)


def worker_certificate_expired(ground: Ground) -> None:
    """A worker begins anew with a certificate that is over: nothing it says counts, and it says what to do.

    Then the good one comes back, and it goes on where it was; or it is done as it says, and another identity begins with an empty spool.
    """
    ground.feed()
    ground.await_moment(latest=0.5)
    gateway = ground.random.choice(ground.gateways)
    ground.workers[gateway.name].stop()
    good = expire(gateway.folder / "worker.pem", ground.coordinator.folder, age := ground.random.choice(AGES))
    before = ground.ledger.of_worker(gateway.name)
    with gateway.start(log := ground.folder / "log" / "expired.log"):
        ground.pause(*SHUT_OUT_SECONDS)
    words = log.read_text(errors="replace")
    ground.claim(ground.ledger.of_worker(gateway.name) == before, f"{gateway.name} was granted something though its certificate is over")
    ground.claim("expired" in words and "invite" in words, f"{gateway.name} does not say what is wrong, and what to do: {words[-400:]}")
    if is_new := ground.random.random() < 0.5:
        _begin_anew(ground, gateway)
    else:
        shutil.move(good, gateway.folder / "worker.pem")
        ground.work(gateway)
    ground.said = f"{gateway.name}'s, over for {age}; {'enrolled anew' if is_new else 'mended'}"
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)


def _begin_anew(ground: Ground, gateway: Gateway) -> None:
    """Revoked, invited and joined in another folder; its operator goes along."""
    for hands in ground.hands:
        if hands.gateway is gateway:
            hands.halt()
    ground.coordinator.ask("workers", "revoke", gateway.name)
    ground.employ(ground.join(gateway.name, f"{gateway.name}-new"))

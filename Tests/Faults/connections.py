"""Faults of connections: cut and stalled in the middle of a line or of a PDU, swallowed, forgotten."""

from __future__ import annotations

from dataclasses import replace

from lab.proxy.proxy import Deed, Proxy, Strike, Way
from lab.trouble.stage import StuckError

from .ground import TERM_SECONDS, USUAL, Ground

CUTS = 3
# So many bytes on, at most: of a line most are inventories, of an association most are pixels.
LINE_BYTES, ANSWER_BYTES, OBJECT_BYTES = 6_000, 2_000, 400_000
STILL = (1.3, 2.2)
# A worker gives up a connection whose replies do not come after 30 s: it must not be lost by then.
SILENT = replace(USUAL, lost_after="90 s")
LOST_AFTER_SECONDS = 6
SOON_LOST = replace(USUAL, lost_after=f"{LOST_AFTER_SECONDS} s")


def line_cut(ground: Ground) -> None:
    """Connections to the coordinator are cut in the middle of a line, several times."""
    ground.feed()
    for _ in range(CUTS):
        proxy = ground.lines[ground.random.choice(ground.gateways).name]
        _await(ground, _struck(ground, proxy, LINE_BYTES, ANSWER_BYTES, (Deed.RESET, Deed.CLOSE)))
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)
    ground.said = f"{CUTS} lines cut"


def line_stalled(ground: Ground) -> None:
    """A line stops in its middle for longer than a term; then it goes on, or its connection is reset."""
    ground.feed()
    ground.await_moment()
    proxy = ground.lines[ground.random.choice(ground.gateways).name]
    _await(ground, _struck(ground, proxy, LINE_BYTES, ANSWER_BYTES, (Deed.STALL,)))
    ground.said = _ended(ground, proxy)
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)


def pdu_cut(ground: Ground) -> None:
    """Associations are cut in the middle of a PDU, several times."""
    ground.feed()
    for _ in range(CUTS):
        _await(ground, _struck(ground, ground.pacs_road, OBJECT_BYTES, ANSWER_BYTES, (Deed.RESET, Deed.CLOSE)))
    ground.finish()
    ground.sends_within(CUTS)
    ground.said = f"{CUTS} PDUs cut"


def pdu_stalled(ground: Ground) -> None:
    """An association stops in the middle of a PDU for longer than a term; then it goes on, or is reset."""
    ground.feed()
    _await(ground, _struck(ground, ground.pacs_road, OBJECT_BYTES, ANSWER_BYTES, (Deed.STALL,)))
    ground.said = _ended(ground, ground.pacs_road)
    ground.finish()
    ground.sends_within(1)


def host_gone(ground: Ground) -> None:
    """The coordinator's host is gone for longer than a term: nothing comes back, not even a RST. Then it is back, as it was or started anew."""
    ground.feed()
    ground.await_moment()
    for proxy in ground.lines.values():
        proxy.hole()
    if is_restart := ground.random.random() < 0.5:
        ground.server.kill()
    seconds = ground.pause(*(TERM_SECONDS * terms for terms in STILL))
    if is_restart:
        ground.serve()
    for proxy in ground.lines.values():
        if is_restart:
            proxy.reset()
        proxy.heal()
    ground.said = f"gone for {seconds:.1f} s, {'started anew' if is_restart else 'as it was'}"
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)


def line_silent(ground: Ground) -> None:
    """A firewall forgets a worker's connection: it stays open and silent for ever, new ones pass. The worker gives it up and connects anew."""
    ground.feed()
    ground.await_moment()
    gateway = ground.random.choice(ground.gateways)
    ground.lines[gateway.name].forget()
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)
    ground.said = f"{gateway.name}'s line forgotten"


def worker_lost_and_back(ground: Ground) -> None:
    """A worker is cut off until it is declared lost and others read its discs; then it is back, with a spool that counts for nothing any more."""
    ground.feed()
    ground.await_moment(latest=0.3)
    name = ground.busiest(ground.look())
    ground.lines[name].hole()
    ground.until(f"{name} is lost", lambda sight: any(worker["name"] == name and worker["state"] == "lost" for worker in sight.workers))
    seconds = ground.pause(0, LOST_AFTER_SECONDS)
    ground.lines[name].heal()
    ground.said = f"{name} back {seconds:.1f} s after it was lost"
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)


def _struck(ground: Ground, proxy: Proxy, to_server: int, to_client: int, deeds: tuple[Deed, ...]) -> Strike:
    way = ground.random.choice(list(Way))
    most = to_server if way is Way.TO_SERVER else to_client
    return proxy.strike(way, ground.random.randrange(1, most), ground.random.choice(deeds))


def _await(ground: Ground, strike: Strike) -> None:
    if not strike.done.wait(ground.patience):
        raise StuckError(f"{strike.after} bytes {strike.way.value} are still to come before anything is {strike.deed.value}")


def _ended(ground: Ground, proxy: Proxy) -> str:
    """Lets a stall last for longer than a term, and ends it; in words how."""
    seconds = ground.pause(*(TERM_SECONDS * terms for terms in STILL))
    if is_reset := ground.random.random() < 0.5:
        proxy.reset()
    else:
        proxy.heal()
    return f"stalled for {seconds:.1f} s, then {'reset' if is_reset else 'on'}"

"""Scenario 9: the coordinator ends and starts again while leases are live."""

from __future__ import annotations

import time
from collections.abc import Callable

from .stage import Settings, Stage

TWO = Settings(gateways=2)
# Longer than the term of a lease: what was granted before would have ended, had nobody named it again.
TERM_OVER_SECONDS = 4
SHORT_TERM = Settings(gateways=2, term="2 s")
SMALL_SPOOL_DISK = Settings(spool_disk=16 << 20)
# Room for a part of the first disc only.
LITTLE_ROOM = 1 << 20


def restarted(stage: Stage) -> None:
    """Stopped in order, and started again at once."""
    _keeps_leases(stage, stage.server.stop)


def killed(stage: Stage) -> None:
    """Killed, and started again at once."""
    _keeps_leases(stage, stage.server.kill)


def away(stage: Stage) -> None:
    """Killed, and started again when all leases have run out: the workers have stopped by themselves, and nobody is to blame."""
    _leases(stage)
    stage.server.kill()
    stage.pacs.thaw()
    time.sleep(TERM_OVER_SECONDS)
    stage.serve()
    sight = stage.until("both workers", lambda sight: sight.status["workers"]["connected"] == 2)
    stage.said = f"{sight.status['workers']['connected']} of 2 workers heard of"
    _nothing_burnt(stage)


def killed_while_reading(stage: Stage) -> None:
    """Killed while a disc is being read, which a full disk holds up; started again at once: the disc stays leased, and is read on."""
    disk = stage.disks["gateway1"]
    disk.fill(leaving=LITTLE_ROOM)
    stage.feed(stage.labels[0])
    stage.until("a disc that is being read", lambda sight: "disk" in sight.paused("gateway1") and sight.status["media"]["reading"] == 1)
    before = stage.ledger.live()
    stage.server.kill()
    stage.serve()
    stage.during(TERM_OVER_SECONDS)
    live = stage.ledger.live()
    stage.said = f"{len(before)} disc being read before, {len(before & live)} of them a term later"
    stage.claim(before and live == before, f"the live leases were {before} and are {live}")
    disk.empty()
    stage.feed()
    _nothing_burnt(stage)
    inserted = stage.hands[0].inserted
    stage.claim(len(inserted) == len(set(inserted)), f"discs were inserted again: {inserted}")


def _keeps_leases(stage: Stage, end: Callable[[], object]) -> None:
    before = _leases(stage)
    end()
    stage.serve()
    sights = stage.during(TERM_OVER_SECONDS)
    states = {number: grant.state for number, grant in stage.ledger.grants().items() if number in before}
    stage.said = f"{len(before)} leases before, {sum(state == 'live' for state in states.values())} of them a term later"
    stage.claim(set(states.values()) == {"live"}, f"leases that were live are {sorted(set(states.values()))} after the restart")
    stage.claim(sights[-1].leases >= len(before), f"the workers have {sights[-1].leases} leases, and had {len(before)}")
    stage.claim(sights[-1].status["workers"]["connected"] == 2, "a worker does not find its coordinator again")
    stage.pacs.thaw()
    _nothing_burnt(stage)
    states = {number: grant.state for number, grant in stage.ledger.grants().items() if number in before}
    stage.claim(set(states.values()) == {"answered"}, f"leases that were live ended as {sorted(set(states.values()))}")


def _leases(stage: Stage) -> set[int]:
    """Lets the workers send to a destination that does not move; the leases of parts that are live then."""
    stage.pacs.freeze()
    stage.feed()
    stage.until("all discs read, and leases", lambda sight: not sight.unread and sight.leases > 0 and not _reading(stage))
    return stage.ledger.live()


def _reading(stage: Stage) -> bool:
    grants = stage.ledger.grants()
    return any(not grants[number].is_part for number in stage.ledger.live())


def _nothing_burnt(stage: Stage) -> None:
    stage.finish()
    events = stage.ledger.events()
    for code in ("attempt-failed", "gave-up"):
        stage.claim(events[code] == 0, f"{events[code]} × {code}, though only the coordinator was away")

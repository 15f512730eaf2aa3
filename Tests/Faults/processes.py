"""Faults of processes: killed, and stopped for longer than a term."""

from __future__ import annotations

import time

from lab.trouble.stage import StuckError

from .ground import TERM_SECONDS, Ground

# How long who was killed is away: some outlast a term, none the time after which a worker is lost.
AWAY = (0.1, 5.0)
# How long who was stopped stands still, in terms.
STILL = (1.3, 2.2)
POLL_SECONDS = 0.1


def coordinator_killed(ground: Ground) -> None:
    """kill -9 of the coordinator, which is started again later."""
    ground.feed()
    ground.await_moment()
    ground.server.kill()
    seconds = ground.pause(*AWAY)
    ground.serve()
    ground.said = f"away for {seconds:.1f} s"
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)


def worker_killed(ground: Ground) -> None:
    """kill -9 of a worker, which is started again later on its spool."""
    ground.feed()
    ground.await_moment()
    gateway = ground.random.choice(ground.gateways)
    ground.workers[gateway.name].kill()
    seconds = ground.pause(*AWAY)
    ground.work(gateway)
    ground.said = f"{gateway.name} away for {seconds:.1f} s"
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)


def pacs_killed(ground: Ground) -> None:
    """kill -9 of the PACS, which is started again later."""
    ground.feed()
    ground.await_moment()
    ground.pacs.kill()
    seconds = ground.pause(*AWAY)
    ground.pacs.start()
    ground.said = f"away for {seconds:.1f} s"
    ground.finish()
    ground.sends_within(1)


def all_killed(ground: Ground) -> None:
    """kill -9 of everything at once, as when the power fails; each comes back in its own time."""
    ground.feed()
    ground.await_moment()
    ground.server.kill()
    for gateway in ground.gateways:
        ground.workers[gateway.name].kill()
    ground.pacs.kill()
    ground.pacs.start()
    ground.said = f"dark for {ground.pause(*AWAY):.1f} s"
    ground.serve()
    for gateway in ground.gateways:
        ground.work(gateway)
    ground.finish()
    ground.sends_within(1)


def worker_stopped(ground: Ground) -> None:
    """SIGSTOP of a worker for longer than a term, while it sends; then it goes on as if nothing had been.

    Its leases are over by then: it begins no send under them, what it reports under them counts for nothing and is recorded, and the studies are
    leased and verified again.
    """
    ground.feed()
    ground.await_moment(latest=0.5)
    # While the PACS does not answer, no lease ends.
    ground.pacs.freeze()
    name, leases = _stopped_with_leases(ground)
    ground.pacs.thaw()
    deadline = time.monotonic() + ground.patience
    while ground.ledger.live() & leases:
        if time.monotonic() > deadline:
            raise StuckError(f"grants {sorted(ground.ledger.live() & leases)} of {name}, which does not move, do not expire")
        time.sleep(POLL_SECONDS)
    ground.pause(0, TERM_SECONDS)
    resumed = time.time()
    ground.workers[name].let_go()
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(1)
    fenced(ground, leases, resumed, {place.sop_instance_uid: place.study_instance_uid for place in ground.records.places})
    ground.said = f"{len(leases)} leases of {name} over, their results refused"


def _stopped_with_leases(ground: Ground) -> tuple[str, set[int]]:
    """Stops the worker with the most leases; its name, and the grants of parts that were live when it stood still."""
    while True:
        sight = ground.until("a worker sends", lambda sight: sight.leases > 0)
        name = ground.busiest(sight)
        ground.workers[name].hold()
        grants = ground.ledger.grants()
        mine = ground.ledger.of_worker(name)
        leases = {number for number in ground.ledger.live() & mine if grants[number].is_part}
        if leases:
            return name, leases
        ground.workers[name].let_go()
        time.sleep(POLL_SECONDS)


def fenced(ground: Ground, leases: set[int], resumed: float, study_of: dict[str, str]) -> None:
    """What must be true of leases that had expired when their worker went on at that moment. `study_of` names each object's study."""
    studies = ground.ledger.studies()
    grants = ground.ledger.grants()
    for number in sorted(leases):
        study = studies[number]
        later = [grant for grant in ground.ledger.leases(study) if grant.number > number]
        ground.claim(grants[number].state == "expired", f"grant {number} is {grants[number].state}, though its term was over")
        ground.claim(ground.ledger.events_of(number)["result-stale"] == 1, f"the late result of grant {number} is not recorded as such")
        ground.claim(any(grant.state == "answered" for grant in later), f"the study of grant {number} was not leased and verified again")
        first = min((grant.granted_at.timestamp() for grant in later), default=float("inf"))
        early = [each for each in ground.pacs_road.begun if study_of.get(each.sop_instance_uid) == study and resumed < each.at < first]
        ground.claim(not early, f"{len(early)} sends were begun under grant {number} after its term")


def coordinator_stopped(ground: Ground) -> None:
    """SIGSTOP of the coordinator for longer than a term: workers begin no send beyond their terms, and nothing is held against anybody."""
    ground.feed()
    ground.await_moment()
    ground.server.hold()
    stopped = time.time()
    seconds = ground.pause(*(TERM_SECONDS * terms for terms in STILL))
    resumed = time.time()
    ground.server.let_go()
    ground.said = f"still for {seconds:.1f} s"
    ground.finish()
    ground.nobody_to_blame()
    ground.sends_within(0)
    late = [each for each in ground.pacs_road.begun if stopped + TERM_SECONDS < each.at < resumed]
    ground.claim(not late, f"{len(late)} sends were begun after every term was over")

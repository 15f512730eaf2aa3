"""Scenarios 1 to 5: the destination is in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from .sight import Sight, is_between, moment, now, since
from .stage import CALLING_AE_TITLE, Settings, Stage

# So long it stays in trouble after the status has said so: several probes long.
TROUBLE_SECONDS = 4
# The first of the delays below, less what a clock's milliseconds cut off.
SHORTEST_DELAY_SECONDS = 0.49
TWO = Settings(gateways=2)
DOWN_AT_START = Settings(gateways=2, pacs_up=False)
SMALL_PACS_DISK = Settings(gateways=2, pacs_disk=16 << 20)
FEW_ATTEMPTS = Settings(gateways=2, delays="200 ms, 300 ms", attempts=2)
FEW_ATTEMPTS_DOWN = replace(FEW_ATTEMPTS, pacs_up=False)
ONE_ATTEMPT = replace(FEW_ATTEMPTS, attempts=1)
ONE_ATTEMPT_SMALL_DISK = replace(ONE_ATTEMPT, pacs_disk=16 << 20)
LARGER_DISK = 64 << 20
UNREACHABLE = "destination-unreachable"
REJECTED = "association-rejected"
OUT_OF_RESOURCES = "out-of-resources"


def down_at_start(stage: Stage) -> None:
    """The PACS is not there when the migration begins."""
    began = now()
    stage.feed()
    _through_trouble(stage, UNREACHABLE, began)
    stage.claim(stage.look().status["instances"]["verified"] == 0, "instances count as verified at a destination that was never there")
    stage.pacs.start()
    _all_is_well(stage)


def down_midway(stage: Stage) -> None:
    """The PACS is killed while it takes objects, and comes back some seconds later."""
    _first_disc(stage)
    stage.pacs.freeze()
    stage.feed()
    stage.until("leases while the destination does not move", lambda sight: sight.leases > 0)
    began = now()
    stage.pacs.kill()
    _through_trouble(stage, UNREACHABLE, began)
    stage.pacs.start()
    _all_is_well(stage)


def rejecting(stage: Stage) -> None:
    """The PACS is up, and rejects every association: our name went missing from its list."""
    _first_disc(stage)
    stage.pacs.admit(everybody=False)
    answer = stage.pacs.echo(CALLING_AE_TITLE)
    stage.claim("Association Rejected" in answer, f"the PACS does not reject, as DCMTK sees it: {answer}")
    began = now()
    stage.feed()
    _through_trouble(stage, REJECTED, began)
    stage.pacs.admit(everybody=True)
    _all_is_well(stage)


def out_of_resources(stage: Stage) -> None:
    """The disk of the PACS is full: it answers C-STORE with A700 (PS3.4 table B.2-1), until it gets a larger one.

    For large objects only: one of up to 8 kB Orthanc 1.10.1 answers with Success, lists it, and stores a file of no bytes (measured). No
    sender can tell before Orthanc has forgotten what it has in memory.
    """
    _first_disc(stage)
    disk = stage.disks["pacs"]
    disk.fill()
    answer = stage.pacs.store(CALLING_AE_TITLE)
    stage.claim("OutOfResources" in answer, f"the PACS does not answer A700, as DCMTK sees it: {answer}")
    began = now()
    stage.feed()
    _through_trouble(stage, OUT_OF_RESOURCES, began)
    disk.grow(LARGER_DISK)
    _all_is_well(stage)


def away_for_good(stage: Stage) -> None:
    """The PACS stays away longer than all retries; when it is back the operator lets the studies be tried again, one by one."""
    given_up = _given_up(stage, UNREACHABLE)
    stage.pacs.start()
    for study in given_up:
        stage.coordinator.ask("exceptions", "retry", study)
    stage.finish()


def rejecting_for_good(stage: Stage) -> None:
    """The PACS rejects longer than all retries; then the operator lets all studies of that category be tried again."""
    stage.pacs.admit(everybody=False)
    _given_up(stage, REJECTED)
    stage.pacs.admit(everybody=True)
    stage.coordinator.ask("exceptions", "retry", "--category", REJECTED)
    stage.finish()


def out_of_resources_for_good(stage: Stage) -> None:
    """The PACS answers A700 longer than all retries; then the operator lets all studies be tried again."""
    stage.disks["pacs"].fill()
    _given_up(stage, OUT_OF_RESOURCES)
    stage.disks["pacs"].grow(LARGER_DISK)
    stage.coordinator.ask("exceptions", "retry", "--all")
    stage.finish()


def _given_up(stage: Stage, category: str) -> list[str]:
    """Waits until nothing is left to try; the studies that were given up then: all that should be sent, by that category."""
    began = now()
    stage.feed()
    stage.until("nothing left to try", lambda sight: sight.is_over)
    stage.coordinator.expect_no_more()
    sight = stage.until("nothing left to try of damaged discs", lambda sight: sight.is_over)
    sent = {uid: expected for uid, expected in stage.records.studies.items() if expected.instances}
    listed = {row["studyInstanceUID"]: row for row in sight.exceptions}
    stage.said = sight.complaint("given up")
    stage.claim(stage.said, f"the status does not say that studies were given up: {sight.status['complaints']}")
    stage.claim(listed.keys() == sent.keys(), f"{len(listed)} exceptions, of {len(sent)} studies that could not be sent")
    for uid, row in listed.items():
        stage.claim(row["category"] == category, f"study {uid} is an exception by {row['category']}: {row['detail']}")
        stage.claim(row["since"] and is_between(moment(row["since"]), began, sight.at), f"study {uid}: an exception since {row['since']}")
        stage.claim(set(row["media"]) & set(sent[uid].labels), f"study {uid}: on {row['media']}")
    return sorted(listed)


def _first_disc(stage: Stage) -> None:
    """One disc is read and sent in peace."""
    stage.feed(stage.labels[0])
    stage.until("the first disc's studies", lambda sight: sight.is_idle and sight.status["instances"]["verified"] > 0)


def _through_trouble(stage: Stage, category: str, began: datetime) -> None:
    """Waits for the complaint, and watches for some seconds that it stays as it is."""
    stage.said = stage.until_said(category)
    first = since(stage.said)
    stage.claim(is_between(first, began, now()), f"in trouble since {first}, between {began} and {now()} by our clock")
    sights = stage.during(TROUBLE_SECONDS)
    stage.claim(all(since(later.complaint(category)) == first for later in sights), f"the complaint changes: {_complaints(sights)}")
    stage.claim(all(_names(later, category, first) for later in sights), f"the status's own field says {sights[-1].status['destination']}")
    stage.claim(not any(later.exceptions for later in sights), "studies became exceptions, though nothing is wrong with them")
    stage.claim(all(later.status["workers"]["connected"] == stage.settings.gateways for later in sights), "workers went missing")
    _one_probe_at_a_time(stage, first, sights[-1].at)


def _names(sight: Sight, category: str, first: datetime | None) -> bool:
    """Whether the status says the same for programs as for people, and when the destination is tried again."""
    trouble = sight.status["destination"] or {}
    return trouble.get("category") == category and moment(trouble["since"]) == first and bool(trouble["nextTry"])


def _one_probe_at_a_time(stage: Stage, first: datetime | None, last: datetime) -> None:
    """While the trouble is known parts are granted one by one, with the configured delays between."""
    if first is None:
        return
    # What was granted before the trouble was known ends with it. The moment that was said is cut to the second.
    moments = [grant.granted_at for grant in stage.ledger.grants().values() if grant.is_part and first < grant.granted_at < last]
    probes = [at for at in moments if (at - first).total_seconds() > 1]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(probes)]
    stage.claim(probes, "the destination is not tried while it is in trouble")
    stage.claim(all(gap >= SHORTEST_DELAY_SECONDS for gap in gaps), f"while the destination is in trouble parts are granted {gaps} s apart")


def _all_is_well(stage: Stage) -> None:
    stage.finish()
    stage.claim(stage.look().status["destination"] is None, "the status's own field still says that the destination is in trouble")
    events = stage.ledger.events()
    stage.claim(events["gave-up"] == 0, f"{events['gave-up']} studies were given up on the way")
    for hands in stage.hands:
        stage.claim(not hands.refusals, f"{hands.name}: {hands.refusals[:1]}")


def _complaints(sights: list[Sight]) -> list[str]:
    return sorted({text for sight in sights for text in sight.status["complaints"]})

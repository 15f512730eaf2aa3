"""What is asked for while the migration runs, and what must follow. Each scene returns what is not as it must be."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date

from lab.records import Expectation
from orders import sending

from .arrivals import before_last
from .chain import Waiting, strangers
from .ground import PARTS, Ground
from .truth import Wanted

GRANT_SECONDS = 90
POLL_SECONDS = 0.2
# Studies of one gateway that may reach the PACS before all of what is asked for: those that it was sending, and those that it sends beside the last.
BEFORE = 2 * PARTS - 1
# Others that must wait in the same worker's custody, or being next would prove nothing.
OTHERS = BEFORE + 1
# How a request's event is called, by the option that made it.
EVENTS = {"--patient": "patient-requested", "--study": "study-requested", "--accession": "exam-requested"}


def last_in_line(ground: Ground, is_matched: bool = False) -> Waiting | None:
    """What would be sent last of all: of the worker with the longest queue, the end of it; with `is_matched` of what has an order of the hospital."""
    waiting = ground.chain.waiting()
    if not waiting:
        return None
    worker, count = Counter(part.worker for part in waiting).most_common(1)[0]
    queue = [part for part in waiting if part.worker == worker and not (is_matched and part.accession.startswith("UX"))]
    return queue[-1] if count > OTHERS and queue else None


def ask(ground: Ground, option: str, value: str, must: frozenset[str] = frozenset()) -> dict:
    """`coordinator request`; its answer. `must` are the studies that it has to bring to the PACS."""
    request = ground.coordinator.ask_json("request", option, value, "--reason", "asked for in the acceptance run", "--json")
    ground.requests.append(request["number"])
    ground.asked[request["number"]] = must
    return request


def known(ground: Ground, option: str, kills: bool) -> list[str]:
    """What waits at the end of a queue is asked for: its leases are the next. With `kills` the coordinator is killed as soon as it has answered."""
    chosen = last_in_line(ground)
    if chosen is None:
        return [f"{option}: no worker has more than {OTHERS} studies waiting: nothing can be shown"]
    value = {"--patient": chosen.patient, "--study": chosen.study, "--accession": chosen.accession}[option]
    before = ground.chain.waiting()
    truth = ground.truth.wanted(option, chosen.study, ground.readers)
    request = ask(ground, option, value, truth.must)
    there = ground.arrivals.studies()
    if kills:
        ground.server.kill()
        ground.serve()
    since = ground.chain.last(EVENTS[option])
    what = f"{option}{', with kill -9' if kills else ''}"
    faults = truth.faults(what, {study["studyInstanceUID"] for study in request["studies"]}, ground.truth.sent())
    wanted = set(truth.must)
    faults += next_grants(ground, what, wanted, {part for part in before if part.study in wanted}, since)
    faults += next_arrivals(ground, what, truth, there)
    place = [part.study for part in before if part.worker == chosen.worker].index(chosen.study)
    print(f"{what}: {len(wanted)} studies by the hospital's truth; {place} others stood before it in its worker's queue; "
          f"{'they were leased next and came next to the PACS' if not faults else 'FAILED'}", flush=True)
    return faults


def next_arrivals(ground: Ground, what: str, truth: Wanted, there: list[str]) -> list[str]:
    """What reached the PACS after `there`, of the same gateways, before all that was asked for had; waits until it has."""
    wanted = set(truth.must) - set(there)
    rivals = ground.beside(wanted) - set(truth.may)
    deadline = time.monotonic() + GRANT_SECONDS
    while (others := before_last(ground.arrivals.studies()[len(there):], wanted, rivals)) is None:
        if time.monotonic() > deadline:
            return [f"{what}: not all of {len(wanted)} studies reached the PACS within {GRANT_SECONDS} s"]
        time.sleep(POLL_SECONDS)
    return [f"{what}: {len(others)} other studies reached the PACS before, the first {others[0]}"] if len(others) > BEFORE else []


def next_grants(ground: Ground, what: str, wanted: set[str], parts: set[Waiting], since: int) -> list[str]:
    """What was leased after that event before all of `wanted` was, by each worker that has some of it; waits until it is leased."""
    faults: list[str] = []
    for worker in sorted({part.worker for part in parts}):
        own = {part.study for part in parts if part.worker == worker}
        deadline = time.monotonic() + GRANT_SECONDS
        while (others := strangers(ground.chain.grants(since), worker, own, wanted)) is None:
            if time.monotonic() > deadline:
                return [f"{what}: not all of {len(own)} studies were leased within {GRANT_SECONDS} s"]
            time.sleep(POLL_SECONDS)
        if others:
            faults.append(f"{what}: worker {worker} was leased {len(others)} other studies before, the first {others[0]}")
    return faults


def ended(ground: Ground, number: int) -> list[str]:
    """Whether the request comes to its end: all that was known of it has arrived, or is told with its reason."""
    deadline = time.monotonic() + GRANT_SECONDS
    while True:
        request = next(request for request in ground.coordinator.ask_json("requests", "--json")["requests"] if request["number"] == number)
        if request["state"] in ("finished", "waiting for a person"):
            untold = [study for study in request["studies"] if study["state"] in ("held", "exception") and not study["reasonText"]]
            counts = ground.arrivals.counts()
            lacking = [study for study in sorted(ground.asked[number]) if counts.get(study, 0) != ground.truth.instances(study)]
            return ([f"request {number}: a study waits for a person and no reason is told"] if untold else []) + [
                f"request {number} is {request['state']}, and the PACS has {counts.get(study, 0)} of {ground.truth.instances(study)} objects of {study}" for study in lacking]
        if time.monotonic() > deadline:
            return [f"request {number} is {request['state']} after {GRANT_SECONDS} s"]
        time.sleep(POLL_SECONDS)


def shelved(ground: Ground, label: str, why: str) -> list[str]:
    """A patient whose studies lie on a disc on the shelf: the operator is told the disc, inserts it, and they go out first."""
    patient, studies = on_disc_alone(ground, label)
    request = ask(ground, "--patient", patient, frozenset(studies))
    told = [(medium["label"], medium["why"]) for medium in request["media"] if medium["state"] == "expected"]
    faults = [] if (label, why) in told else [f"{label}: the answer tells {told}, not the disc with \"{why}\""]
    status = ground.coordinator.ask_json("status", "--json")
    if label not in status["requests"]["media"] or not any(label in text and "insert" in text for text in status["complaints"]):
        faults.append(f"{label}: the status does not tell it")
    if faults:
        return faults
    print(f"{label}: the operator is told {', '.join(name for name, _ in told)}; {label} because of \"{why}\"", flush=True)
    for name, _ in told[: [name for name, _ in told].index(label) + 1]:
        ground.read({0: name})
    there = ground.arrivals.studies()
    since = ground.chain.read(label)
    parts = {part for part in ground.chain.waiting() if part.study in studies}
    leased = [grant for grant in ground.chain.grants(since) if grant.study in studies]
    worker = next(iter(parts)).worker if parts else leased[0].worker
    others = [part for part in ground.chain.waiting() if part.worker == worker and part.study not in studies]
    if len(others) < OTHERS:
        return [f"{label}: only {len(others)} other studies wait in the custody of its worker: nothing can be shown"]
    every = {Waiting(worker, study, "", "") for study in studies}
    faults = next_grants(ground, label, studies, every, since)
    faults += next_arrivals(ground, label, Wanted(frozenset(studies), frozenset(studies)), there)
    print(f"{label}: {len(studies)} studies of the patient, {len(others)} others waited in its worker's custody; "
          f"{'theirs were leased and came first' if not faults else 'FAILED'}", flush=True)
    return faults


def priors(ground: Ground) -> list[str]:
    """A new order comes by HL7, sent by a real client: the leases of its patient's studies are the next."""
    chosen = last_in_line(ground, is_matched=True)
    if chosen is None:
        return [f"HL7: no worker has more than {OTHERS} studies waiting: nothing can be shown"]
    before = ground.chain.waiting()
    truth = ground.truth.wanted("--patient", chosen.study, ground.readers)
    there = ground.arrivals.studies()
    wanted = {part.study for part in before if part.study in truth.must}
    content = "\r".join([
        "MSH|^~\\&|RIS|HOSP|SKEIN|HOSP|||ORM^O01|PRIORS|P|2.5", f"PID|1||{chosen.patient}", "ORC|NW",
        "OBR|1|||C1" + "|" * 14 + "NEWORDER" + "|" * 18 + f"{date.today():%Y%m%d}", ""])
    if (answer := str(sending.ask(ground.hl7_port, [content.encode()])[0].segment("MSA")[1])) != "AA":
        return [f"HL7: the order was answered {answer}"]
    since = ground.chain.last("priors-requested")
    if not since:
        return ["HL7: the order requested nothing"]
    faults = next_grants(ground, "HL7", wanted, {part for part in before if part.study in wanted}, since)
    faults += next_arrivals(ground, "HL7", truth, there)
    print(f"a new order by HL7: {len(wanted)} studies of its patient waited; {'they were leased next and came next to the PACS' if not faults else 'FAILED'}", flush=True)
    return faults


def held(ground: Ground) -> list[str]:
    """A study that waits for a person is asked for: the request says why it waits, and the manual worklist shows it first."""
    before = [study for study in ground.coordinator.ask_json("match", "list", "--json")["studies"] if study["reason"] != "waiting-for-media"]
    if len(before) < OTHERS:
        return [f"only {len(before)} studies wait for a person: nothing can be shown"]
    chosen = before[-1]
    request = ask(ground, "--study", chosen["studyInstanceUID"])
    after = ground.coordinator.ask_json("match", "list", "--json")["studies"]
    faults = [] if after[0]["studyInstanceUID"] == chosen["studyInstanceUID"] else ["match list does not show the study first that was asked for"]
    told = [(study["state"], study["reason"], bool(study["reasonText"])) for study in request["studies"]]
    if request["state"] != "waiting for a person" or told != [("held", chosen["reason"], True)]:
        faults.append(f"a study that is held because of {chosen['reason']} is told as {request['state']}, {told}")
    print(f"--study, held because of {chosen['reason']}: {'told with its reason, and first of ' + str(len(after)) + ' in match list' if not faults else 'FAILED'}",
          flush=True)
    return faults


def on_disc_alone(ground: Ground, label: str) -> tuple[str, set[str]]:
    """A patient whose studies lie on that disc alone and are to be sent, and these studies; one with the most."""
    patients: dict[str, list[Expectation]] = {}
    for study in ground.studies.values():
        patients.setdefault(study.patient_id, []).append(study)
    fitting = {patient: studies for patient, studies in patients.items()
               if patient and all(study.labels == (label,) and study.state == "verified" and study.outcome == "matched" for study in studies)}
    patient = min(fitting, key=lambda patient: (-len(fitting[patient]), patient))
    return patient, {study.study_instance_uid for study in fitting[patient]}


def all_scenes(ground: Ground) -> list[str]:
    """One after the other, while the migration runs."""
    faults = known(ground, "--study", kills=True) + known(ground, "--patient", kills=False)
    if ground.shelf.dated:
        faults += known(ground, "--accession", kills=False) + priors(ground) + held(ground)
        faults += shelved(ground, ground.shelf.dated, "possible")
    faults += shelved(ground, ground.shelf.listed, "listed")
    return faults + [fault for number in ground.requests for fault in ended(ground, number)]

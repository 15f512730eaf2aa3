"""What a ledger knows of orders, beside what is to be known."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from .hospital import ISSUER, Known, Order, Patient


def orders(ledger: Path) -> dict[str, list[Order]]:
    """The orders of a ledger by accession number, read beside the coordinator."""
    found: dict[str, list[Order]] = {}
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        for (content,) in connection.execute("SELECT content FROM hospital_order ORDER BY id"):
            order = read(json.loads(content))
            found.setdefault(order.accession, []).append(order)
    return found


def read(content: dict) -> Order:
    """An order as the ledger writes it."""
    who = content["patient"]
    if who["issuer"] != ISSUER:
        raise ValueError(f"order {content['accessionNumber']} has the issuer {who['issuer']!r}")
    patient = Patient(who["patientID"], who["name"], who["birthDate"], who["sex"])
    if content["studyInstanceUID"] != f"1.2.3.{content['examDate']}" or content["examTime"] != "093000" or content["procedureCode"] != "C1":
        raise ValueError(f"order {content['accessionNumber']} has another UID, time or code than was said")
    return Order(
        content["accessionNumber"], patient, content["examDate"], content["modality"], content["procedureDescription"], content["status"])


def differences(found: dict[str, list[Order]], system: str, *allowed: Known) -> list[str]:
    """What of a system's orders is as none of the allowed states has it; accession numbers alone, as names are patients'."""
    own = {accession: orders for accession, orders in found.items() if accession.startswith(system)}
    lists = [_differences(own, known) for known in allowed]
    return min(lists, key=len)


def patients(ledger: Path) -> tuple[dict[str, Patient], dict[str, str]]:
    """What a ledger knows of identities and of merges, by patient ID."""
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        told = [json.loads(content) for (content,) in connection.execute("SELECT content FROM patient_identity")]
        merges = list(connection.execute("SELECT patient_id, survivor_id, issuer, survivor_issuer FROM patient_merge"))
    # Of a number that was merged away it may be known by itself how its orders were called.
    told = [who for who in told if who["name"]]
    for number, issuer in [(who["key"]["patientID"], who["key"]["issuer"]) for who in told] + [(row[0], issuer) for row in merges for issuer in row[2:]]:
        if issuer != ISSUER:
            raise ValueError(f"an identity or a merge of {number[:1]} has the issuer {issuer!r}")
    identities = {who["key"]["patientID"]: Patient(who["key"]["patientID"], who["name"][0], who["birthDate"][0], who["sex"][0]) for who in told}
    return identities, {former: survivor for former, survivor, *_ in merges}


def patient_differences(ledger: Path, known: Iterable[Known]) -> list[str]:
    """How many identities and merges are not as they are to be known."""
    identities, merges = patients(ledger)
    expected: tuple[dict[str, Patient], dict[str, str]] = ({}, {})
    for one in known:
        expected[0].update(one.identities)
        expected[1].update(one.merged)
    faults = []
    for name, found, wanted in (("identities", identities, expected[0]), ("merges", merges, expected[1])):
        if wrong := sum(found.get(key) != wanted.get(key) for key in found.keys() | wanted.keys()):
            faults.append(f"{wrong} of {len(wanted)} {name} are otherwise than was said")
    return faults


def _differences(own: dict[str, list[Order]], known: Known) -> list[str]:
    expected: dict[str, list[Order]] = {}
    for order in known.orders.values():
        expected.setdefault(order.accession, []).append(order)
    faults = [f"order {accession} is not there" for accession in expected if accession not in own]
    for accession, orders in own.items():
        if accession not in expected:
            faults.append(f"order {accession} is there and was not said")
            continue
        faults += _differ(accession, orders, expected[accession])
    return faults


def _differ(accession: str, orders: list[Order], expected: list[Order]) -> list[str]:
    """What of the orders of one number is not as expected."""
    rest = list(orders)
    missing = []
    for order in expected:
        if order in rest:
            rest.remove(order)
        else:
            missing.append(order)
    if missing and rest:
        parts = [name for name in Order.__dataclass_fields__ if getattr(rest[0], name) != getattr(missing[0], name)]
        return [f"order {accession} has another {', '.join(parts)} than was said"]
    # Where two patients with an order of that number became one, the other order stays, cancelled.
    owners = {order.patient for order in expected}
    is_double = any(order.status != "CA" or order.patient not in owners for order in rest)
    return [f"order {accession} is there {len(orders)} times"] if missing or is_double else []

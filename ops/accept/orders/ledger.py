"""What a ledger knows of orders, beside what is to be known."""

from __future__ import annotations

import json
import sqlite3
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


def _differences(own: dict[str, list[Order]], known: Known) -> list[str]:
    faults = [f"order {accession} is not there" for accession in known.orders if accession not in own]
    for accession, orders in own.items():
        expected = known.orders.get(accession)
        if expected is None:
            faults.append(f"order {accession} is there and was not said")
        elif len(orders) != 1:
            faults.append(f"order {accession} is there {len(orders)} times")
        elif orders[0] != expected:
            parts = [name for name in Order.__dataclass_fields__ if getattr(orders[0], name) != getattr(expected, name)]
            faults.append(f"order {accession} has another {', '.join(parts)} than was said")
    return faults

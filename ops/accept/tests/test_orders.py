"""The check of accept-orders can fail: it finds what was planted."""

from __future__ import annotations

import json
import socket
import sqlite3
import sys
from dataclasses import asdict, replace
from pathlib import Path

import hl7
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from orders import discretion, ledger, manners  # noqa: E402
from orders.crash import after, stuck_senders  # noqa: E402
from orders.hospital import ISSUER, Known, Message, Order, Patient, System  # noqa: E402
from orders.sending import Sender  # noqa: E402


def content(order: Order) -> str:
    """An order as the ledger writes it."""
    who = order.patient
    patient = {"patientID": who.number, "issuer": ISSUER, "name": who.name, "birthDate": who.birth, "sex": who.sex}
    return json.dumps({
        "patient": patient, "accessionNumber": order.accession, "examDate": order.day, "examTime": "093000", "modality": order.modality, "procedureCode": "C1",
        "procedureDescription": order.description, "status": order.status, "studyInstanceUID": f"1.2.3.{order.day}"})


def written(folder: Path, orders: list[Order]) -> dict[str, list[Order]]:
    """What a ledger with these orders has."""
    path = folder / "ledger.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE hospital_order(id INTEGER PRIMARY KEY, content TEXT)")
        connection.executemany("INSERT INTO hospital_order(content) VALUES (?)", [(content(order),) for order in orders])
    return ledger.orders(path)


@pytest.fixture
def known() -> Known:
    """What is to be known after 300 messages."""
    return after(System("A", 1).messages(300))


def test_agreement(tmp_path: Path, known: Known) -> None:
    """The same orders differ in nothing."""
    assert ledger.differences(written(tmp_path, list(known.orders.values())), "A", known) == []


def test_lost(tmp_path: Path, known: Known) -> None:
    """An order that is not there is found, and so is one too many, twice or changed."""
    orders = list(known.orders.values())
    assert ledger.differences(written(tmp_path, orders[1:]), "A", known) == [f"order {orders[0].accession} is not there"]
    (tmp_path / "ledger.sqlite").unlink()
    held = next(order for order in orders if order.status != "CA")
    other = next(order.patient for order in orders if order.patient != held.patient)
    more = [*orders, held, replace(orders[4], accession="A-other")]
    assert len(ledger.differences(written(tmp_path, more), "A", known)) == 2
    (tmp_path / "ledger.sqlite").unlink()
    # Of two orders that became one the other may stay, cancelled (docs/hl7.md); not under another patient.
    assert ledger.differences(written(tmp_path, [*orders, replace(held, status="CA")]), "A", known) == []
    (tmp_path / "ledger.sqlite").unlink()
    of_another = replace(held, status="CA", patient=other)
    assert len(ledger.differences(written(tmp_path, [*orders, of_another]), "A", known)) == 1


@pytest.mark.parametrize("part", ["day", "modality", "description", "status", "patient"])
def test_changed(tmp_path: Path, known: Known, part: str) -> None:
    """Each part of an order counts."""
    orders = list(known.orders.values())
    value = replace(orders[0].patient, name="OTHER") if part == "patient" else "20990101" if part == "day" else "other"
    changed = written(tmp_path, [replace(orders[0], **{part: value}), *orders[1:]])
    assert ledger.differences(changed, "A", known) == [f"order {orders[0].accession} has another {part} than was said"]


def test_in_flight(tmp_path: Path) -> None:
    """One message more than was acknowledged may be there, two may not."""
    messages = System("A", 1).messages(12)
    states = [after(messages[:count]) for count in (10, 11, 12)]
    assert len({str(asdict(state)) for state in states}) == 3
    found = written(tmp_path, list(states[1].orders.values()))
    assert ledger.differences(found, "A", states[0], states[1]) == []
    assert ledger.differences(found, "A", states[0]) or ledger.differences(found, "A", states[2])


def test_merge_on_its_way(tmp_path: Path) -> None:
    """Until the merge comes that another sender says, two patients have an order of one number; after it one, the one that was said last."""
    former, survivor = (Patient(number, f"{number}^X=Y=Z", "19700115", "F") for number in ("A1", "A2"))
    first = Order("A-1", former, "20030301", "CT", "Chest", "NW")
    last = Order("A-1", survivor, "20030302", "CT", "Chest", "XO")
    new, merge, update = (Message(str(moment), b"", said, moment) for moment, said in enumerate([(first,), ("A1", survivor), (last,)]))
    without, whole = after([new, update]), after([update, merge, new])
    assert ledger.differences(written(tmp_path, [first, last]), "A", without) == []
    (tmp_path / "ledger.sqlite").unlink()
    assert ledger.differences(written(tmp_path, [last]), "A", without) == ["order A-1 is there 1 times"]
    (tmp_path / "ledger.sqlite").unlink()
    assert ledger.differences(written(tmp_path, [first, last]), "A", whole) == ["order A-1 is there 2 times"]
    (tmp_path / "ledger.sqlite").unlink()
    folded = [replace(first, patient=survivor, status="CA"), last]
    assert ledger.differences(written(tmp_path, folded), "A", whole) == []


def test_model() -> None:
    """The hospital says everything that is to be tried."""
    system = System("A", 1)
    messages = system.messages(2000)
    text = b"".join(message.content for message in messages)
    assert all(word in text for word in (b"ORM^O01", b"OMI^O23", b"ADT^A08", b"ADT^A40", b"ORC|CA", b"ORC|XO", b"KS X 1001", b"UTF-8"))
    assert any(order.status == "CA" for order in system.known.orders.values())
    assert len(system.retired) > 20
    assert len({message.number for message in messages}) < len(messages)
    assert [message.content for message in System("A", 1).messages(2000)] == [message.content for message in messages]


def test_verdict() -> None:
    """A reply is read as the hl7 package has it."""
    reply = hl7.parse("MSH|^~\\&|S|||||ACK|1|P|2.5\rMSA|AE|R1\rERR||PID^1^3|101^Required field missing^HL70357|E\r")
    assert manners.verdict(reply) == ("R1", "AE", "101", "PID", "3")


def test_no_reply(tmp_path: Path) -> None:
    """A sender whose messages are not answered is ended, and told of."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        sender = Sender("deaf", System("A", 1).messages(2), deaf.getsockname()[1], tmp_path)
        sender.wait(seconds=1)
        assert sender.is_stuck
        assert stuck_senders({"A": sender}) == ["deaf had no reply for 30 s"]


def test_discretion(tmp_path: Path) -> None:
    """A name or number in a log is found, also one that a later message replaced, in every log of a coordinator."""
    messages = System("A", 1).messages(300)
    secret = discretion.words(messages)
    logs = [tmp_path / name for name in discretion.LOGS]
    for log in logs:
        log.write_text("info coordinator port=17421 peer=127.0.0.1 listening for HL7")
    assert discretion.indiscretions(tmp_path, secret) == []
    former = next(part for message in messages for part in message.said if isinstance(part, str))
    last = after(messages)
    replaced = next(part for message in messages for part in message.said if isinstance(part, Patient) and part not in last.identities.values())
    for word in (former, replaced.name.split("=")[1], messages[0].said[0].accession):
        for log in logs:
            before = log.read_text()
            log.write_text(f"{before}\nnotice fault={word}^^^HOSP: is not")
            assert discretion.indiscretions(tmp_path, secret) == [f"1 names or numbers of patients or orders are in {log.name}"]
            log.write_text(before)


def test_replies(tmp_path: Path) -> None:
    """Replies that name other messages than were sent, or none, are found."""
    messages = System("A", 1).messages(2)
    for numbers, is_sound in (((0, 1), True), ((0,), True), ((1, 0), False), ((1,), False), ((0, 1, 1), False)):
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            sender = Sender("one", messages, deaf.getsockname()[1], tmp_path)
            sender.wait(seconds=0)
        (tmp_path / "one.replies").write_text("".join(f"MSH|^~\\&|\rMSA|AA|{messages[number].number}\r" for number in numbers))
        assert (sender.unexpected() == []) == is_sound

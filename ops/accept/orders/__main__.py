"""`make accept-orders`: orders come in by HL7 v2 over MLLP and by modality worklist, and are there, whatever happens to the coordinator."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from lab.processes import free_port
from lab.skein import Coordinator
from lab.yaml_edit import with_value

from . import discretion, manners, worklist
from .crash import Crash
from .hospital import Message, Order, System

SHOWN = 20
SECURE_MESSAGES = 400
STEPS = 300


def main() -> int:
    """Reads the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="orders", description=__doc__)
    parser.add_argument("--coordinator", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--messages", type=int, default=100_000, help="HL7 messages; the coordinator is killed after each quarter of them")
    parser.add_argument("--systems", type=int, default=8, help="systems that send at once")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    folder: Path = arguments.out.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said, faults = messages(folder, arguments)
    faults += security(folder, arguments)
    polled, more = steps(folder, arguments)
    said += System("T", arguments.seed).messages(SECURE_MESSAGES)
    secret = discretion.words([*said, *polled]) | {manners.NUMBER, manners.NAME}
    faults += more + manners.show("logs", discretion.indiscretions(folder, secret))
    for fault in faults[:SHOWN]:
        print(f"FAULT {fault}")
    print("accept-orders: " + (f"FAILED, {len(faults)} faults" if faults else "passed"))
    return 1 if faults else 0


def coordinator(folder: Path, program: Path, hl7: str) -> Coordinator:
    """A coordinator with an empty ledger, and this value of `hl7`."""
    made = Coordinator(program.resolve(), folder)
    made.init("dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN", free_port(), {})
    enter(made, "hl7", hl7)
    return made


def messages(folder: Path, arguments: argparse.Namespace) -> tuple[list[Message], list[str]]:
    """The coordinator is killed in the middle of the messages, several times; then what cannot be an order is refused. What was said, and what differs."""
    port = free_port()
    made = coordinator(folder / "m", arguments.coordinator, manners.settings(port=str(port)))
    crash = Crash(made, port, folder, arguments.systems, arguments.messages, arguments.seed)
    faults = manners.show("kill -9", crash.run())
    with made.serve(folder / "refusals.log"):
        return crash.said, faults + manners.show("refusals", manners.refusals(port))


def security(folder: Path, arguments: argparse.Namespace) -> list[str]:
    """The same port with TLS."""
    port = free_port()
    for name, authority in (("port", None), ("authority", None), ("sender", "authority")):
        manners.certificate(folder, name, authority)
    made = coordinator(folder / "s", arguments.coordinator, manners.settings(port=str(port), tls=manners.tls(folder)))
    with made.serve(folder / "tls.log"):
        return manners.show("TLS", manners.secure(port, folder, made.folder / "ledger.sqlite", arguments.seed, SECURE_MESSAGES))


def steps(folder: Path, arguments: argparse.Namespace) -> tuple[list[Order], list[str]]:
    """Orders by modality worklist, when an operator asks and by themselves: those of the latter, and what differs."""
    hospital = worklist.Hospital(folder / "worklist", STEPS, arguments.seed)
    asked = coordinator(folder / "w", arguments.coordinator, "{}")
    enter(asked, "worklist", manners.settings(address=f"'{hospital.address}'"))
    faults = manners.show("worklist, asked", worklist.ask(asked, hospital, folder / "wlmscpfs.log"))
    hospital = worklist.Hospital(folder / "polled", STEPS, arguments.seed + 1)
    polling = coordinator(folder / "p", arguments.coordinator, "{}")
    enter(polling, "worklist", manners.settings(address=f"'{hospital.address}'", every="1 min", days_back="366", days_ahead="366"))
    return list(hospital.orders.values()), faults + manners.show("worklist, by itself", worklist.poll(polling, hospital, folder))


def enter(made: Coordinator, key: str, value: str) -> None:
    """Puts a value into a coordinator's configuration."""
    made.configuration.write_text(with_value(made.configuration.read_text(encoding="utf-8"), key, value), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

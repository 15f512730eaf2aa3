"""What runs at a hospital in migration, each program of which may be killed and started again."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

from ..builder import HOSPITAL_CODES
from ..orthanc import Orthanc
from ..processes import Child, free_port
from ..skein import CommandError, Coordinator, Gateway
from ..yaml_edit import with_value
from .arrivals import Arrivals, Kill
from .moments import COORDINATOR, PACS, Moment

GATEWAYS = ("gateway1", "gateway2", "gateway3")
CALLING_AE_TITLE = "SKEIN"
# A restart is no loss: terms are short, and nobody is given up for an absence of seconds.
LEASES = "{ term: 3 s, lost-after: 20 s }"
# A PACS that is away for seconds makes no exceptions.
RETRIES = "{ delays: [500 ms, 1 s, 2 s], attempts: 30 }"
PARTS, ASSOCIATIONS = 4, 2
START_SECONDS = 30
POLL_SECONDS = 0.05


def on_their_way(kill: Kill) -> int:
    """How many objects can be on their way at that time: one on each association of each sender that is hit."""
    return PARTS * ASSOCIATIONS * (len(GATEWAYS) if PACS in kill.victims else 1)


class Site:
    """The PACS, the coordinator and the workers of one run; as a context manager all of them are stopped at the end."""

    def __init__(self, out: Path, hospital: Path, coordinator: Path, worker: Path) -> None:
        self.log = out / "log"
        self.log.mkdir(parents=True)
        self.arrivals = Arrivals(out / "arrivals")
        self.orthanc = Orthanc(out / "orthanc", running=False, settings=self.arrivals.settings)
        self.coordinator = Coordinator(coordinator, out / "coordinator")
        self.gateways = [Gateway(worker, out / name, name) for name in GATEWAYS]
        self.starts = dict.fromkeys(GATEWAYS, 0)
        """How often each worker was started: operators see from it that theirs began anew."""
        self.kills: list[Kill] = []
        self._hospital = hospital
        self._children: dict[str, Child] = {}
        self._stack = ExitStack()
        self._killed = 0.0

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_skein()
        self._stack.close()

    def start(self) -> None:
        """Starts all, from `init` to three workers that the coordinator hears."""
        self._stack.enter_context(self.orthanc)
        self.orthanc.start()
        self.coordinator.init(self.orthanc.destination(CALLING_AE_TITLE), free_port(), {code: name for name, code in HOSPITAL_CODES.items()})
        text = self.coordinator.configuration.read_text(encoding="utf-8")
        self.coordinator.configuration.write_text(with_value(with_value(text, "leases", LEASES), "retries", RETRIES), encoding="utf-8")
        self._start_coordinator()
        self.coordinator.ask("orders", "import", str(self._hospital / "orders.csv"))
        self.coordinator.ask("media", "import", str(self._hospital / "media.csv"))
        for gateway in self.gateways:
            gateway.join(self.coordinator.ask("invite", gateway.name).strip())
            text = gateway.configuration.read_text(encoding="utf-8")
            gateway.configuration.write_text(with_value(text, "sending", f"{{ parts: {PARTS}, associations: {ASSOCIATIONS} }}"), encoding="utf-8")
            self._start_worker(gateway)
            self.coordinator.await_worker(gateway.name, self._children[gateway.name])

    def names(self, moment: Moment) -> list[str]:
        """The moment's victims, the worker by its name."""
        return [victim if victim in (COORDINATOR, PACS) else GATEWAYS[moment.gateway] for victim in moment.victims]

    def kill(self, moment: Moment) -> None:
        """Kills the moment's victims, one right after the other."""
        self.kills.append(Kill(time.time(), moment.victims))
        self._killed = time.monotonic()
        for name in self.names(moment):
            if name == PACS:
                if not self.orthanc.is_running:
                    raise CommandError("the PACS had ended by itself")
                self.orthanc.kill()
            else:
                child = self._children.pop(name)
                child.kill()
                if child.exit_status != -signal.SIGKILL:
                    raise CommandError(f"{name} had ended by itself, with status {child.exit_status}:\n{child.tail()}")

    def start_again(self, moment: Moment) -> None:
        """Starts each of the moment's victims after its pause, counted from the kill."""
        for pause, name in sorted(zip(moment.pauses, self.names(moment))):
            time.sleep(max(0.0, self._killed + pause - time.monotonic()))
            if name == PACS:
                self.orthanc.start()
            elif name == COORDINATOR:
                self._start_coordinator()
            else:
                self._start_worker(self.gateways[moment.gateway])

    def require_all(self) -> None:
        """Raises CommandError when a program is not there that nobody killed."""
        for child in self._children.values():
            if child.exit_status is not None:
                raise CommandError(f"{child.name} ended by itself with status {child.exit_status}")
        if not self.orthanc.is_running:
            raise CommandError("Orthanc ended by itself")

    def stop_skein(self) -> None:
        """Stops workers and coordinator in order; raises nothing."""
        for name in [*GATEWAYS, COORDINATOR]:
            if name in self._children:
                self._children.pop(name).stop()

    def _start_worker(self, gateway: Gateway) -> None:
        self._children[gateway.name] = gateway.start(self.log / f"{gateway.name}.log")
        self.starts[gateway.name] += 1

    def _start_coordinator(self) -> None:
        """Starts it and waits until it accepts connections: after a kill the socket's file is there from before."""
        words = [str(self.coordinator.program), "serve", "--config", str(self.coordinator.configuration)]
        child = self._children[COORDINATOR] = Child(COORDINATOR, words, self.log / "coordinator.log")
        deadline = time.monotonic() + START_SECONDS
        while not self._is_served():
            if child.exit_status is not None or time.monotonic() > deadline:
                raise CommandError(f"coordinator serve does not answer:\n{child.tail()}")
            time.sleep(POLL_SECONDS)

    def _is_served(self) -> bool:
        for path in self.coordinator.folder.glob("*.sock"):
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(str(path))
                    return True
                except OSError:
                    pass
        return False

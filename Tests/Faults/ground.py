"""Where a fault is played: the lab's stage, with a network that can fail, and a PACS that says what it was sent."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from lab.killing.arrivals import Arrivals, doubled
from lab.orthanc import AE_TITLE
from lab.proxy.framing import PDU, TLS
from lab.proxy.proxy import Proxy
from lab.skein import Gateway
from lab.trouble.sight import Sight
from lab.trouble.stage import CALLING_AE_TITLE, Settings, Stage, StuckError, edit

from .digests import different
from .released import begin_with_first_version

# Longer than `finish` of the lab's stage waits: several scenarios are played at a time.
PATIENCE_SECONDS = 100
POLL_SECONDS = 0.05
# Several scenarios look at a time, on few processors.
REST_SECONDS = 1.0
# Bytes a second to the PACS: slow enough that the seed's moments differ, quick enough that all of it is sent in ten seconds.
PACE = 1.5e6
TERM_SECONDS = 3


@dataclass(frozen=True)
class GroundSettings(Settings):
    """What a fault needs beyond what the lab's stage can be told."""

    copies: str = ""
    """How often the ledger is copied; empty: as usual."""
    has_older_ledger: bool = False
    """Whether the migration begins with a ledger of the first released version."""


USUAL = GroundSettings(gateways=2, term=f"{TERM_SECONDS} s", lost_after="30 s", attempts=10)
PARTS, ASSOCIATIONS = 4, 2
BLAME = ("attempt-failed", "gave-up")


@dataclass
class Ground(Stage):
    """A stage whose connections go through proxies: `lines` to the coordinator, one a gateway, and `pacs_road` to the PACS."""

    random: random.Random = field(default_factory=random.Random)
    patience: float = PATIENCE_SECONDS
    rest: float = REST_SECONDS
    lines: dict[str, Proxy] = field(default_factory=dict)
    moment_said: str = ""
    """When the fault came, in words."""
    frames: int = 0
    """Frames of pictures that were compared at the end."""
    twice: int = 0
    """Objects that the PACS got whole once more than before."""
    begun_again: int = 0
    """C-STORE requests of an object for which there had been one before."""

    def pacs_settings(self) -> dict[str, object]:
        """The PACS notes each object that arrives."""
        self.arrivals = Arrivals(self.folder / "arrivals")
        return self.arrivals.settings

    def destination(self) -> str:
        """The PACS by its proxy."""
        self.pacs_road = self.stack.enter_context(Proxy(self.pacs.dicom_port, PDU, pace=PACE))
        return f"dicom://{AE_TITLE}@127.0.0.1:{self.pacs_road.port}?calling={CALLING_AE_TITLE}"

    def prepare_coordinator(self) -> None:
        """Sets how often the ledger is copied, and puts an older one in the place of the one that `init` made."""
        if self.settings.copies:
            self.copy_ledger(self.settings.copies)
        if self.settings.has_older_ledger:
            begin_with_first_version(self.coordinator.folder)

    def copy_ledger(self, every: str) -> None:
        """From its next start on the coordinator copies the ledger so often."""
        edit(self.coordinator.configuration, {"ledger-copies": f"{{ folder: copies, every: {every}, keep: 5 }}"})

    def prepare(self, gateway: Gateway) -> None:
        """The coordinator by the gateway's own proxy."""
        proxy = self.lines[gateway.name] = self.stack.enter_context(Proxy(self.port, TLS))
        edit(gateway.configuration, {"coordinator": f'"127.0.0.1:{proxy.port}"', "sending": f"{{ parts: {PARTS}, associations: {ASSOCIATIONS} }}"})

    def await_moment(self, earliest: float = 0.03, latest: float = 0.6) -> None:
        """Until as much of what is to be sent has arrived as the seed says, between these shares, and some milliseconds more."""
        total = len(self.records.expected)
        wanted = max(1, round(total * self.random.uniform(earliest, latest)))
        delay = self.random.uniform(0, 0.3)
        deadline = time.monotonic() + self.patience
        while self.arrivals.count < wanted:
            if time.monotonic() > deadline:
                raise StuckError(f"{self.arrivals.count} of {wanted} objects arrived")
            time.sleep(POLL_SECONDS)
        time.sleep(delay)
        self.moment_said = f"at {self.arrivals.count}/{total}"

    def busiest(self, sight: Sight) -> str:
        """The gateway with the most leases."""
        return max(sight.workers, key=lambda worker: worker["leases"])["name"]

    def pause(self, shortest: float, longest: float) -> float:
        """Lets as many seconds go by as the seed says between these two; returns them."""
        seconds = self.random.uniform(shortest, longest)
        time.sleep(seconds)
        return seconds

    def nobody_to_blame(self) -> None:
        """No attempt was counted against a study: what happened is no fault of any."""
        events = self.ledger.events()
        for code in BLAME:
            self.claim(events[code] == 0, f"{events[code]} × {code}, though no study and no destination is at fault")

    def finish(self) -> None:
        """The lab's independent check, and the pictures' digests, and what was sent more than once."""
        super().finish()
        self.frames, wrong = different(self.records, self.pacs.pacs, self.pacs.url)
        self.claim(not wrong, f"pictures: {len(wrong)} objects are not as on the disc, among them {wrong[:3]}")
        self.claim(self.frames, "no picture was compared")
        arrived = self.arrivals.read()
        self.twice, self.begun_again = len(doubled(arrived)), _again(each.sop_instance_uid for each in self.pacs_road.begun)
        stored = len(self.pacs.pacs.instances())
        self.claim(len({uid for uid, _ in arrived}) == stored, f"the PACS noted {len({uid for uid, _ in arrived})} objects, and has {stored}")

    def sends_within(self, hits: int) -> None:
        """No more objects were sent twice than so many hits can have caught on their way: one on each association of each gateway."""
        allowed = hits * PARTS * ASSOCIATIONS * self.settings.gateways
        self.claim(self.twice <= allowed, f"{self.twice} objects were sent twice; {allowed} can have been on their way")


def _again(uids: Iterable[str]) -> int:
    uids = list(uids)
    return len(uids) - len(set(uids))

"""What the PACS itself says that it was sent, independently of who sent it: one line for each object, stored already or not."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from .moments import PACS, WORKER

# Orthanc calls it for every object that it receives, before it looks whether it has that already. The line is written at once and whole when
# the file is closed, and outlives a kill.
SCRIPT = """
function ReceivedInstanceFilter(dicom, origin, info)
  if origin['RequestOrigin'] == 'DicomProtocol' then
    local file = assert(io.open({path}, 'a'))
    file:write(dicom['SOPInstanceUID'], ' ', os.time(), '\\n')
    file:close()
  end
  return true
end
"""
# What was on its way when somebody was killed: a busy PACS takes it up to so long later, or its sender had not noted an answer that old.
ON_ITS_WAY_SECONDS = 3
# Arrivals are told in whole seconds.
RESOLUTION_SECONDS = 1


@dataclass(frozen=True)
class Doubled:
    """An object that arrived once more than before: when it came the time before, and when again, in seconds of the epoch."""

    sop_instance_uid: str
    before: int
    again: int

    def may_come_of(self, kill: "Kill") -> bool:
        """Whether that kill can be the reason: a sender or the receiver died while the object was on its way, and it came again afterwards."""
        is_part = WORKER in kill.victims or PACS in kill.victims
        return is_part and abs(kill.second - self.before) <= ON_ITS_WAY_SECONDS and kill.second <= self.again + RESOLUTION_SECONDS


@dataclass(frozen=True)
class Kill:
    """Who was killed when, in seconds of the epoch."""

    second: float
    victims: tuple[str, ...]

    @property
    def name(self) -> str:
        """The victims in one word."""
        return "+".join(self.victims)


class Arrivals:
    """The list of what an Orthanc was sent over DICOM."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._list = folder / "arrivals"
        self._list.touch()
        self._script = folder / "arrivals.lua"
        # A JSON string of ASCII characters is a Lua string as well.
        self._script.write_text(SCRIPT.format(path=json.dumps(str(self._list))), encoding="ascii")

    @property
    def settings(self) -> dict[str, object]:
        """What Orthanc's configuration needs for it."""
        return {"LuaScripts": [str(self._script)]}

    @property
    def count(self) -> int:
        """How many objects have arrived, each time counted."""
        return self._list.read_bytes().count(b"\n")

    def read(self) -> list[tuple[str, int]]:
        """SOP Instance UID and second of the epoch of each arrival, in their order."""
        rows = (line.split() for line in self._list.read_text(encoding="ascii").splitlines())
        return [(uid, int(second)) for uid, second in rows]


def doubled(arrivals: list[tuple[str, int]]) -> list[Doubled]:
    """Each arrival of an object that had arrived before; an object that came three times is there twice."""
    last: dict[str, int] = {}
    found: list[Doubled] = []
    for uid, second in arrivals:
        if uid in last:
            found.append(Doubled(uid, last[uid], second))
        last[uid] = second
    return found


def attribute(found: list[Doubled], kills: list[Kill]) -> tuple[dict[Kill, int], list[Doubled]]:
    """How many came again because of each kill; and those that no kill explains.

    Where several may be the reason it is the one next to the time at which the object came before: that is when it was on its way.
    A coordinator sends nothing, so that its kill alone explains none.
    """
    counts: dict[Kill, int] = defaultdict(int)
    unexplained: list[Doubled] = []
    for each in found:
        reasons = [kill for kill in kills if each.may_come_of(kill)]
        if reasons:
            counts[min(reasons, key=lambda kill: abs(kill.second - each.before))] += 1
        else:
            unexplained.append(each)
    return dict(counts), unexplained

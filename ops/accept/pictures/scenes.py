"""What happens, and what must come of it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from lab.processes import Child, free_port
from lab.skein import CommandError, Coordinator, Gateway, Worker

from .material import samples, slow_series, two_contents

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.05
SLOW_IMAGES = 24
AHEAD_IMAGES = 8


@dataclass
class Ground:
    """A migration without orders: every study is held."""

    out: Path
    coordinator_program: Path
    worker_program: Path
    stack: ExitStack
    asked: int = field(init=False, default=0)

    def prepare(self) -> None:
        """A coordinator and a worker, connected."""
        self.coordinator = Coordinator(self.coordinator_program, self.out / "coordinator")
        self.coordinator.init(f"dicom://NOBODY@127.0.0.1:{free_port()}?calling=SKEIN", free_port(), {})
        self.serve()
        self.gateway = Gateway(self.worker_program, self.out / "gateway1", "gateway1")
        self.gateway.join(self.coordinator.ask("invite", "gateway1").strip())
        self.work()

    def serve(self) -> None:
        """Starts the coordinator, again on what is there."""
        self.server: Child = self.stack.enter_context(self.coordinator.serve(self.out / "log" / "coordinator.log"))

    def work(self) -> None:
        """Starts the worker, again on what is there."""
        self.worker: Worker = self.stack.enter_context(self.gateway.start(self.out / "log" / "gateway1.log"))
        self.gateway.await_hands(self.worker)
        self.coordinator.await_worker("gateway1", self.worker)

    def read(self, label: str, folder: Path) -> None:
        """Lets the worker read a folder as a disc; raises CommandError when it is not read in time."""
        table = self.out / f"{label}.csv"
        table.write_text(f"label,kind\n{label},cd\n", encoding="utf-8")
        self.coordinator.ask("media", "import", str(table))
        self.gateway.insert(label, folder)
        await_that(f"{label} is read", lambda: any(
            medium["label"] == label and medium["state"] in ("read", "partly read") for medium in self.coordinator.ask_json("media", "list", "--json")["media"]))
        await_that(f"{label} may be ejected", self._ejected)

    def _ejected(self) -> bool:
        try:
            self.gateway.eject()
        except CommandError:
            # A worker learns with a beat that its disc is read.
            return False
        return True

    def studies(self, label: str) -> list[str]:
        """The UIDs of the studies that were read from a disc."""
        return [study["studyInstanceUID"] for study in self.coordinator.ask_json("studies", "--json")["studies"] if label in study["media"]]

    def previews(self, study: str, wait: int, accepted: tuple[int, ...] = (0,)) -> tuple[dict, Path]:
        """`coordinator match previews`; its document, and the folder that it wrote to."""
        self.asked += 1
        folder = self.out / "pictures" / str(self.asked)
        folder.parent.mkdir(exist_ok=True)
        text = self.coordinator.ask("match", "previews", study, "--to", str(folder), "--wait", str(wait), "--json", accepted=accepted)
        return json.loads(text), folder

    def made(self, study: str) -> int:
        """How many pictures of a study are there now."""
        return states(self.previews(study, 0, accepted=(0, 1))[0]).count("made")

    def kept(self, study: str) -> Path:
        """Where the coordinator keeps a study's pictures."""
        return self.coordinator.folder / "previews" / hashlib.sha256(study.encode()).hexdigest()

    def expected(self, file: Path) -> bytes | None:
        """What `worker preview` makes of a file; None where it makes nothing."""
        picture = self.out / "expected.png"
        picture.unlink(missing_ok=True)
        done = subprocess.run([str(self.worker_program), "preview", str(file), str(picture)], capture_output=True, timeout=PATIENCE_SECONDS, check=False)
        return picture.read_bytes() if done.returncode == 0 else None


def states(document: dict) -> list[str]:
    """The states of a study's previews."""
    return [preview["state"] for preview in document["previews"]]


def await_that(what: str, condition: Callable[[], bool]) -> None:
    """Looks until it is so; raises CommandError when it is not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise CommandError(f"not within {PATIENCE_SECONDS} s: {what}")
        time.sleep(POLL_SECONDS)


def differences(ground: Ground, document: dict, folder: Path, files: dict[str, Path]) -> list[str]:
    """Where a study's pictures are not what they must be."""
    faults = []
    if folder.stat().st_mode & 0o777 != 0o700:
        faults.append(f"{folder} is open to others")
    for preview in document["previews"]:
        file = files[preview["sopInstanceUID"]]
        expected = ground.expected(file)
        if expected is None:
            if preview["state"] != "failed" or preview["reason"] != "preview-failed" or not preview["reasonText"] or preview["file"] is not None:
                faults.append(f"{file.name}: no picture can be made of it, and that is not said: {preview}")
            continue
        if preview["state"] != "made":
            faults.append(f"{file.name}: {preview['state']}: {preview['reasonText']}")
            continue
        picture = Path(preview["file"])
        if picture.read_bytes() != expected or hashlib.sha256(expected).hexdigest() != preview["sha256"]:
            faults.append(f"{file.name}: the picture is not that of worker preview")
        if picture.stat().st_mode & 0o777 != 0o600:
            faults.append(f"{picture} is open to others")
    return faults


def samples_are_shown(ground: Ground) -> list[str]:
    """Every sample is shown as `worker preview` shows it, or it is said why not."""
    files = samples(ground.out / "samples")
    ground.read("SAMPLES", ground.out / "samples")
    faults, shown, failed = [], 0, 0
    for study in ground.studies("SAMPLES"):
        document, folder = ground.previews(study, PATIENCE_SECONDS)
        faults += differences(ground, document, folder, files)
        shown += states(document).count("made")
        failed += states(document).count("failed")
    if shown + failed != len(files) or failed < 2:
        faults.append(f"{shown} pictures and {failed} reasons for {len(files)} objects, of which a plan and a damaged image have no picture")
    print(f"{shown} pictures of samples, and {failed} reasons why there is none", flush=True)
    return faults


def killed_in_the_middle(ground: Ground, who: str, seed: int) -> list[str]:
    """A program is killed when some pictures are there and others are not; started again, all come."""
    label = f"SLOW-{who.upper()}"
    study, files = slow_series(ground.out / label, SLOW_IMAGES, seed)
    ground.read(label, ground.out / label)
    await_that(f"a first picture of {label}", lambda: ground.made(study) > 0)
    (ground.worker if who == "worker" else ground.server).kill()
    before = len(list(ground.kept(study).glob("*.png")))
    faults = [] if 0 < before < SLOW_IMAGES else [f"{before} of {SLOW_IMAGES} pictures were there when the {who} was killed: that was not the middle"]
    if who == "worker":
        ground.work()
    else:
        ground.serve()
        ground.coordinator.await_worker("gateway1", ground.worker)
    document, folder = ground.previews(study, PATIENCE_SECONDS)
    if len(document["previews"]) != SLOW_IMAGES:
        faults.append(f"{len(document['previews'])} previews of {SLOW_IMAGES} images")
    print(f"{before} pictures were there when the {who} was killed, {states(document).count('made')} are after its return", flush=True)
    return faults + differences(ground, document, folder, files)


def made_ahead(ground: Ground, seed: int) -> list[str]:
    """Pictures of a held study are there before anybody asks, and are given at once, also when the worker has gone."""
    study, files = slow_series(ground.out / "AHEAD", AHEAD_IMAGES, seed)
    ground.read("AHEAD", ground.out / "AHEAD")
    place = ground.kept(study)
    await_that("pictures are made ahead", lambda: len(list(place.glob("*.png"))) == AHEAD_IMAGES)
    ground.worker.kill()
    document, folder = ground.previews(study, 0)
    open_to_others = [path for path in [place, *place.iterdir()] if path.stat().st_mode & 0o077]
    return differences(ground, document, folder, files) + [f"{path} is open to others" for path in open_to_others]


def both_contents_are_shown(ground: Ground) -> list[str]:
    """Two discs have one image with two contents, and one of them was kept ahead: a person sees both, each with its disc, and before all others."""
    study, shared, discs = two_contents(ground.out / "contents")
    for label, files in discs.items():
        ground.read(label, next(iter(files.values())).parent)
        place = ground.kept(study)
        await_that("pictures are made ahead", lambda place=place: any(place.glob("*.png")))
    await_that("the study is held", lambda: any(
        row["studyInstanceUID"] == study and row["reason"] == "uid-conflict" for row in ground.coordinator.ask_json("match", "list", "--json")["studies"]))
    document, folder = ground.previews(study, PATIENCE_SECONDS)
    first = document["previews"][:len(discs)]
    faults = [] if sorted(preview["media"] for preview in first) == sorted([label] for label in discs) else [
        f"the two contents are not shown first, each with its disc: {[preview['media'] for preview in first]}"]
    if {preview["sopInstanceUID"] for preview in first} != {shared}:
        faults.append("what is shown first is not the instance of two contents")
    if len({Path(preview["file"]).read_bytes() for preview in first if preview["file"]}) != len(discs):
        faults.append("the two contents are not two pictures")
    for label, files in discs.items():
        shown = {"previews": [preview for preview in document["previews"] if preview["media"] == [label]]}
        faults += differences(ground, shown, folder, files)
    if sum(len(files) for files in discs.values()) != len(document["previews"]) or document["imageCount"] != len(document["previews"]):
        faults.append(f"{len(document['previews'])} previews, of {document['imageCount']} images")
    print(f"{len(first)} contents of one instance shown, each with its disc", flush=True)
    return faults


def all_scenes(ground: Ground) -> list[str]:
    """Plays all; the faults."""
    ground.prepare()
    faults = samples_are_shown(ground)
    faults += both_contents_are_shown(ground)
    faults += killed_in_the_middle(ground, "worker", 1)
    faults += killed_in_the_middle(ground, "coordinator", 2)
    faults += made_ahead(ground, 3)
    return faults

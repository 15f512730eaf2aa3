"""Plans a hospital: which studies and orders there are, and which file lies where on which disc."""

from __future__ import annotations

import re
from dataclasses import replace

from . import chance
from .builder import Builder
from .junk import make_junk, make_no_objects
from .layout import LAYOUTS
from .model import Disc, Hospital, Instance, PlacedFile, Study
from .scenarios import SCENARIOS
from .shelf import SIZES, Sleeve


def plan(seed: int, size: str) -> Hospital:
    """The hospital of that seed, "full", "small" or "crowded"; nothing is written yet."""
    sleeves = SIZES[size]
    builder = Builder(seed, sleeves)
    for sleeve in sleeves:
        for scenario, recipe, other, count in _studies_of(sleeve):
            for _ in range(count):
                SCENARIOS[scenario](builder, sleeve.label, recipe, other)
                builder.turn += 1
    discs = [_disc(builder, sleeve) for sleeve in sleeves]
    originals = {disc.label: disc for disc in discs}
    for disc in discs:
        if disc.copy_of:
            _copy(originals[disc.copy_of], disc)
    return Hospital(seed, discs, builder.studies, builder.listed_orders())


def _studies_of(sleeve: Sleeve) -> list[tuple[str, str, str, int]]:
    """Scenario, recipe, second disc and number of each line of the sleeve's list."""
    found: list[tuple[str, str, str, int]] = []
    for line in filter(None, (line.strip() for line in sleeve.studies.splitlines())):
        match = re.fullmatch(r"(\w+) ([\w-]+)(?: ([\w-]+))?(?: × (\d+))?", line)
        if match is None:
            raise ValueError(f"{sleeve.label}: cannot read {line!r}")
        found.append((match[1], match[2], match[3] or "", int(match[4] or 1)))
    return found


def _disc(builder: Builder, sleeve: Sleeve) -> Disc:
    random = chance.generator(builder.seed, "disc", sleeve.label)
    placed = builder.placed[sleeve.label]
    files = _instance_files(sleeve, placed)
    for file in _without_preamble(files, sleeve.without_preamble):
        file.preamble = False
    if sleeve.sessions > 1:
        _split_sessions(files)
    if not sleeve.copy_of:
        files = make_junk(random) + files + make_no_objects(sleeve.no_objects, random)
    days = sorted(day for study, _ in placed if (day := study.header.study_date))
    first, last = (days[0], days[-1]) if days else ("", "")
    return Disc(sleeve.label, first, last, sleeve.shelf, sleeve.layout, sleeve.rock_ridge, sleeve.joliet, sleeve.dicomdir,
                sleeve.sessions, sleeve.copy_of, sleeve.cut, sleeve.dates_on_sleeve, files)


def _instance_files(sleeve: Sleeve, placed: list[tuple[Study, Instance]]) -> list[PlacedFile]:
    name = LAYOUTS[sleeve.layout]
    numbers: dict[str, int] = {}
    files: list[PlacedFile] = []
    for index, (study, instance) in enumerate(placed):
        number = numbers.setdefault(study.uid, len(numbers))
        damage = "cut when it was written" if instance.cut_to is not None else ""
        files.append(PlacedFile(name(number, study, instance, index), study, instance, damage=damage))
    return files


def _without_preamble(files: list[PlacedFile], count: int) -> list[PlacedFile]:
    # Without meta information only the little endian, uncompressed syntaxes can be told apart by content.
    plain = ("MR_small", "MR_small_implicit", "ct512", "ct512-implicit", "CT_small", "rtdose", "rtplan", "rtstruct")
    fitting = [file for file in files if file.instance and file.instance.material in plain]
    return fitting[::max(1, len(fitting) // count)][:count] if count else []


def _split_sessions(files: list[PlacedFile]) -> None:
    """The second half was burnt later; its first file took the name of one of the first half, and hides it."""
    half = len(files) // 2
    for file in files[half:]:
        file.session = 2
    assert files[half].path != files[half - 1].path
    files[half].path = files[half - 1].path


def _copy(original: Disc, disc: Disc) -> None:
    """The same files, burnt again."""
    disc.files = [replace(file) for file in original.files]
    disc.date_from, disc.date_to = original.date_from, original.date_to
    for study in {id(file.study): file.study for file in original.files if file.study}.values():
        study.labels.append(disc.label)



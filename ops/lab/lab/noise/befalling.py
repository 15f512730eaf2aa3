"""What goes wrong when a study is written: which studies each kind of noise befalls."""

from __future__ import annotations

from collections.abc import Callable

from ..chance import generator
from .exam_noise import EXAM_NOISE
from .model import Hospital, Study
from .patient_noise import PATIENT_NOISE, RELATIONS
from .rates import Rates
from .scene import Scene

# Changes a study; false when the study cannot have that noise (no side to mistake, nobody else on the day).
Noise = Callable[[Study, Scene], bool]
KINDS: dict[str, Noise] = {**PATIENT_NOISE, **EXAM_NOISE}
# The noise that befalls two studies at a time.
PAIRED = {"swapped-ids", *(f"swapped-{relation}" for relation in RELATIONS)}


def befall(hospital: Hospital, seed: int, rates: Rates) -> None:
    """Each kind of noise befalls its share of the studies; a study has at most one of a group."""
    scene = Scene(hospital, seed)
    for name, noise in KINDS.items():
        kind = rates.kinds[name]
        random = generator(seed, "befall", name)
        left = rates.count(name, len(hospital.studies)) // (2 if name in PAIRED else 1)
        for study in random.sample(hospital.studies, len(hospital.studies)):
            if left == 0:
                break
            if kind.group in study.groups or not noise(study, scene):
                continue
            study.noise.append(name)
            study.groups.add(kind.group)
            left -= 1


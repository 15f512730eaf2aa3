"""An Image Manager that keeps five objects of one study, and takes rejection notes (IHE IOCM): the called AE title says how. Started by the tests; ends with them."""

import os
import sys

from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import KeyObjectSelectionDocumentStorage, StudyRootQueryRetrieveInformationModelFind, Verification

STUDY, SERIES, PATIENT = "1.1", "1.2.3.1", "P1"
HAD = {"STRICT": 3}
notes = {}
questions = {}
late = set()


def title_of(event):
    return event.assoc.acceptor.primitive.called_ae_title.strip()


def objects(title):
    """What a title lists, as series and instance."""
    kept = [(SERIES, f"1.1.1.{number}") for number in range(1, HAD.get(title, 5) + 1)]
    listed = notes.get(title, [])
    if title == "HIDES":
        named = {uid for note in listed for uid in named_by(note)}
        return [place for place in kept if place[1] not in named]
    return kept + [(str(note.SeriesInstanceUID), str(note.SOPInstanceUID)) for note in listed]


def named_by(note):
    series = (series for study in note.CurrentRequestedProcedureEvidenceSequence for series in study.ReferencedSeriesSequence)
    return {str(item.ReferencedSOPInstanceUID) for one in series for item in one.ReferencedSOPSequence}


def on_store(event):
    title, note = title_of(event), event.dataset
    if title == "REFUSES":
        return 0xC000
    if title == "LATE":
        # The first one is answered nothing, and not listed; the next ones are refused.
        if title in late:
            return 0xA700
        late.add(title)
        event.assoc.abort()
        return 0x0000
    if title == "STRICT" and not named_by(note) <= {uid for _, uid in objects(title)}:
        return 0xA772
    if str(note.SOPInstanceUID) not in {str(known.SOPInstanceUID) for known in notes.get(title, [])}:
        notes.setdefault(title, []).append(note)
    if title == "LOSES":
        event.assoc.abort()
    return 0x0000


def on_find(event):
    title, query = title_of(event), event.identifier
    level = query.QueryRetrieveLevel
    if title == "REMOVED" and level == "STUDY" and notes.get(title):
        questions[title] = questions.get(title, 0) + 1
        # Each look asks twice: the first look sees the note, then somebody takes it away, once.
        if questions[title] == 3:
            notes[title] = []
    found = objects(title) if query.StudyInstanceUID == STUDY else []
    if level == "STUDY":
        places = found[:1]
    elif level == "SERIES":
        places = sorted({(series, "") for series, _ in found})
    else:
        places = [place for place in found if place[0] == query.SeriesInstanceUID]
        places = places[:3] if title == "FIRST" else places
    for series, instance in places:
        answer = Dataset()
        answer.QueryRetrieveLevel, answer.StudyInstanceUID = level, STUDY
        if level == "STUDY":
            answer.PatientID, answer.AccessionNumber, answer.PatientName, answer.PatientBirthDate, answer.PatientSex = PATIENT, "A1", "Kim^Chulsoo", "19600101", "M"
        else:
            answer.SeriesInstanceUID = series
        if level == "IMAGE":
            answer.SOPInstanceUID = instance
        yield 0xFF00, answer


entity = AE()
entity.maximum_associations = 100
for context in (KeyObjectSelectionDocumentStorage, StudyRootQueryRetrieveInformationModelFind, Verification):
    entity.add_supported_context(context)
# A title that takes no notes at all listens at a port of its own: contexts are one program's, whatever it is called.
other = AE()
for context in (StudyRootQueryRetrieveInformationModelFind, Verification):
    other.add_supported_context(context)
handlers = [(evt.EVT_C_STORE, on_store), (evt.EVT_C_FIND, on_find)]
servers = [one.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers) for one in (entity, other)]
print(*(server.socket.getsockname()[1] for server in servers), flush=True)
sys.stdin.read()
os._exit(0)

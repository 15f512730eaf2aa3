"""A PACS that does what it should not: the called AE title says what. Started by the tests with a port as its argument."""

import copy
import sys
import threading
from collections import Counter

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, generate_uid
from pynetdicom import AE, build_context, build_role, evt
from pynetdicom.acse import ACSE
from pynetdicom.pdu_primitives import AsynchronousOperationsWindowNegotiation
from pynetdicom.sop_class import (
    SecondaryCaptureImageStorage,
    StorageCommitmentPushModel,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

STORAGE = [build_context(SecondaryCaptureImageStorage, ExplicitVRLittleEndian)]
stored = {}
questions = Counter()
windows = []


def title_of(event):
    return event.assoc.acceptor.primitive.called_ae_title.strip()


def fault(event):
    """What the title says is wrong; digits at its end are the port where what was asked for is to go."""
    return title_of(event).rstrip("0123456789")


def port_of(event):
    return int(title_of(event)[len(fault(event)) :])


def on_request(event):
    # Three seconds in which nothing comes, and the association is gone.
    if event.assoc.requestor.primitive.called_ae_title.strip() == "IMPATIENT":
        event.assoc.network_timeout = 3
    if event.assoc.requestor.primitive.called_ae_title.strip() == "STRANGER":
        event.assoc.acse.send_reject(0x01, 0x01, 0x07)
        event.assoc.kill()


def on_store(event):
    name = fault(event)
    if name == "FULL":
        return 0xA700
    if name == "CANNOTANY" or name == "CANNOT" and event.context.transfer_syntax == JPEG2000Lossless:
        return 0xC000
    if name == "WINDOW" and not second_queued(event.assoc):
        return 0xA702
    if name == "ABORTS":
        event.assoc.abort()
        return 0x0000
    dataset = event.dataset
    if name in ("POISON", "POISONSINGLE") and dataset.SOPInstanceUID.endswith(".13"):
        event.assoc.abort()
        return 0x0000
    dataset.file_meta = event.file_meta
    if name == "SWAPS":
        dataset.PatientID = "SOMEBODY ELSE"
    if name != "FORGETS":
        stored.setdefault(name, []).append(dataset)
    return 0xB000 if name == "COERCES" else 0x0000


def second_queued(association):
    """The first store of all waits until another one lies in the queue of its association: the proof that several are under way."""
    if windows:
        return True
    windows.append(association)
    messages = association.dimse.msg_queue
    with messages.not_empty:
        return messages.not_empty.wait_for(lambda: len(messages.queue) > 0, timeout=20)


def granted_window(acse):
    """What pynetdicom answers to a proposed window: always 1, though it takes what comes from a queue. Some titles grant what is asked for."""
    item = AsynchronousOperationsWindowNegotiation()
    asked, _ = acse.requestor.asynchronous_operations
    grants = acse.requestor.primitive.called_ae_title.strip() in ("WINDOW", "ABORTS", "POISON")
    item.maximum_number_operations_invoked = asked if grants else 1
    item.maximum_number_operations_performed = 1
    return item


def report_of(name, request):
    """What is committed to: an instance that is stored. PARTLY speaks of the first one only."""
    held = {d.SOPInstanceUID for d in stored.get(name, [])}
    items = request.ReferencedSOPSequence[: 1 if name == "PARTLY" else None]
    report = Dataset()
    report.TransactionUID = request.TransactionUID
    report.ReferencedSOPSequence = [item for item in items if item.ReferencedSOPInstanceUID in held]
    report.FailedSOPSequence = [item for item in items if item.ReferencedSOPInstanceUID not in held]
    for item in report.FailedSOPSequence:
        item.FailureReason = 0x0112
    if not report.FailedSOPSequence:
        del report.FailedSOPSequence
    return report


def send_report(association, report):
    event = 2 if "FailedSOPSequence" in report else 1
    association.send_n_event_report(report, event, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")


def report_elsewhere(port, title, report):
    caller = AE(ae_title="PACS")
    association = caller.associate(
        "127.0.0.1",
        port,
        [build_context(StorageCommitmentPushModel)],
        title,
        ext_neg=[build_role(StorageCommitmentPushModel, scp_role=True)],
    )
    if association.is_established:
        send_report(association, report)
        association.release()


def send_elsewhere(port, title, datasets):
    association = AE(ae_title="PACS").associate("127.0.0.1", port, STORAGE, title)
    if association.is_established:
        for dataset in datasets:
            association.send_c_store(dataset)
        association.release()


def on_action(event):
    name, request = fault(event), event.action_information
    if name == "NOCOMMIT":
        return 0x0110, None
    report = report_of(name, request)
    # A title AT12345 reports to that port on an association of its own.
    if name == "AT":
        caller = event.assoc.requestor.primitive.calling_ae_title
        work = threading.Thread(target=report_elsewhere, args=(port_of(event), caller, report))
    else:
        work = threading.Thread(target=send_report, args=(event.assoc, report))
    if name != "NEVER":
        work.start()
    return 0x0000, None


def row(level, dataset):
    answer = Dataset()
    answer.QueryRetrieveLevel = level
    answer.StudyInstanceUID = dataset.StudyInstanceUID
    if level == "STUDY":
        answer.PatientID = dataset.PatientID
        answer.AccessionNumber = dataset.AccessionNumber
    else:
        answer.SeriesInstanceUID = dataset.SeriesInstanceUID
    if level == "IMAGE":
        answer.SOPInstanceUID = dataset.SOPInstanceUID
    return answer


def on_find(event):
    name, query = fault(event), event.identifier
    level = query.QueryRetrieveLevel
    questions[name, level] += 1
    matches = [d for d in stored.get(name, []) if d.StudyInstanceUID == query.StudyInstanceUID]
    if level == "IMAGE":
        matches = [d for d in matches if d.SeriesInstanceUID == query.SeriesInstanceUID]
    if name == "LATE" and questions[name, "STUDY"] < 3:
        matches = []
    if level == "STUDY":
        matches = matches[:1] * (2 if name == "TWICE" else 1)
    if level == "SERIES":
        counts = Counter(d.SeriesInstanceUID for d in matches)
        matches = list({d.SeriesInstanceUID: d for d in matches}.values())
    for place, dataset in enumerate(matches):
        if name == "BREAKS" and level == "IMAGE" and place == 1:
            yield 0xC001, None
            return
        if name == "CUTS" and level == "IMAGE" and place == 1:
            return
        answer = row(level, dataset)
        if level == "SERIES":
            answer.NumberOfSeriesRelatedInstances = counts[dataset.SeriesInstanceUID]
        yield 0xFF00, answer


def on_get(event):
    query = event.identifier
    matches = [d for d in stored.get(fault(event), []) if d.SOPInstanceUID == query.SOPInstanceUID]
    if fault(event) == "EMPTYGET" or fault(event).startswith("MOVE"):
        matches = []
    if fault(event) == "NEWUIDS":
        matches = [renamed(dataset) for dataset in matches]
    if fault(event) == "HUGEGET":
        for dataset in matches:
            dataset.add_new(0x00091001, "OB", bytes(8 << 20))
    yield len(matches)
    for dataset in matches:
        yield 0xFF00, dataset


def renamed(dataset):
    """With a new SOP Instance UID, as some PACS make at each retrieve."""
    other = copy.deepcopy(dataset)
    other.SOPInstanceUID = generate_uid()
    other.file_meta.MediaStorageSOPInstanceUID = other.SOPInstanceUID
    return other


def on_move(event):
    name, query = fault(event), event.identifier
    matches = [d for d in stored.get(name, []) if d.SOPInstanceUID == query.SOPInstanceUID]
    yield ("127.0.0.1", port_of(event), {"contexts": STORAGE})
    if name in ("MOVELATER", "MOVEFAILS"):
        threading.Timer(1, send_elsewhere, (port_of(event), event.move_destination, matches)).start()
    if name == "MOVEFAILS":
        yield 1
        yield 0xA702, Dataset()
    elif name in ("MOVENOTHING", "MOVELATER"):
        yield 0
    else:
        yield len(matches)
        for dataset in matches:
            yield 0xFF00, renamed(dataset) if name == "NEWUIDS" else dataset


def accepted(acse, send=ACSE.send_accept):
    """NOROLE says nothing of the role that it needs for C-GET, and sends all the same."""
    if acse.requestor.primitive.called_ae_title.strip().startswith("NOROLE"):
        for uid in list(acse.acceptor.role_selection):
            acse.acceptor.remove_negotiation_item(acse.acceptor.role_selection[uid])
    send(acse)


ACSE.send_accept = accepted
ACSE._check_async_ops = granted_window
entity = AE()
entity.maximum_associations = 100
entity.add_supported_context(SecondaryCaptureImageStorage, [ExplicitVRLittleEndian, JPEG2000Lossless], scu_role=True, scp_role=True)
entity.add_supported_context(StorageCommitmentPushModel)
for model in (
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
):
    entity.add_supported_context(model)
entity.start_server(
    ("127.0.0.1", int(sys.argv[1])),
    evt_handlers=[
        (evt.EVT_REQUESTED, on_request),
        (evt.EVT_N_ACTION, on_action),
        (evt.EVT_C_STORE, on_store),
        (evt.EVT_C_FIND, on_find),
        (evt.EVT_C_GET, on_get),
        (evt.EVT_C_MOVE, on_move),
    ],
)

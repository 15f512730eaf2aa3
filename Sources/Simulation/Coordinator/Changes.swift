import Ledger
import Migration

/// One row that a transaction changed.
enum Change {
    case medium(MediumRecord)
    case study(StudyRecord)
    case progress(StudyProgress, StudyID)
    case part(PartRecord)
    case newPart(PartRecord, [InstanceRecord])
    case worker(WorkerRecord)
    case newGrant(GrantRecord)
    case grantEnded(GrantNumber, GrantRecord.State)
    case pieces(GrantNumber, count: Int)
}

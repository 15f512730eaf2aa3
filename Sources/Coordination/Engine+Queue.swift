import Ledger
import Migration

/// Patients whose studies are to be matched again because of what came up elsewhere, and who are too many for the turn in which it came.
extension Engine {
    /// Patients of one tick: bounds the writer's time (law 1).
    private static var patientsPerTick: Int { 100 }

    /// Looks at the next ones.
    mutating func lookAtQueue(in turn: Turn) throws {
        guard try turn.tx.hasQueuedPatients() else { return }
        for patient in try turn.tx.queuedPatients(areTooLarge: false, limit: Self.patientsPerTick) {
            try look(at: patient, in: turn) { engine in
                try turn.tx.removeQueued([patient.patientID])
                try engine.match(patients: [patient.patientID], in: turn)
            }
        }
        for patient in try turn.tx.queuedPatients(areTooLarge: true, limit: 1) { try look(at: patient, in: turn) { try $0.lookAt(patient, in: turn) } }
    }

    /// Whom something is wrong with goes to the end, and holds up nobody. The patient stays unnamed: this is read in logs.
    private mutating func look(at patient: QueuedPatient, in turn: Turn, _ body: (inout Engine) throws -> Void) throws {
        try turn.tx.queue(patient)
        try step("matching a patient anew", in: turn, body)
    }

    /// Matches what a worker could be leased next and the queue has not come to.
    mutating func matchAhead(of worker: WorkerID, _ count: Int, in turn: Turn) throws {
        live.matchedAhead = []
        guard try turn.tx.hasQueuedPatients() else { return }
        for id in Self.distinct(try turn.tx.leasableParts(of: worker, at: turn.now, limit: count).map(\.part.study)) where try isQueued(id, in: turn) {
            try step("matching study \(id) anew", in: turn) { engine in
                guard let study = try turn.tx.study(id) else { return }
                let patient = Identifying(study.header.patient.patientID.trimmed)
                switch try engine.scene(of: patient, in: turn) {
                case .whole(let scene):
                    try engine.match(scene, in: turn)
                    try turn.tx.removeQueued(scene.family)
                case .tooLarge(let why):
                    // What nobody decided on is held when the queue comes to it, and not leased before.
                    guard study.isSettled else { return }
                    try engine.lookAtAlone(study, why, in: turn)
                }
                engine.live.matchedAhead.insert(id)
            }
        }
    }

    /// Whether a study may not be leased yet, because its patient waits to be matched anew.
    func isQueued(_ id: StudyID, in turn: Turn) throws -> Bool {
        guard !live.matchedAhead.contains(id), try turn.tx.hasQueuedPatients(), let study = try turn.tx.study(id) else { return false }
        let patient = Identifying(study.header.patient.patientID.trimmed)
        guard !patient.isBlank else { return false }
        do {
            return try turn.tx.isAnyQueued(turn.tx.family(of: patient, by: matching).members)
        } catch let error as LedgerError where error.code == .limit {
            return try turn.tx.isAnyQueued([patient])
        }
    }
}

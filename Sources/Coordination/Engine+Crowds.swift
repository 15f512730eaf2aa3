import Ledger
import Matching
import Migration

/// Patient IDs that stand for too much to be matched in one turn. What nobody decided on of them waits for a person; what a person decided on, or was sent, is looked
/// at study by study, some at a time.
extension Engine {
    /// Undecided studies of such a patient ID that are held in the turn in which that shows, and in one tick; others that one tick looks at: bounds the writer's time (law 1).
    private static var heldAtOnce: Int { 2000 }
    private static var heldPerTick: Int { 500 }
    private static var studiesPerTick: Int { 20 }
    /// Rows that one tick reads to find those.
    private static var rowsPerTick: Int { 500 }

    /// Holds what is undecided of a patient ID that stands for too much, for the reason `why`; the rest of it is looked at at the next ticks.
    func holdUnmatched(_ patient: Identifying, _ why: String, in turn: Turn) throws {
        var room = Self.heldAtOnce
        for member in try numbers(of: patient, in: turn) where try !turn.tx.studies(ofPatient: member, limit: 1).isEmpty {
            if room > 0 { room -= try holdUndecided(of: member, why, limit: room, in: turn) }
            try turn.tx.queueTooLarge(member)
        }
    }

    /// The patient IDs that are matched together; where they are too many those that stand for the number itself.
    private func numbers(of patient: Identifying, in turn: Turn) throws -> [Identifying] {
        do {
            return try turn.tx.family(of: patient, by: matching).members
        } catch let error as LedgerError where error.code == .limit {
            return matching.family(of: patient)
        }
    }

    /// The next studies of such a patient ID.
    func lookAt(_ queued: QueuedPatient, in turn: Turn) throws {
        try turn.tx.removeQueued([queued.patientID])
        switch try scene(of: queued.patientID, in: turn) {
        case .whole(let scene): try match(scene, in: turn)
        case .tooLarge(let why):
            guard try holdUndecided(of: queued.patientID, why, limit: Self.heldPerTick, in: turn) < Self.heldPerTick else { return try turn.tx.queue(queued) }
            let last = try lookAtDecided(of: queued.patientID, behind: queued.after ?? StudyID(0), why, in: turn)
            guard last != nil || queued.isDueAgain else { return }
            try turn.tx.queue(QueuedPatient(patientID: queued.patientID, after: last ?? StudyID(0), isDueAgain: last != nil && queued.isDueAgain))
        }
    }

    /// Looks at the next studies behind that of number `after`; the last one that was looked at, nil: there is none behind it.
    private func lookAtDecided(of patient: Identifying, behind after: StudyID, _ why: String, in turn: Turn) throws -> StudyID? {
        var room = Self.studiesPerTick
        let studies = try turn.tx.studies(ofPatient: patient, behind: after, limit: Self.rowsPerTick)
        for study in studies {
            if study.isSettled { room -= 1 }
            try lookAtAlone(study, why, in: turn)
            if room == 0 { return study.id }
        }
        return studies.count < Self.rowsPerTick ? nil : studies.last?.id
    }

    private func holdUndecided(of patient: Identifying, _ why: String, limit: Int, in turn: Turn) throws -> Int {
        let studies = try turn.tx.undecidedStudies(ofPatient: patient, limit: limit)
        for study in studies {
            var record = study
            record.outcome = .manualMatch
            record.order = nil
            let alone = matching.rule.match(studies: [MatchableStudy(id: study.id, header: study.header)], orders: [])
            let excluded = try alone.first.flatMap { try exclusion(of: study, $0, in: turn) }
            try take(awaitingOrder(Self.conflicts(of: study).first ?? excluded ?? Self.held(why), of: &record, in: turn), for: &record, in: turn)
            var parts = try turn.tx.parts(of: study.id)
            try settle(&record, &parts, in: turn)
            try turn.tx.updateStudy(record)
        }
        return studies.count
    }

    private static func held(_ why: String) -> Clearance { Clearance(held: .patientTooLarge, Sentence(.patientTooLarge, [.text(why)])) }

    /// Looks at a study that a person decided on, or that was sent, without the others of its patient: what law 12, the legacy index and the hospital's word of the
    /// patient say against it. What is left of one that went by itself waits for a person.
    func lookAtAlone(_ study: StudyRecord, _ why: String, in turn: Turn) throws {
        var record = study
        if study.isLeftOut {
            return
        } else if study.progress.wasGranted, study.isSettled {
            try flag(&record, rivals: nil, in: turn)
            if try isOrderCancelled(of: study, in: turn) { try mark(&record, .orderChanged, true, in: turn) }
            try reviewIdentity(of: &record, in: turn)
            try holdRest(of: &record, formerly: study, why, in: turn)
        } else if study.decision != nil {
            try keepDecision(&record, rivals: nil, in: turn)
            try reviewIdentity(of: &record, in: turn)
        } else {
            return
        }
        try write(&record, formerly: study, in: turn)
    }

    private func holdRest(of record: inout StudyRecord, formerly study: StudyRecord, _ why: String, in turn: Turn) throws {
        guard record.decision == nil, record.holdReason == nil, try turn.tx.parts(of: record.id).contains(where: { !$0.remaining.isEmpty }) else { return }
        let held = Self.held(why)
        record.holdReason = held.reason
        record.progress.sentence = held.sentence
        if study.holdReason != held.reason { try turn.record(held.sentence, study: record.id) }
    }
}

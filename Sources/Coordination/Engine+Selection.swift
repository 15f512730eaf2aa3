import Ledger
import Matching
import Migration

extension Engine {
    /// Whether the configuration leaves a study out that nobody decided on and of which nothing was sent. What a person requests is migrated all the same.
    func exclusion(of study: StudyRecord, _ match: Match, in turn: Turn) throws -> Clearance? {
        guard !configuration.selection.isAll else { return nil }
        let order = try match.order.flatMap { try turn.tx.order($0) }?.order
        let said = PatientKey(patientID: study.header.patient.patientID, issuer: study.header.patient.issuer)
        let others = try [turn.tx.current(said).patientID, order?.patient.patientID].compactMap(\.self)
        guard let rule = configuration.selection.exclusion(of: study.header, order: order, others: others, today: turn.now.day) else { return nil }
        guard let request = try turn.tx.openRequests(for: study).first(where: { !$0.isAutomatic }) else { return Clearance(excludedBy: rule) }
        if study.progress.state == .excluded || study.progress.state == .inventoried {
            try turn.record(.selectionOverruled, [.count(request.id.number), .text(rule.code)], study: study.id)
        }
        return nil
    }

    /// Decides anew on a study whose place among the others, or whose selection, may be another now.
    func reconsider(_ studies: [StudyRecord], in turn: Turn) throws {
        let isDecided = { (study: StudyRecord) in
            study.isSettled || configuration.selection.isAll && !configuration.policies.mayExclude && study.progress.state != .excluded && study.holdReason != .numbersUsedUp
        }
        for study in studies where isDecided(study) {
            try lookAtOrder(of: study, in: turn)
            try settle(study.id, in: turn)
        }
        try match(studies.filter { !isDecided($0) }.map(\.id), in: turn)
    }

    /// The PACS or RIS may have to be told of its order, or need not be any more.
    private func lookAtOrder(of study: StudyRecord, in turn: Turn) throws {
        var record = study
        try holdForOrder(&record, in: turn)
        if record != study { try turn.tx.updateStudy(record) }
    }
}

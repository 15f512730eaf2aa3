import Coordination
import DICOMNetwork
import Destinations
import Ledger
import Matching
import Migration
import Synchronization

/// What the destination has of a study is rejected there by a note, and lies there still: the destination hides it, or does not.
extension CorrectionWork {
    /// Rejects what lies there as it was sent, if the engine permits it this moment. nil: no note may have been stored, and the study lies as it should be, or not
    /// at all.
    ///
    /// A note of which it is not known whether it arrived is looked for first: it is stored once more only where the destination neither lists it nor hides what it names.
    func rejection(of row: CorrectionRow, _ asked: Asked) async throws -> CorrectionReport.Finding? {
        guard let rejection = row.correction.rejection else { return .notDeleted("nothing says how it is rejected") }
        let judge = CorrectionJudge(row)
        if rejection.note == nil, asked.there.isNothing || judge.fault(in: asked.there, expected: asked.expected) == nil { return nil }
        if rejection.note != nil, let finding = try await standing(of: row, rejection) { return finding }
        if let fault = judge.bar(toRejecting: asked.there) { return .notDeleted(fault) }
        let note = try note(on: row, rejection, naming: asked.there.listed(of: asked.all), lyingAs: asked.there.rows.first?.patient)
        guard await permits(.rejectable(note: note.sopInstanceUID), row, as: .correctionRejecting) else { return .notDeleted("something came in the way") }
        if let fault = try await store(note) { return .notDeleted("the rejection note was not stored: \(fault)") }
        return try await standing(of: row, rejection) ?? .notDeleted("the destination took the rejection note, and neither lists it nor hides what it names")
    }

    /// What was sent before is in use still at the destination, which nothing rejects; nil: it is not, or was not to be rejected.
    func remainsInUse(_ row: CorrectionRow) async throws -> CorrectionReport.Finding? {
        guard row.correction.state == .sending, let rejection = row.correction.rejection, try await standing(of: row, rejection) == nil else { return nil }
        return .asSent("what was sent before is listed under its old UIDs, and no rejection note names all of it")
    }

    /// Whether what was sent is rejected: the destination lists a note that names all that it lists of it, or lists nothing of it. nil: neither.
    private func standing(of row: CorrectionRow, _ rejection: Rejection) async throws -> CorrectionReport.Finding? {
        let uids = OutgoingUIDs(rejection.former)
        let study = uids[row.study.header.studyInstanceUID]
        let ours = try ledger.read { try $0.instances(of: row.study.id).map(\.instance) }
        let series = Set(ours.map { uids[$0.seriesInstanceUID] }).union([RejectionNote.seriesInstanceUID(in: study, rejection.generation)])
        let there = try await destination.whereabouts(ofStudy: study, series: series.sorted())
        let listed = there.listed(of: Set(ours.map { uids[$0.sopInstanceUID] }))
        guard !listed.isEmpty else { return .nothingThere }
        let note = try note(on: row, rejection, naming: listed, lyingAs: there.rows.first?.patient)
        return there.listed(of: [note.sopInstanceUID]).isEmpty ? nil : .rejected
    }

    /// The note that rejects these objects, under the patient whose the destination says that they are: what was sent anew may lie as it was sent first or last.
    private func note(on row: CorrectionRow, _ rejection: Rejection, naming listed: Set<String>, lyingAs patient: PatientIdentity?) throws -> RejectionNote {
        let plans = [row.correction.sent, row.study.plan].compactMap { $0 }
        let sent = plans.first { $0.patientID.trimmed == patient?.patientID.trimmed } ?? row.correction.sent
        let uids = OutgoingUIDs(rejection.former)
        let entries = try ledger.read { try $0.instances(of: row.study.id) }.map {
            RejectionNote.Entry(
                sopClassUID: $0.instance.sopClassUID, sopInstanceUID: uids[$0.instance.sopInstanceUID], seriesInstanceUID: uids[$0.instance.seriesInstanceUID])
        }
        let header = row.study.header
        let study = RejectionNote.Study(
            studyInstanceUID: uids[header.studyInstanceUID], patient: DeclaredChanges.identity(after: sent.coercions, of: header.patient),
            studyDate: header.studyDate, studyTime: header.studyTime, accessionNumber: sent.accessionNumber)
        return RejectionNote(
            rejecting: entries.filter { listed.contains($0.sopInstanceUID) }, in: study, for: rejection.generation, writtenAt: rejection.approvedAt)
    }

    /// Stores the note; why it was not, nil: it was.
    private func store(_ note: RejectionNote) async throws -> String? {
        let verdict = Mutex<InstanceVerdict?>(nil)
        try await destination.store([note.instance()], associations: 1, mayStart: { !Task.isCancelled }, report: { _, told in verdict.withLock { $0 = told } })
        switch verdict.withLock({ $0 }) {
        case .acknowledged: return nil
        case .failed(_, let detail): return detail
        case nil: return "it was not begun"
        }
    }
}

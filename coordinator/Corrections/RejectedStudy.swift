import Coordination
import Destinations
import Ledger
import Matching
import Migration

/// What a destination has of objects that are, or were, to be rejected there. Pure.
struct RejectedStudy {
    var rejection: Rejection
    /// What it lists in the study in which they lie.
    let there: StudyWhereabouts
    private let uids: OutgoingUIDs
    private let row: CorrectionRow
    private let own: [Own]

    /// One of the study's own objects, and its place in the ledger.
    struct Own {
        let part: PartID
        let position: Int
        let instance: InstanceRecord
    }

    init(_ rejection: Rejection, of row: CorrectionRow, own: [Own], there: StudyWhereabouts) {
        self.rejection = rejection
        self.row = row
        self.own = own
        self.there = there
        uids = OutgoingUIDs(rejection.former)
    }

    /// Ours that the destination lists, by their SOP Instance UIDs there.
    var listed: Set<String> { there.listed(of: Set(own.map { uids[$0.instance.sopInstanceUID] })) }

    /// Whether what was sent is rejected: the notes that the destination lists name all that it lists of it, or it lists nothing of it. nil: neither.
    var standing: CorrectionReport.Finding? {
        let listed = listed
        guard !listed.isEmpty else { return .nothingThere }
        return listed.isSubset(of: named(by: rejection.notes.filter { !there.listed(of: [$0.uid]).isEmpty })) ? .rejected : nil
    }

    /// The note that rejects what is listed, `others`, and what was named before, as far as no note that lies there names it; nil: that is nothing. It is written
    /// for the patient whose the destination says that they are: what was sent anew may lie as it was sent first or last.
    func note(besides others: Set<String>) -> (note: RejectionNote, record: Rejection.Note)? {
        let present = named(by: rejection.notes.filter { !there.listed(of: [$0.uid]).isEmpty })
        let due = listed.union(others).union(named(by: rejection.notes)).subtracting(present)
        guard !due.isEmpty else { return nil }
        let rejected = own.filter { due.contains(uids[$0.instance.sopInstanceUID]) }
        let entries = rejected.map {
            RejectionNote.Entry(
                sopClassUID: $0.instance.sopClassUID, sopInstanceUID: uids[$0.instance.sopInstanceUID], seriesInstanceUID: uids[$0.instance.seriesInstanceUID])
        }
        let note = RejectionNote(rejecting: entries, in: study, for: rejection.generation, writtenAt: rejection.approvedAt)
        let places = Dictionary(grouping: rejected, by: \.part).sorted { $0.key < $1.key }
        let named = places.map { Rejection.NamedPart(part: $0.key, positions: InstanceRanges($0.value.map(\.position))) }
        return (note, Rejection.Note(uid: note.sopInstanceUID, named: named))
    }

    /// The study there, as it was sent.
    private var study: RejectionNote.Study {
        let plans = [row.correction.sent, row.study.plan].compactMap { $0 }
        let patient = there.rows.first?.patient
        let sent = plans.first { $0.patientID.trimmed == patient?.patientID.trimmed } ?? row.correction.sent
        let header = row.study.header
        return RejectionNote.Study(
            studyInstanceUID: uids[header.studyInstanceUID], patient: DeclaredChanges.identity(after: sent.coercions, of: header.patient),
            studyDate: header.studyDate, studyTime: header.studyTime, accessionNumber: sent.accessionNumber)
    }

    /// What these notes name, as they were stored: whatever the study's objects are known to say by now.
    private func named(by notes: [Rejection.Note]) -> Set<String> {
        var positions: [PartID: InstanceRanges] = [:]
        for part in notes.flatMap(\.named) { positions[part.part] = InstanceRanges(joining: [positions[part.part] ?? InstanceRanges(), part.positions]) }
        return Set(own.filter { positions[$0.part]?.contains($0.position) == true }.map { uids[$0.instance.sopInstanceUID] })
    }
}

import Coordination
import DICOMNetwork
import Destinations
import Ledger
import Matching
import Migration
import Synchronization

/// What the destination has of a study is rejected there by a note, and lies there still: the destination hides it, or does not.
extension CorrectionWork {
    private static var inUse: String { "what was sent before is listed under its old UIDs, and no rejection note names all of it" }

    /// Rejects what lies there as it was sent, if the engine permits it this moment. nil: no note may have been stored, and the study lies as it should be, or not
    /// at all.
    ///
    /// Notes of which it is not known whether they arrived are looked for first: one is stored once more only where the destination neither lists it nor hides what it names.
    func rejection(of row: CorrectionRow, _ asked: Asked) async throws -> CorrectionReport.Finding? {
        guard let rejection = row.correction.rejection else { return .notDeleted("nothing says how it is rejected") }
        let isUntouched = rejection.notes.isEmpty
        if isUntouched, asked.there.isNothing || CorrectionJudge(row).fault(in: asked.there, expected: asked.expected) == nil { return nil }
        let old = try await look(for: rejection, of: row)
        if !isUntouched, let finding = old.standing { return finding }
        // What a worker has sent may lie there though nobody has found it. A destination that takes no note of objects that it does not have gets one of those that it has.
        return try await reject(old, row, besides: [asked.all, asked.arrived])
    }

    /// What was sent before is in use still at the destination, which nothing rejects; nil: it is not, or was not to be rejected. Where a person has approved that it
    /// is rejected, it is.
    func inUseStill(_ row: CorrectionRow) async throws -> CorrectionReport.Finding? {
        for rejection in row.correction.rejections {
            let old = try await look(for: rejection, of: row)
            guard old.standing == nil else { continue }
            guard row.correction.mayRejectFurther else { return .asSent(Self.inUse) }
            switch try await reject(old, row, besides: [[]]) {
            case .rejected, .nothingThere: continue
            case .notDeleted(let why): return row.correction.state == .approved ? .notDeleted(why) : .asSent("\(Self.inUse): \(why)")
            case let refused: return refused
            }
        }
        return nil
    }

    /// What the destination has of it now.
    private func look(for rejection: Rejection, of row: CorrectionRow) async throws -> RejectedStudy {
        let uids = OutgoingUIDs(rejection.former)
        let study = uids[row.study.header.studyInstanceUID]
        let own = try ledger.read { reader in
            var instances = try reader.instances(of: row.study.id)[...]
            var own: [RejectedStudy.Own] = []
            for part in try reader.parts(of: row.study.id) {
                own += instances.prefix(part.instanceCount).enumerated().map { RejectedStudy.Own(part: part.id, position: $0.offset, instance: $0.element.instance) }
                instances = instances.dropFirst(part.instanceCount)
            }
            return own
        }
        let series = Set(own.map { uids[$0.instance.seriesInstanceUID] }).union([RejectionNote.seriesInstanceUID(in: study, rejection.generation)])
        return RejectedStudy(rejection, of: row, own: own, there: try await destination.whereabouts(ofStudy: study, series: series.sorted()))
    }

    /// Stores the note that names what is listed and the first of `sets`; where the destination refuses that, the one with the next.
    private func reject(_ old: RejectedStudy, _ row: CorrectionRow, besides sets: [Set<String>]) async throws -> CorrectionReport.Finding {
        if let fault = CorrectionJudge(row).bar(toRejecting: old.there) { return .notDeleted(fault) }
        var old = old
        // Of one that was permitted before nobody knows whether it arrived: that it is refused now says nothing of that.
        let before = Set(old.rejection.notes.map(\.uid))
        var refused: [String] = []
        var refusal = ""
        for set in sets {
            guard let (note, record) = old.note(besides: set) else { return .nothingThere }
            guard !refused.contains(record.uid) else { continue }
            // What cannot be written is no note, and asks for no permission.
            let instance = try note.instance()
            guard await permits(.rejectable(record, of: old.rejection.generation), row, as: .correctionRejecting) else { return .notDeleted("something came in the way") }
            switch try await store(instance) {
            case .acknowledged:
                old.rejection.notes.append(record)
                return try await look(for: old.rejection, of: row).standing ?? .notDeleted("the destination took the rejection note, and neither lists it nor hides what it names")
            case .failed(let category, let detail) where category.isRefusal: refusal = detail
            case .failed(_, let detail): return .notDeleted("the rejection note was not stored: \(detail)")
            case nil: return .notDeleted("the rejection note was not stored: it was not begun")
            }
            refused.append(record.uid)
        }
        let new = refused.filter { !before.contains($0) }
        guard !new.isEmpty else { return .notDeleted("the destination refused the rejection note, and may have taken it before: \(refusal)") }
        return .refused(notes: new, of: old.rejection.generation, "the destination refused the rejection note: \(refusal)")
    }

    /// Stores the note; nil: it was not begun.
    private func store(_ note: OutgoingInstance) async throws -> InstanceVerdict? {
        let verdict = Mutex<InstanceVerdict?>(nil)
        try await destination.store([note], associations: 1, mayStart: { !Task.isCancelled }, report: { _, told in verdict.withLock { $0 = told } })
        return verdict.withLock { $0 }
    }
}

extension ExceptionCategory {
    /// Whether an object that failed so was answered, and is not stored.
    fileprivate var isRefusal: Bool { self == .notAccepted || self == .destinationRefused || self == .outOfResources }
}

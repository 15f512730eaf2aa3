public import Ledger
import Migration

/// Notes that reject at the destination what lies there under a former identity.
extension Engine {
    /// Whether a note may be stored this moment: of what is to be rejected all is at hand, and of what was rejected before, and sent again as other objects,
    /// some is in use still, as nothing rejects it.
    func permit(_ known: CorrectionRecord, _ study: StudyRecord, note: Rejection.Note, of generation: UIDGeneration, in turn: Turn) throws -> Sentence? {
        var correction = known
        if known.state == .rejecting, known.rejection?.generation == generation {
            if let obstacle = try obstacle(to: known, study, turn.tx.parts(of: study.id), in: turn) { return try gatherAgain(known, obstacle, in: turn) }
        } else {
            guard known.mayRejectFurther, known.rejections.contains(where: { $0.generation == generation }),
                configuration.corrections.profile == .rejectAndSendAgain
            else { return nil }
        }
        let sentence = Sentence(.correctionRejecting, [.text(known.approvedBy ?? ""), .count(Int64(study.size.instances)), .text(note.uid)])
        correction.change(generation) { rejection in
            if !rejection.notes.contains(note) { rejection.notes.append(note) }
        }
        guard correction != known else { return sentence }
        try turn.tx.putCorrection(correction)
        try turn.record(sentence, study: study.id)
        return sentence
    }

    /// The destination has refused these notes: what it was to reject lies there as it did, and the approval can be taken back.
    func takeRefused(_ known: CorrectionRecord, _ notes: [String], of generation: UIDGeneration, _ why: String, in turn: Turn) throws -> Sentence {
        var correction = known
        correction.change(generation) { rejection in rejection.notes.removeAll { notes.contains($0.uid) } }
        if correction.state == .rejecting, correction.isRevocable { correction.state = .approved }
        return try wait(correction, Sentence(.correctionNotRejected, [.text(why)]), in: turn)
    }
}

extension CorrectionRecord {
    /// Whether an approval can be taken back: nothing may have been deleted or rejected yet.
    var isRevocable: Bool { state == .approved || state == .rejecting && rejection?.notes.isEmpty == true }

    /// Whether what was rejected before, as a person approved, may be rejected by a further note: it is in use still though the study was sent again.
    public var mayRejectFurther: Bool { approvedBy != nil && (state == .sending || state == .approved) }

    /// Changes the rejection of this generation, where there is one.
    fileprivate mutating func change(_ generation: UIDGeneration, _ body: (inout Rejection) -> Void) {
        if var own = rejection, own.generation == generation {
            body(&own)
            rejection = own
        }
        for index in rejections.indices where rejections[index].generation == generation { body(&rejections[index]) }
    }
}

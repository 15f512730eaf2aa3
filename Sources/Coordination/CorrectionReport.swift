public import Ledger
public import Migration

/// What was found out about a correction at the destination.
public struct CorrectionReport: Hashable, Sendable {
    /// The correction as it was when the destination was asked: what has become another since is not settled by an answer about the former one.
    public var correction: CorrectionRecord
    /// What was found.
    public var finding: Finding

    /// A report of these.
    public init(on correction: CorrectionRecord, _ finding: Finding) {
        self.correction = correction
        self.finding = finding
    }

    /// What may be found.
    public enum Finding: Hashable, Sendable {
        /// Every instance lies where it should, and the study under nobody else.
        case asIntended
        /// It does not yet; why, without patient data.
        case asSent(String)
        /// The destination gave no answer; why.
        case notAsked(String)
        /// The destination lists nothing of the study.
        case nothingThere
        /// It lies as it was sent, nothing else with it, and is about to be deleted. Only an answer of `correction-deleting` permits it.
        case deletable
        /// What lies there is about to be rejected by this note, in the ``Rejection`` of this generation. Only an answer of `correction-rejecting` permits it.
        case rejectable(Rejection.Note, of: UIDGeneration)
        /// The destination refused the notes of these SOP Instance UIDs, and has not stored them; why.
        case refused(notes: [String], of: UIDGeneration, String)
        /// The destination lists the note that rejects all that it lists of it.
        case rejected
        /// It was not deleted, or not rejected; why, without patient data.
        case notDeleted(String)
    }
}

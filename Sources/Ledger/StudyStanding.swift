public import Migration

/// What of a study's record its results look at and change: one that only brings it forward need not read, or write, the rest.
public struct StudyStanding: Hashable, Sendable {
    /// The study's number.
    public let id: StudyID
    /// How far it is. As the ledger gives it, without the last decision's sentence; with one when there is a new decision.
    public var progress: StudyProgress
    /// Why it is held; nil when it is not.
    public var holdReason: HoldReason?
    /// Whether it is decided what is to become of its objects.
    public let isPlanned: Bool
    /// What of it lies in more than one patient's or object's name (law 12).
    public let conflicts: StudyConflicts
    /// Files of it that no medium gave.
    public let unreadableCount: Int

    /// A standing of these values.
    public init(
        id: StudyID, progress: StudyProgress, holdReason: HoldReason?, isPlanned: Bool, conflicts: StudyConflicts, unreadableCount: Int
    ) {
        self.id = id
        self.progress = progress
        self.holdReason = holdReason
        self.isPlanned = isPlanned
        self.conflicts = conflicts
        self.unreadableCount = unreadableCount
    }

    /// The standing of `study`, with its sentence.
    public init(_ study: StudyRecord) {
        self.init(
            id: study.id, progress: study.progress, holdReason: study.holdReason, isPlanned: study.plan != nil, conflicts: study.conflicts,
            unreadableCount: study.size.unreadable)
    }
}

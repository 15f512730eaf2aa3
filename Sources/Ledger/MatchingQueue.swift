public import Migration

/// A patient ID whose studies are to be looked at again.
public struct QueuedPatient: Hashable, Sendable {
    /// The patient ID.
    public var patientID: Identifying
    /// Of one that stands for too much to be matched in one turn: the last study that was looked at. Nil: it is to be matched as a whole.
    public var after: StudyID?
    /// Whether something came up since behind those that were looked at.
    public var isDueAgain: Bool

    /// One of these values.
    public init(patientID: Identifying, after: StudyID? = nil, isDueAgain: Bool = false) {
        self.patientID = patientID
        self.after = after
        self.isDueAgain = isDueAgain
    }
}

/// Patients whose studies are to be looked at again, some at a time, and birth dates that too many have.
public protocol MatchingQueue {
    /// Up to `limit` of those who are to be matched as a whole, or of those who stand for too much; who waits longest comes first.
    func queuedPatients(areTooLarge: Bool, limit: Int) throws -> [QueuedPatient]
    /// Whether anybody waits.
    func hasQueuedPatients() throws -> Bool
    /// Whether one of `patientIDs` waits.
    func isAnyQueued(_ patientIDs: [Identifying]) throws -> Bool
    /// Puts `patient` at the end; in place of itself where it waits already.
    func queue(_ patient: QueuedPatient) throws
    /// Adds one that stands for too much; where it is looked at already, all of it is once more behind that.
    func queueTooLarge(_ patientID: Identifying) throws
    /// Adds all whose studies were born on `day`, as their objects say, and where there are studies without a birth date all whom the hospital says to be.
    func queuePatients(bornOn day: CalendarDate) throws
    /// Takes away `patientIDs`.
    func removeQueued(_ patientIDs: [Identifying]) throws
    /// Whether studies were matched as of a birth date that too many have.
    func wasCrowded(_ day: CalendarDate) throws -> Bool
    /// Notes whether they were.
    func noteCrowded(_ day: CalendarDate, _ isCrowded: Bool) throws
}

internal import Ledger
internal import Migration

/// A row of the list of media as JSON.
public struct MediumShape: Codable, Hashable, Sendable {
    /// What is written on the sleeve.
    public var label: String
    /// `cd`, `dvd`, `dlt`, `folder`.
    public var kind: String
    /// The state, in the words of `MediumState`.
    public var state: String
    /// Why it is in this state.
    @OrNull public var reason: String?
    /// Where it stands.
    public var shelf: String
    /// The label of the medium that it is a copy of.
    @OrNull public var copyOf: String?
    /// The first day of the exams on it, YYYYMMDD.
    @OrNull public var dateFrom: String?
    /// The last day of the exams on it, YYYYMMDD.
    @OrNull public var dateTo: String?
    /// The worker that reads it, or read it last.
    @OrNull public var worker: String?
    /// The drive that it is in now.
    @OrNull public var drive: String?
    /// Files that its directories list.
    public var fileCount: Int
    /// Files on it that could not be read and that no copy made up for.
    public var unreadableCount: Int
    /// Studies with a part on it.
    public var studyCount: Int
    /// Bytes of the medium.
    public var byteCount: Int64
}

extension MediumShape {
    /// - Parameter drive: the drive that it is in now.
    init(_ row: MediumRow, drive: String?) {
        let medium = row.medium
        self.init(
            label: medium.label, kind: medium.expected.kind.rawValue, state: medium.state.rawValue,
            reason: medium.sentence?.text(), shelf: medium.expected.shelf,
            copyOf: medium.expected.copyOf.isEmpty ? nil : medium.expected.copyOf,
            dateFrom: medium.expected.dateFrom?.description, dateTo: medium.expected.dateTo?.description,
            worker: row.workerName, drive: drive, fileCount: medium.contents?.fileCount ?? 0,
            unreadableCount: row.unreadable, studyCount: row.studies, byteCount: medium.contents?.byteCount ?? 0)
    }
}

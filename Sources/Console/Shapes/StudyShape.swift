internal import Destinations
internal import Ledger
internal import Migration

/// A row of the list of studies as JSON.
public struct StudyShape: Codable, Hashable, Sendable {
    /// Study Instance UID.
    public var studyInstanceUID: String
    /// The state, in the words of `StudyState`.
    public var state: String
    /// What matching came to.
    @OrNull public var outcome: String?
    /// The code of the reason why it is held.
    @OrNull public var reason: String?
    /// The last decision about it, in words.
    @OrNull public var reasonText: String?
    /// The category of its last failure.
    @OrNull public var category: String?
    /// The accession number that was or will be written.
    @OrNull public var accessionNumber: String?
    /// Patient ID as the objects write it.
    public var patientID: String
    /// Study Date as the objects write it.
    public var studyDate: String
    /// Its modalities.
    public var modalities: [String]
    /// How many different instances it has.
    public var instanceCount: Int
    /// How many of them need nothing more.
    public var verifiedCount: Int
    /// Bytes of its files.
    public var byteCount: Int64
    /// The labels of the media that hold parts of it.
    public var media: [String]
    /// Failed attempts since the last success.
    public var attempts: Int
    /// Files of it that no medium gave.
    public var unreadableCount: Int
    /// What came up after its state was settled.
    public var flags: [String]
    /// The numbers of the open requests that ask for it.
    public var requests: [Int64]
    /// Whether it has its order together with other studies, because a person says so.
    public var sharesOrder: Bool
    /// The accession numbers of the orders that it serves beside its own.
    public var servedOrders: [String]
    /// The Study Instance UID under which it lies at the destination, or is to, where that is another one: it was rejected there, and sent again.
    @OrNull public var studyInstanceUIDAtDestination: String?
}

extension StudyShape {
    /// - Parameter requests: the open requests that ask for it.
    init(_ row: StudyRow, requests: [RequestRecord]) {
        let study = row.study
        let progress = study.progress
        self.init(
            studyInstanceUID: study.header.studyInstanceUID, state: progress.state.rawValue, outcome: study.outcome?.rawValue,
            reason: study.holdReason?.rawValue, reasonText: progress.sentence?.text(showsPatients: true), category: progress.category?.rawValue,
            accessionNumber: study.plan?.accessionNumber, patientID: study.header.patient.patientID.reveal(),
            studyDate: study.header.studyDate, modalities: study.header.modalities, instanceCount: study.size.instances,
            verifiedCount: progress.doneCount, byteCount: study.size.bytes, media: row.labels, attempts: progress.attempts,
            unreadableCount: study.size.unreadable, flags: study.flags, requests: requests.map(\.id.number), sharesOrder: study.decision?.isShared == true,
            servedOrders: row.served, studyInstanceUIDAtDestination: study.uids.map { OutgoingUIDs($0)[study.header.studyInstanceUID] })
    }
}

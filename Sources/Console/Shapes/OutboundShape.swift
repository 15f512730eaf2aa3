internal import Ledger
internal import Migration

/// A row of the list of orders that the PACS or RIS is told of, as JSON.
public struct OutboundShape: Codable, Hashable, Sendable {
    /// Its number: they are told in this order.
    public var number: Int64
    /// `new` or `cancel`.
    public var kind: String
    /// The exam's accession number.
    public var accessionNumber: String
    /// The exam's Patient ID.
    public var patientID: String
    /// The exam's Study Instance UID.
    public var studyInstanceUID: String
    /// The message's control ID (MSH-10).
    public var controlID: String
    /// How far it is, in the words of `OutboundState`.
    public var state: String
    /// When it was decided, ISO 8601.
    public var madeAt: String
    /// When it was acknowledged, refused, withdrawn or closed, ISO 8601; null: it was not yet.
    @OrNull public var settledAt: String?
    /// What became of it last, in words; empty: nothing yet.
    public var detail: String
}

extension OutboundShape {
    init(_ record: OutboundRecord) {
        self.init(
            number: record.id.number, kind: record.kind.rawValue, accessionNumber: record.order.accessionNumber,
            patientID: record.order.patient.patientID.reveal(), studyInstanceUID: record.order.studyInstanceUID, controlID: record.controlID,
            state: record.state.rawValue, madeAt: record.madeAt.text, settledAt: record.settledAt?.text,
            detail: record.sentence?.text(showsPatients: true) ?? "")
    }
}

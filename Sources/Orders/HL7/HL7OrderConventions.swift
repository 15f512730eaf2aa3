/// How a destination's PACS or RIS wants orders written.
public struct HL7OrderConventions: Hashable, Sendable {
    /// The messages that tell of an order.
    public enum Message: String, Hashable, Sendable, CaseIterable {
        /// General order message; the Study Instance UID stands in ZDS, as IHE's Scheduled Workflow has it.
        case orm = "ORM^O01"
        /// Imaging order message; accession number, Study Instance UID and modality stand in IPC.
        case omi = "OMI^O23"
    }

    /// The message.
    public var message = Message.orm
    /// MSH-3.
    public var sendingApplication = "SKEIN"
    /// MSH-4.
    public var sendingFacility = ""
    /// MSH-5.
    public var receivingApplication = ""
    /// MSH-6.
    public var receivingFacility = ""
    /// MSH-18, and the set in which the message is written: a name of HL7 table 0211 for which ``HL7CharacterSet/isWritable`` holds.
    public var characterSet = "UNICODE UTF-8"
    /// PID-3.4 of patients whose issuer is not known; empty: they have none.
    public var assigningAuthority = ""
    /// OBR-4.1.
    public var procedureCode = "UNSPECIFIED"

    /// Characters of a name in MSH-3 to MSH-6, or of a code: those of systems have some twenty.
    public static var nameLength: Int { 60 }

    /// Those of IHE's Scheduled Workflow, in UTF-8.
    public init() {}
}

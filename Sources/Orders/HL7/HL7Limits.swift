/// The bounds of HL7 messages (law 9); those of single values are in ``TableLimits``.
public enum HL7Limits {
    /// Bytes of a message where the configuration says nothing. Orders with notes have some tens of KiB; only results with documents in them, which are refused by type, have more.
    public static var messageByteCount: Int { 1 << 20 }
    /// What a configuration may choose in its place: an order with many notes at least; the largest times all connections is memory that a coordinator has.
    public static var messageByteRange: ClosedRange<Int> { 64 << 10...16 << 20 }
    /// Segments of a message: an ORM^O01 with a hundred orders and notes has fewer.
    static var segments: Int { 2000 }
    /// Bytes of the header segment (MSH), in which every field has some hundreds at most (HL7 v2.9 §2.14.9).
    static var headerByteCount: Int { 4096 }
    /// Fields of a segment; the longest of HL7 v2.9 (OM1, IN1) have fewer than 60.
    static var fields: Int { 256 }
    /// Repetitions of a field: identifiers of one patient at all hospitals of a region.
    static var repetitions: Int { 256 }
    /// Orders, identities and merges of one message.
    static var notices: Int { 1000 }
    /// Characters of a message control ID (MSH-10, HL7 v2.9 §2.14.9.10).
    static var controlID: Int { 199 }
    /// Characters of an application's or facility's namespace that are kept: those of table 0361 and 0362 have some twenty.
    static var senderName: Int { 40 }
    /// Bytes of an application's or facility's name (MSH-3 to 6, type HD).
    static var application: Int { 227 }
    /// Bytes of a placer's or filler's order number, and of its authority (EI, HL7 v2.9 §2.A.28): longer ones are not kept.
    static var orderNumber: Int { 199 }
    /// Bytes that `\X…\` may stand for.
    static var hexadecimalBytes: Int { 64 }
}

/// The header segment (MSH, HL7 v2.9 §2.14.9) as its bytes are: what must be known before the message can be read, and what is said again in the reply.
struct HL7Header: Hashable, Sendable {
    let delimiters: HL7Delimiters
    /// The fields' bytes: MSH-2 is at index 0.
    private let fields: [ArraySlice<UInt8>]

    /// MSH-1, the field separator, stands in no field of its own; MSH-2 is the first that is parted by it.
    private static var firstField: Int { 2 }

    /// The header with which `message` begins.
    ///
    /// - Throws: ``HL7Fault`` when it does not, or when nobody could be answered.
    init(of message: ArraySlice<UInt8>) throws(HL7Fault) {
        let line = message.prefix(HL7Limits.headerByteCount + 1).prefix { $0 != 0x0D && $0 != 0x0A }
        let place = HL7Fault.Place("MSH")
        guard line.starts(with: "MSH".utf8), line.count > 4 else {
            throw HL7Fault(.segmentSequence, at: place, "the message does not begin with a header segment (MSH)")
        }
        guard line.count <= HL7Limits.headerByteCount else {
            throw HL7Fault(.dataType, at: place, "the header segment has more than \(HL7Limits.headerByteCount) bytes")
        }
        let separator = line[line.startIndex + 3]
        let fields = line.dropFirst(4).split(separator: separator, maxSplits: HL7Limits.fields, omittingEmptySubsequences: false)
        guard let encoding = fields.first, let delimiters = HL7Delimiters(field: separator, encoding: encoding) else {
            throw HL7Fault(
                .dataType, at: HL7Fault.Place("MSH", field: 2),
                "the delimiters are not up to six different characters of ASCII that are neither letters, digits nor spaces")
        }
        self.delimiters = delimiters
        self.fields = fields
    }

    /// The bytes of MSH-`number`, 2 or more; empty when the field is absent.
    func bytes(_ number: Int) -> ArraySlice<UInt8> {
        let index = number - Self.firstField
        return fields.indices.contains(index) ? fields[index] : []
    }

    /// The components of MSH-`number`, as far as they are ASCII.
    func components(_ number: Int) -> [String] {
        bytes(number).split(separator: delimiters.component, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// How the message is to be read; `assumed` where MSH-18 is empty.
    func characterSet(assuming assumed: HL7CharacterSet) throws(HL7Fault) -> HL7CharacterSet {
        let declared = bytes(Self.characterSetField)
        guard !declared.isEmpty else { return assumed }
        let names = declared.split(separator: delimiters.repetition, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard let set = HL7CharacterSet(names) else {
            throw HL7Fault(.tableValue, at: HL7Fault.Place("MSH", field: Self.characterSetField), "a character set that is not read here (docs/hl7.md)")
        }
        return set
    }

    private static var characterSetField: Int { 18 }
}

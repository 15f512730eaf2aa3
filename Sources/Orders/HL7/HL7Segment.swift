internal import Migration

/// A segment of a message.
struct HL7Segment: Sendable {
    /// Its name: `PID`.
    let name: String
    /// Which of the message's segments of this name it is, from 1 on.
    let number: Int
    private let bytes: ArraySlice<UInt8>
    private let reader: HL7Escapes
    private var delimiters: HL7Delimiters { reader.delimiters }

    init(name: String, number: Int, bytes: ArraySlice<UInt8>, delimiters: HL7Delimiters, set: HL7CharacterSet) {
        self.name = name
        self.number = number
        self.bytes = bytes
        reader = HL7Escapes(delimiters: delimiters, set: set)
    }

    /// Where the segment, or its field, is.
    func place(_ field: Int? = nil) -> HL7Fault.Place { HL7Fault.Place(name, number: number, field: field) }

    /// The repetitions of a field that are not empty, in their order.
    func repetitions(_ field: Int) throws(HL7Fault) -> [HL7Value] {
        let bytes = bytes(of: field)
        if bytes.isEmpty { return [] }
        // MSH-2 holds the delimiters themselves.
        let parts = name == "MSH" && field == 2 ? [bytes] : split(bytes, delimiters.repetition, limit: HL7Limits.repetitions)
        guard parts.count <= HL7Limits.repetitions else {
            throw HL7Fault(.dataType, at: place(field), "the field has more than \(HL7Limits.repetitions) repetitions")
        }
        return parts.filter { !$0.isEmpty }.map { HL7Value(bytes: $0, reader: reader) }
    }

    /// The first repetition of a field; nil when it is empty.
    func first(_ field: Int) throws(HL7Fault) -> HL7Value? { try repetitions(field).first }

    private func bytes(of field: Int) -> ArraySlice<UInt8> {
        let fields = split(bytes, delimiters.field, limit: HL7Limits.fields)
        // MSH-1 is the separator itself.
        let index = name == "MSH" ? field - 1 : field
        return fields.indices.contains(index) && index < HL7Limits.fields ? fields[index] : []
    }

    private func split(_ bytes: ArraySlice<UInt8>, _ separator: UInt8, limit: Int) -> [ArraySlice<UInt8>] {
        separator == 0 ? [bytes] : bytes.split(separator: separator, maxSplits: limit, omittingEmptySubsequences: false)
    }
}

/// One repetition of a field: components of subcomponents.
struct HL7Value: Sendable {
    fileprivate let bytes: ArraySlice<UInt8>
    fileprivate let reader: HL7Escapes

    /// Two quotes: the sender says that there is no value (HL7 v2.9 §2.5.3.6).
    private static let none = Array("\"\"".utf8)

    /// The text of a component, and of its subcomponent, both from 1 on; spaces at its ends are left out. Unsaid when there is none.
    subscript(component: Int, subcomponent: Int = 1) -> Stated<String> {
        guard let whole = part(component, of: bytes, reader.delimiters.component),
            let part = part(subcomponent, of: whole, reader.delimiters.subcomponent)
        else { return .unsaid }
        if part.elementsEqual(Self.none) { return .none }
        let text = reader.text(of: part)
        return text.isEmpty ? .unsaid : .value(text)
    }

    /// The text of a component; empty when there is none.
    func text(_ component: Int, _ subcomponent: Int = 1) -> String { self[component, subcomponent].over("", nothing: "") }

    private func part(_ number: Int, of bytes: ArraySlice<UInt8>, _ separator: UInt8) -> ArraySlice<UInt8>? {
        let parts = separator == 0 ? [bytes] : bytes.split(separator: separator, maxSplits: number, omittingEmptySubsequences: false)
        return parts.indices.contains(number - 1) ? parts[number - 1] : nil
    }
}

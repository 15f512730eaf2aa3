internal import Foundation
internal import JSONText
internal import Ledger
internal import Migration

/// How values are written into columns.
enum Coding {
    /// `value` as JSON with sorted keys: the same value is always the same text.
    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try jsonBytes(value), as: UTF8.self)
    }

    /// As above, by hand.
    static func json(_ value: some Encodable & PlainCodable) throws -> String { String(decoding: value.jsonBytes, as: UTF8.self) }

    static func jsonIfPresent<Value: Encodable & PlainCodable>(_ value: Value?) throws -> String? { try value.map { try json($0) } }

    static func jsonIfPresent<Value: Encodable>(_ value: Value?) throws -> String? { try value.map { try json($0) } }

    static func jsonBytes(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw LedgerError(.corrupt, "a column holds no valid \(type)")
        }
    }

    static func decode<Value: Decodable & PlainCodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONReader.read(text.utf8).flatMap(Value.init) ?? general(type, text)
    }

    private static func general<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value { try decode(type, text) }

    /// `ranges` as `0-9,12-12`.
    static func text(_ ranges: InstanceRanges) -> String {
        var text = JSONWriter(capacity: 32)
        for (index, range) in ranges.ranges.enumerated() {
            if index > 0 { text.plain(",") }
            text.number(Int64(range.lowerBound))
            text.plain("-")
            text.number(Int64(range.upperBound))
        }
        return text.text
    }

    static func ranges(_ text: String) throws -> InstanceRanges {
        var ranges = InstanceRanges()
        var rest = text.utf8.makeIterator()
        var separator: UInt8? = text.isEmpty ? nil : comma
        while separator == comma {
            guard let (low, dash) = number(&rest), dash == UInt8(ascii: "-"), let (high, after) = number(&rest), low <= high,
                ranges.append(low...high)
            else { throw invalidRanges }
            separator = after
        }
        guard separator == nil else { throw invalidRanges }
        return ranges
    }

    private static let comma = UInt8(ascii: ",")
    private static var invalidRanges: LedgerError { LedgerError(.corrupt, "a column holds no valid ranges") }

    /// The number that stands next, and what ends it; nil when there is none, or one that is no position.
    private static func number(_ text: inout String.UTF8View.Iterator) -> (value: Int, end: UInt8?)? {
        var value: Int?
        while let byte = text.next() {
            guard byte &- UInt8(ascii: "0") < 10 else { return value.map { ($0, byte) } }
            value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
            guard value ?? 0 <= InstanceRanges.highestPosition else { return nil }
        }
        return value.map { ($0, nil) }
    }

    /// The text that a patient ID is found by: without the spaces at its ends, which do not count in LO (PS3.5 §6.2).
    static func key(_ patientID: Identifying) -> String {
        let characters = patientID.reveal().utf8.drop { $0 == UInt8(ascii: " ") }
        guard let last = characters.lastIndex(where: { $0 != UInt8(ascii: " ") }) else { return "" }
        return String(decoding: characters[...last], as: UTF8.self)
    }
}

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
        ranges.ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }

    static func ranges(_ text: String) throws -> InstanceRanges {
        var ranges = InstanceRanges()
        for item in text.utf8.split(separator: UInt8(ascii: ",")) {
            let ends = item.split(separator: UInt8(ascii: "-")).map { Int(Substring($0)) }
            guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high, ranges.append(low...high) else {
                throw LedgerError(.corrupt, "a column holds no valid ranges")
            }
        }
        return ranges
    }

    /// The text that a patient ID is found by: without the spaces at its ends, which do not count in LO (PS3.5 §6.2).
    static func key(_ patientID: Identifying) -> String {
        let characters = patientID.reveal().utf8.drop { $0 == UInt8(ascii: " ") }
        guard let last = characters.lastIndex(where: { $0 != UInt8(ascii: " ") }) else { return "" }
        return String(decoding: characters[...last], as: UTF8.self)
    }
}

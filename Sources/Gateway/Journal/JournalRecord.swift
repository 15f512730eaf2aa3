internal import DICOM
internal import Foundation
import Migration

/// What the journal's records are about: one study from one medium, with these coercions, at this destination. Other coercions make other objects.
struct PartKey: Hashable, Sendable, Codable {
    var mediumGrant: GrantNumber
    var studyInstanceUID: String
    /// SHA-256 over destination, coercions, and which sending of the study it is.
    var digest: String
}

/// One record of the journal.
struct JournalRecord: Hashable, Sendable, Codable {
    var part: PartKey
    /// SOP Instance UIDs that the destination had of the study before our first send; nil where the record is not about that.
    var presence: [String]?
    /// When the changes to the objects are said to be made, a DT value: told with the presence, and the same in every attempt.
    var dateTime: String?
    /// Positions of instances that the destination acknowledged.
    var acknowledged: InstanceRanges?
    /// Elements that changed because acknowledged instances were written in another transfer syntax, by their tags' eight digits, each with the
    /// positions; nil where there are none, and in journals of older workers.
    var transcoded: [String: InstanceRanges]?
    /// Positions of instances that were acknowledged, but are not there.
    var lost: InstanceRanges?

    init(
        _ part: PartKey, presence: [String]? = nil, dateTime: String? = nil, acknowledged: InstanceRanges? = nil, transcoded: [Int: [Tag]] = [:],
        lost: InstanceRanges? = nil
    ) {
        self.part = part
        self.presence = presence
        self.dateTime = dateTime
        self.acknowledged = acknowledged
        let changed = Self.positions(of: transcoded)
        self.transcoded = changed.isEmpty ? nil : changed
        self.lost = lost
    }

    private static func positions(of changes: [Int: [Tag]]) -> [String: InstanceRanges] {
        var positions: [String: [Int]] = [:]
        for (position, tags) in changes {
            for tag in tags { positions[tag.digits, default: []].append(position) }
        }
        return positions.mapValues { InstanceRanges($0) }
    }

    /// The record as a line of the file: eight hexadecimal digits over the rest (FNV-1a, 32 bits: against torn writes, not against forgery), a space, JSON, LF.
    func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = Array(try encoder.encode(self))
        return Array(Self.checksum(body).utf8) + [UInt8(ascii: " ")] + body + [UInt8(ascii: "\n")]
    }

    /// Reads a line without its LF; nil when it is torn or none.
    init?(line: ArraySlice<UInt8>) {
        guard line.count > 9, line[line.startIndex + 8] == UInt8(ascii: " ") else { return nil }
        let body = Array(line.dropFirst(9))
        guard String(decoding: line.prefix(8), as: UTF8.self) == Self.checksum(body),
            let record = try? JSONDecoder().decode(JournalRecord.self, from: Data(body))
        else { return nil }
        self = record
    }

    private static func checksum(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// What the journal knows of one part.
struct PartHistory: Hashable, Sendable {
    /// What was there before our first send; nil when nothing was sent yet.
    var presence: Set<String>?
    /// When the changes were first made; nil when nothing was sent yet.
    var dateTime: String?
    /// Positions that were acknowledged and not found lost.
    var acknowledged = InstanceRanges()
    /// Elements that changed with the transfer syntax of what was acknowledged, by their tags' digits.
    private var transcoded: [String: InstanceRanges] = [:]

    /// The elements that changed in an acknowledged instance because it was written in another transfer syntax, ascending.
    func transcoded(at position: Int) -> [Tag] {
        transcoded.filter { $0.value.contains(position) }.compactMap { UInt32($0.key, radix: 16).map { Tag(rawValue: $0) } }.sorted()
    }

    mutating func apply(_ record: JournalRecord) {
        if presence == nil, let first = record.presence { presence = Set(first) }
        dateTime = dateTime ?? record.dateTime
        if let more = record.acknowledged { acknowledged = acknowledged.union(more) }
        transcoded.merge(record.transcoded ?? [:]) { $0.union($1) }
        if let lost = record.lost {
            acknowledged = acknowledged.subtracting(lost)
            transcoded = transcoded.mapValues { $0.subtracting(lost) }
        }
    }
}

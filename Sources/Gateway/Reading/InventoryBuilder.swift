internal import Foundation
import LineProtocol
import Migration

/// Gathers what was found on a medium into pieces that each fit one line.
struct InventoryBuilder {
    /// Objects of one study under one identity are one entry: another name, birth date or sex under the same ID is another one, which
    /// the coordinator is to see.
    private struct Key: Hashable {
        var study: String
        var patient: PatientIdentity
    }

    private var piece = InventoryPiece(studies: [], unreadable: [])
    private var places: [Key: Int] = [:]
    /// The header of each entry met so far: a study that goes on in a later piece has the same one, its modalities grown.
    private var headers: [Key: StudyHeader] = [:]
    private var byteCount = 0

    /// Adds an object.
    ///
    /// - Returns: the piece before it, when the object does not fit into that any more.
    mutating func add(_ header: StudyHeader, _ record: InstanceRecord) throws -> InventoryPiece? {
        let key = Key(study: header.studyInstanceUID, patient: header.patient)
        var merged = headers[key] ?? header
        merged.addCodes(of: header)
        headers[key] = merged
        // The header's size is counted with every object, so that its growth is covered by far.
        let size = try Self.size(of: record) + (places[key] == nil ? try Self.size(of: StudyInventory(header: merged, instances: [])) : 0)
            + (header.modalities + header.bodyParts + header.lateralities).reduce(0) { $0 + 6 * $1.utf8.count + 3 }
        let full = makeRoom(size)
        if let place = places[key] {
            piece.studies[place].header = merged
            piece.studies[place].instances.append(record)
        } else {
            places[key] = piece.studies.count
            piece.studies.append(StudyInventory(header: merged, instances: [record]))
            if full != nil { byteCount += try Self.size(of: StudyInventory(header: merged, instances: [])) }
        }
        return full
    }

    /// Adds a file that could not be read; see ``add(_:_:)``.
    mutating func add(_ file: UnreadableFile) throws -> InventoryPiece? {
        let full = makeRoom(try Self.size(of: file))
        piece.unreadable.append(file)
        return full
    }

    /// The last piece; nil when nothing is left.
    mutating func finish() -> InventoryPiece? {
        piece.studies.isEmpty && piece.unreadable.isEmpty ? nil : take()
    }

    private mutating func makeRoom(_ size: Int) -> InventoryPiece? {
        let full = byteCount > 0 && byteCount + size > GatewayLimits.pieceByteCount ? take() : nil
        byteCount += size
        return full
    }

    private mutating func take() -> InventoryPiece {
        defer {
            piece = InventoryPiece(studies: [], unreadable: [])
            places = [:]
            byteCount = 0
        }
        return piece
    }

    /// Bytes of `value` as it is written on a line, and of the comma after it.
    private static func size(of value: some Encodable) throws -> Int {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value).count + 1
    }
}

import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `INVENTORY`: a piece, the end, or the word that reading was abandoned.
    mutating func inventory(
        _ request: InventoryRequest, of worker: WorkerID, digest: [UInt8], in turn: Turn
    ) throws -> Reply {
        guard let grant = try turn.tx.grant(request.grant), grant.worker == worker, case .medium(let id) = grant.subject else {
            return .stale(request.grant)
        }
        if grant.state == .answered, grant.answered == digest { return .inventory(Self.repeated(request.matter)) }
        if case .piece(let number, _) = request.matter, grant.state == .answered, try isInCustody(id, under: grant, in: turn) {
            return .inventory(InventoryReply(pieces: number + 1, isClosed: true))
        }
        guard grant.state == .live, let medium = try turn.tx.medium(id), medium.readingGrant == grant.number else {
            return .stale(request.grant)
        }
        extend(grant.number, of: worker, in: turn)
        switch request.matter {
        case .piece(let number, let piece):
            try keep(piece, number, of: grant.number, digest: digest, in: turn)
            return .inventory(InventoryReply(pieces: try turn.tx.pieceCount(of: grant.number), isClosed: false))
        case .end(let end):
            try checkEnd(end, of: grant.number, in: turn)
            try turn.tx.endGrant(grant.number, as: .answered, answered: digest)
            live.remove(grant.number, of: worker)
            try close(medium, grant: grant.number, of: worker, end, in: turn)
            return .inventory(InventoryReply(pieces: end.pieces, isClosed: true))
        case .abandoned(let sentence):
            try endReading(
                id, grant: grant.number, of: worker, why: .readingAbandoned, as: .answered, detail: [.text(sentence.text())],
                answered: digest, in: turn)
            return .inventory(InventoryReply(pieces: 0, isClosed: false))
        }
    }

    /// Whether the inventory of `grant` was closed and all that it named still counts as the worker's: one that starts anew before the reply
    /// to its end reached it says the pieces again, and is to keep what it staged.
    private func isInCustody(_ medium: MediumID, under grant: GrantRecord, in turn: Turn) throws -> Bool {
        try turn.tx.medium(medium)?.closedGrant == grant.number
            && turn.tx.parts(under: grant.number).allSatisfy { $0.custody != .lost }
    }

    /// The line that closed the inventory, said again: the same answer.
    private static func repeated(_ matter: InventoryRequest.Matter) -> InventoryReply {
        switch matter {
        case .end(let end): InventoryReply(pieces: end.pieces, isClosed: true)
        case .piece, .abandoned: InventoryReply(pieces: 0, isClosed: false)
        }
    }

    /// A line that names a grant gives it another term.
    mutating func extend(_ grant: GrantNumber, of worker: WorkerID, in turn: Turn) {
        guard let index = live.workers[worker]?.grants.firstIndex(where: { $0.number == grant }) else { return }
        live.workers[worker]?.grants[index].deadline = turn.now + configuration.terms.grant
    }

    private func keep(
        _ piece: InventoryPiece, _ number: Int, of grant: GrantNumber, digest: [UInt8], in turn: Turn
    ) throws {
        guard (0..<LineLimits.inventoryPieces).contains(number) else {
            throw LineError(.badValue, "INVENTORY: piece \(number) is beyond the limit of \(LineLimits.inventoryPieces) pieces")
        }
        if let known = try turn.tx.pieceDigest(number, of: grant) {
            guard known == digest else {
                throw LineError(.inventoryMismatch, "INVENTORY: piece \(number) of grant \(grant) was said before with other contents")
            }
            return
        }
        for study in piece.studies { try InventoryCheck.check(study) }
        let record = InventoryPieceRecord(
            studies: piece.studies.map { InventoryStudy(header: $0.header, instances: $0.instances) }, unreadable: piece.unreadable)
        try turn.tx.insertPiece(number, of: grant, digest: digest, record)
    }

    private func checkEnd(_ end: InventoryEnd, of grant: GrantNumber, in turn: Turn) throws {
        let count = try turn.tx.pieceCount(of: grant)
        guard count == end.pieces else {
            throw LineError(.inventoryMismatch, "INVENTORY: the end says \(end.pieces) pieces of grant \(grant); \(count) are there")
        }
        guard try turn.tx.inventoryDigest(of: grant) == end.digest else {
            throw LineError(.inventoryMismatch, "INVENTORY: the digest of the end is not that of the \(count) pieces of grant \(grant)")
        }
    }
}

/// What an inventory may say of a study.
enum InventoryCheck {
    /// Characters of a UID (PS3.5 §9.1).
    private static let uidLength = 64

    /// Checks that all UIDs and digests are such.
    static func check(_ study: StudyInventory) throws {
        try checkUID(study.header.studyInstanceUID, "studyInstanceUID")
        for instance in study.instances {
            try checkUID(instance.sopInstanceUID, "sopInstanceUID")
            guard Engine.isDigest(instance.sha256), Engine.isDigest(instance.contentDigest) else {
                throw LineError(.badValue, "INVENTORY: sha256 and contentDigest are 64 lower-case hexadecimal digits")
            }
            guard instance.byteCount >= 0 else { throw LineError(.badValue, "INVENTORY: byteCount is negative") }
        }
    }

    /// Real objects bear UIDs that break PS3.5 §9.1 in other ways; they are migrated as they are, as long as they are bounded and printable.
    private static func checkUID(_ uid: String, _ key: String) throws {
        let isPrintable = uid.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard (1...uidLength).contains(uid.utf8.count), isPrintable else {
            throw LineError(.badValue, "INVENTORY: \(key) is not 1 to \(uidLength) printable characters")
        }
    }
}

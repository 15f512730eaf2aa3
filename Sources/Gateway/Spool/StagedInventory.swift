import LineProtocol
import Migration

/// What was staged under one medium's grant: the instances of each study in the order in which the inventory reported them.
///
/// The position of an instance in a part is its index here (docs/protocol.md, `LEASE`).
struct StagedInventory: Sendable {
    /// Study Instance UIDs in the order of their first report.
    private(set) var studies: [String] = []
    private var instances: [String: [InstanceRecord]] = [:]

    /// The instances of a study; empty where it has none here.
    func instances(of study: String) -> [InstanceRecord] { instances[study] ?? [] }

    /// Takes in the next piece.
    mutating func add(_ piece: InventoryPiece) {
        for study in piece.studies {
            let uid = study.header.studyInstanceUID
            if instances[uid] == nil { studies.append(uid) }
            instances[uid, default: []] += study.instances
        }
    }

    /// Reads a whole manifest.
    init(_ manifest: Manifest) throws {
        for number in 0..<manifest.pieceCount {
            guard case .inventory(let line) = try manifest.request(at: number), case .piece(_, let piece) = line.matter else {
                throw GatewayError(.spool, "line \(number + 1) of an inventory in the spool is no piece")
            }
            add(piece)
        }
    }
}

internal import Crypto
internal import Foundation
internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    private static let grantColumns = "number, medium, part, positions, plan, worker, granted_at, state, answered"
    private static let grantByNumber = FrequentStatement("SELECT \(grantColumns) FROM lease_grant WHERE number = ?")
    private static let leaseByNumber = FrequentStatement(
        "SELECT number, part, positions, worker, state, answered FROM lease_grant WHERE number = ? AND part IS NOT NULL")
    private static let insertion = FrequentStatement(
        "INSERT INTO lease_grant(number, medium, part, positions, plan, worker, granted_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    private static let end = FrequentStatement("UPDATE lease_grant SET state = ?, answered = ? WHERE number = ?")

    private static func grant(_ fields: inout Fields) throws -> GrantRecord {
        let number: GrantNumber = try fields.id()
        let medium: MediumID? = try fields.idIfPresent()
        let part: PartID? = try fields.idIfPresent()
        let positions = try fields.textIfPresent()
        let plan: SendPlan? = try fields.jsonIfPresent()
        let subject: GrantRecord.Subject
        if let medium {
            subject = .medium(medium)
        } else if let part, let positions, let plan {
            subject = .part(part, try Coding.ranges(positions), plan)
        } else {
            throw LedgerError(.corrupt, "grant \(number) is neither of a medium nor of a part")
        }
        var grant = GrantRecord(
            number: number, subject: subject, worker: try fields.id(), grantedAt: try fields.instant())
        grant.state = try fields.word()
        grant.answered = try fields.bytesIfPresent()
        return grant
    }

    func grant(_ number: GrantNumber) throws -> GrantRecord? {
        try fetchOne(Self.grantByNumber, number.number, Self.grant)
    }

    func lease(_ number: GrantNumber) throws -> LeaseRecord? {
        try fetchOne(Self.leaseByNumber, number.number) { fields in
            LeaseRecord(
                number: try fields.id(), part: try fields.id(), positions: try fields.ranges(), worker: try fields.id(),
                state: try fields.word(), answered: try fields.bytesIfPresent())
        }
    }

    func liveGrants() throws -> [GrantRecord] {
        try fetchAll("SELECT \(Self.grantColumns) FROM lease_grant WHERE state = 'live' ORDER BY number", [], Self.grant)
    }

    func insertGrant(_ grant: GrantRecord) throws {
        var columns: (medium: Int64?, part: Int64?, positions: String?, plan: String?)
        switch grant.subject {
        case .medium(let medium): columns = (medium.number, nil, nil, nil)
        case .part(let part, let positions, let plan):
            columns = (nil, part.number, Coding.text(positions), try Coding.json(plan))
        }
        try execute(Self.insertion) {
            $0.put(grant.number.number)
            $0.put(columns.medium)
            $0.put(columns.part)
            $0.put(columns.positions)
            $0.put(columns.plan)
            $0.put(grant.worker.number)
            $0.put(grant.grantedAt.milliseconds)
            $0.put(grant.state.rawValue)
        }
    }

    func endGrant(_ number: GrantNumber, as state: GrantRecord.State, answered: [UInt8]?) throws {
        try execute(Self.end) {
            $0.put(state.rawValue)
            $0.put(answered)
            $0.put(number.number)
        }
    }

    func digest(of bytes: [UInt8]) -> [UInt8] { SHA256.hash(data: bytes).withUnsafeBytes { [UInt8]($0) } }
}

internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    static let partColumns = """
        p.id, p.study, p.medium, p.worker, p.medium_grant, p.instance_count, p.byte_count, p.wanted, p.custody, p.done, p.grant_number,
        p.fence_until, p.fence_plan, p.is_open, p.not_before, p.work_class, p.work_order, p.expiries, p.erasure
        """

    static func part(_ fields: inout Fields) throws -> PartRecord {
        var part = PartRecord(
            id: try fields.id(), study: try fields.id(), medium: try fields.id(), worker: try fields.id(),
            mediumGrant: try fields.id(), instanceCount: try fields.count(), byteCount: try fields.integer(),
            wanted: try fields.ranges())
        part.custody = try fields.word()
        part.done = try fields.ranges()
        part.grant = try fields.idIfPresent()
        let until = try fields.instantIfPresent()
        let plan: SendPlan? = try fields.jsonIfPresent()
        if let until, let plan { part.fence = Fence(until: until, plan: plan) }
        part.queue.isOpen = try fields.flag()
        part.queue.notBefore = try fields.instant()
        part.queue.workClass = try fields.count()
        part.queue.workOrder = try fields.count()
        part.expiries = try fields.count()
        part.erasure = try fields.integerIfPresent()
        return part
    }

    private func parts(_ condition: String, _ arguments: Arguments) throws -> [PartRecord] {
        try fetchAll("SELECT \(Self.partColumns) FROM part p WHERE \(condition)", arguments, Self.part)
    }

    private static let partByNumber = FrequentStatement("SELECT \(partColumns) FROM part p WHERE p.id = ?")
    private static let partsOfStudy = FrequentStatement("SELECT \(partColumns) FROM part p WHERE p.study = ? ORDER BY p.id")

    func part(_ id: PartID) throws -> PartRecord? { try fetchOne(Self.partByNumber, id.number, Self.part) }

    func parts(of study: StudyID) throws -> [PartRecord] { try fetchAll(Self.partsOfStudy, { $0.put(study.number) }, Self.part) }

    private static let partsBeside = FrequentStatement(
        "SELECT \(partColumns) FROM part p WHERE p.study = (SELECT study FROM part WHERE id = ?) ORDER BY p.id")

    func parts(beside part: PartID) throws -> [PartRecord] { try fetchAll(Self.partsBeside, { $0.put(part.number) }, Self.part) }

    func parts(on medium: MediumID) throws -> [PartRecord] { try parts("p.medium = ? ORDER BY p.id", [medium.number]) }

    func parts(under grant: GrantNumber) throws -> [PartRecord] { try parts("p.medium_grant = ? ORDER BY p.id", [grant.number]) }

    func custodyGrants(of worker: WorkerID, andLost: Bool) throws -> [GrantNumber] {
        try fetchAll(
            "SELECT DISTINCT medium_grant FROM part WHERE worker = ? AND custody IN ('held', ?) ORDER BY medium_grant",
            [worker.number, andLost ? "lost" : "held"]
        ) { try $0.id() }
    }

    func erasedGrants(of worker: WorkerID) throws -> [GrantNumber] {
        try fetchAll(
            "SELECT DISTINCT medium_grant FROM part WHERE worker = ? AND erasure IS NOT NULL ORDER BY medium_grant", [worker.number]
        ) { try $0.id() }
    }

    func hasOpenParts(on medium: MediumID) throws -> Bool {
        try fetchOne(Self.openPart, medium.number) { _ in true } ?? false
    }

    private static let openPart = FrequentStatement("SELECT 1 FROM part WHERE medium = ? AND is_done = 0 LIMIT 1")

    func leasableParts(of worker: WorkerID, at now: Instant, limit: Int) throws -> [LeasablePart] {
        try fetchAll(Self.leasable, {
            $0.put(worker.number)
            $0.put(now.milliseconds)
            $0.put(limit)
        }) { fields in
            LeasablePart(
                part: try Self.part(&fields), studyInstanceUID: try fields.text(), wasGranted: try fields.flag(),
                plan: try fields.json(), round: try fields.count(), uids: try fields.wordIfPresent())
        }
    }

    private static let leasable = FrequentStatement(
        """
        SELECT \(partColumns), s.uid, s.was_granted, s.plan, s.round, s.uids FROM part p JOIN study s ON s.id = p.study
        WHERE p.worker = ? AND p.is_open = 1 AND p.not_before <= ? ORDER BY p.work_class, p.work_order, p.id LIMIT ?
        """)

    func erasures(
        of worker: WorkerID, above erasure: Int64, limit: Int
    ) throws -> [(part: PartRecord, studyInstanceUID: String)] {
        let sql = """
            SELECT \(Self.partColumns), s.uid FROM part p JOIN study s ON s.id = p.study
            WHERE p.worker = ? AND p.erasure > ? ORDER BY p.erasure LIMIT ?
            """
        return try fetchAll(sql, [worker.number, erasure, limit]) { (try Self.part(&$0), try $0.text()) }
    }

    func heldParts(of worker: WorkerID, above part: PartID, limit: Int, includingCorrections: Bool) throws -> [HeldPart] {
        let sql = """
            SELECT \(Self.partColumns), s.uid, s.hold_reason FROM part p JOIN study s ON s.id = p.study JOIN medium m ON m.id = p.medium
            WHERE p.worker = ? AND p.custody = 'held' AND p.grant_number IS NULL AND p.id > ?
              AND (s.state IN ('held', 'exception', 'excluded') OR p.is_done = 1) AND json_extract(m.contents, '$.isOnline') = 0
              AND (? OR NOT EXISTS (SELECT 1 FROM correction c WHERE c.study = p.study AND c.state IN ('approved', 'deleting', 'rejecting', 'sending')))
            ORDER BY p.id LIMIT ?
            """
        return try fetchAll(sql, [worker.number, part.number, includingCorrections, limit]) {
            HeldPart(part: try Self.part(&$0), studyInstanceUID: try $0.text(), reason: try $0.wordIfPresent())
        }
    }

    func fencedParts(after now: Instant) throws -> [PartRecord] {
        try parts("p.fence_until > ? ORDER BY p.fence_until, p.id", [now.milliseconds])
    }

    func insertPart(_ part: PartRecord, instances: [InstanceRecord]) throws -> PartRecord {
        let sql = """
            INSERT INTO part(study, medium, worker, medium_grant, custody, instance_count, byte_count, wanted, done, is_done,
              is_open, not_before, work_class, work_order, expiries) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', 0, 0, 0, 1, 0, 0)
            """
        try execute(
            sql,
            [
                part.study.number, part.medium.number, part.worker.number, part.mediumGrant.number, part.custody.rawValue,
                part.instanceCount, part.byteCount,
            ])
        var inserted = part
        inserted.id = PartID(db.lastInsertedRowID)
        try updatePart(inserted)
        try execute(
            "INSERT INTO manifest(part, content) VALUES (?, ?)", [inserted.id.number, try Manifest.encode(instances)])
        return inserted
    }

    /// SQLite writes each index anew that has a column which a statement sets, whether or not the value is another one. A lease leaves a part
    /// where it is, and touches then one index of six.
    func updatePart(_ part: PartRecord) throws {
        let plan = try Coding.jsonIfPresent(part.fence?.plan)
        if part.grant != nil {
            try execute(Self.updateWork) {
                Self.putWork(of: part, fencePlan: plan, into: &$0)
                $0.put(part.id.number)
                Self.putPlace(of: part, into: &$0)
            }
            guard sqlite3_changes(db.sqliteConnection) == 0 else { return }
        }
        try execute(Self.updateAll) {
            Self.putWork(of: part, fencePlan: plan, into: &$0)
            Self.putPlace(of: part, into: &$0)
            $0.put(part.id.number)
        }
    }

    private static func putWork(of part: PartRecord, fencePlan: String?, into places: inout Places) {
        places.put(Coding.text(part.wanted))
        places.put(Coding.text(part.done))
        places.put(part.grant?.number)
        places.put(part.fence?.until.milliseconds)
        places.put(fencePlan)
        places.put(part.queue.isOpen)
        places.put(part.queue.notBefore.milliseconds)
        places.put(part.queue.workClass)
        places.put(part.queue.workOrder)
        places.put(part.expiries)
    }

    private static func putPlace(of part: PartRecord, into places: inout Places) {
        places.put(part.custody.rawValue)
        places.put(part.remaining.isEmpty)
        places.put(part.erasure)
    }

    private static let workColumns = """
        wanted = ?, done = ?, grant_number = ?, fence_until = ?, fence_plan = ?, is_open = ?, not_before = ?, work_class = ?, work_order = ?,
        expiries = ?
        """
    private static let updateWork = FrequentStatement(
        """
        UPDATE part SET \(workColumns) WHERE id = ? AND custody = ? AND is_done = ? AND erasure IS ?
        """)
    private static let updateAll = FrequentStatement(
        "UPDATE part SET \(workColumns), custody = ?, is_done = ?, erasure = ? WHERE id = ?")

    func confirmErasures(of worker: WorkerID, under grant: GrantNumber) throws {
        try execute(
            "UPDATE part SET erasure = NULL WHERE medium_grant = ? AND worker = ? AND erasure IS NOT NULL",
            [grant.number, worker.number])
    }

    func instances(of part: PartID) throws -> [InstanceRecord] {
        let content = try fetchOne("SELECT content FROM manifest WHERE part = ?", [part.number]) { try $0.bytes() }
        guard let content else { throw LedgerError(.corrupt, "part \(part) has no manifest") }
        return try Manifest.decode(content)
    }
}

internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    static func order(_ fields: inout Fields) throws -> OrderRecord {
        OrderRecord(id: try fields.id(), order: try fields.json(), saidAt: try fields.instantIfPresent(), fileDigest: try fields.integerIfPresent())
    }

    private func orders(_ condition: String, _ arguments: Arguments) throws -> [OrderRecord] {
        try fetchAll("SELECT id, content, said_at, file_digest FROM hospital_order WHERE \(condition) ORDER BY id", arguments, Self.order)
    }

    func order(_ id: OrderID) throws -> OrderRecord? { try orders("id = ?", [id.number]).first }

    func orders(ofPatient patientID: Identifying) throws -> [OrderRecord] {
        try orders("patient_id = ?", [Coding.key(patientID)])
    }

    private static let ofAccession = FrequentStatement("SELECT id, content, said_at, file_digest FROM hospital_order WHERE accession = ? ORDER BY id")

    func orders(accessionNumber: String) throws -> [OrderRecord] {
        try fetchAll(Self.ofAccession, { $0.put(accessionNumber) }, Self.order)
    }

    private static let insertion = FrequentStatement("INSERT INTO hospital_order(accession, patient_id, content, said_at, file_digest) VALUES (?, ?, ?, ?, ?)")

    func orders(numbered number: String) throws -> [OrderRecord] {
        try fetchAll(
            """
            SELECT o.id, o.content, o.said_at, o.file_digest FROM order_number n CROSS JOIN hospital_order o ON o.id = n.order_id WHERE n.number = ? ORDER BY n.order_id LIMIT ?
            """, [number, Self.numberedLimit], Self.order)
    }

    func noteNumbers(_ numbers: [String], of order: OrderID) throws {
        for number in numbers { try execute("INSERT OR IGNORE INTO order_number(number, order_id) VALUES (?, ?)", [number, order.number]) }
    }

    func insertOrder(_ order: Order, saidAt: Instant?, fileDigest: Int64?) throws -> OrderRecord {
        let content = try Coding.json(order)
        try execute(Self.insertion) {
            $0.put(order.accessionNumber)
            $0.put(Coding.key(order.patient.patientID))
            $0.put(content)
            $0.put(saidAt?.milliseconds)
            $0.put(fileDigest)
        }
        return OrderRecord(id: OrderID(db.lastInsertedRowID), order: order, saidAt: saidAt, fileDigest: fileDigest)
    }

    func updateOrder(_ order: OrderRecord) throws {
        try execute(
            "UPDATE hospital_order SET accession = ?, patient_id = ?, content = ?, said_at = ?, file_digest = ? WHERE id = ?",
            [
                order.order.accessionNumber, Coding.key(order.order.patient.patientID), try Coding.json(order.order),
                order.saidAt?.milliseconds, order.fileDigest, order.id.number,
            ])
    }

    func orders(page: Page<OrderID>) throws -> [OrderRecord] {
        try fetchAll(
            "SELECT id, content, said_at, file_digest FROM hospital_order WHERE id > ? ORDER BY id LIMIT ?", [page.after?.number ?? 0, page.limit],
            Self.order)
    }
}

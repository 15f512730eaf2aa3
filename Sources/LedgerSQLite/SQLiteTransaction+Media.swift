internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    static let mediumColumns = """
        m.id, m.label, m.kind, m.date_from, m.date_to, m.shelf, m.copy_of, m.state, m.fingerprint, m.contents, m.worker, m.reading_grant,
        m.closed_grant, m.is_whole, m.sentence
        """

    static func medium(_ fields: inout Fields) throws -> MediumRecord {
        let id: MediumID = try fields.id()
        let expected = ExpectedMedium(
            label: try fields.text(), kind: try fields.word(), dateFrom: try fields.day(), dateTo: try fields.day(),
            shelf: try fields.text(), copyOf: try fields.text())
        var medium = MediumRecord(id: id, expected: expected)
        medium.state = try fields.word()
        medium.fingerprint = try fields.textIfPresent()
        medium.contents = try fields.jsonIfPresent()
        medium.worker = try fields.idIfPresent()
        medium.readingGrant = try fields.idIfPresent()
        medium.closedGrant = try fields.idIfPresent()
        medium.isWhole = try fields.flag()
        medium.sentence = try fields.jsonIfPresent()
        return medium
    }

    private func media(
        _ condition: String, _ arguments: Arguments, from table: String = "medium m"
    ) throws -> [MediumRecord] {
        try fetchAll("SELECT \(Self.mediumColumns) FROM \(table) WHERE \(condition)", arguments, Self.medium)
    }

    func medium(_ id: MediumID) throws -> MediumRecord? { try media("m.id = ?", [id.number]).first }

    func medium(label: String) throws -> MediumRecord? { try media("m.label = ?", [label]).first }

    func media(fingerprint: String) throws -> [MediumRecord] { try media("m.fingerprint = ? ORDER BY m.id", [fingerprint]) }

    func copies(of label: String) throws -> [MediumRecord] {
        try media("m.copy_of = ? AND m.copy_of <> '' ORDER BY m.id", [label])
    }

    private static let isUnread = """
        m.closed_grant IS NULL AND m.state IN ('expected', 'reading')
        AND NOT EXISTS (SELECT 1 FROM medium o WHERE m.copy_of <> '' AND o.label = m.copy_of AND o.state IN ('read', 'drained'))
        AND NOT EXISTS (SELECT 1 FROM medium c WHERE c.copy_of = m.label AND c.copy_of <> '' AND c.state IN ('read', 'drained'))
        """

    func unreadMedia() throws -> [MediumRecord] {
        try media("\(Self.isUnread) ORDER BY m.label", [], from: "medium m INDEXED BY medium_unread")
    }

    func unreadMedium(covering days: ClosedRange<CalendarDate>?) throws -> MediumRecord? { try knownUnread().first { $0.expected.mayCover(days) } }

    func unreadMedia(covering days: ClosedRange<CalendarDate>?) throws -> [ExpectedMedium] { try knownUnread().map(\.expected).filter { $0.mayCover(days) } }

    /// Of hundreds of studies that one turn matches each asks, and of thousands of media those that cover its days may be the last, or none.
    private func knownUnread() throws -> [MediumRecord] {
        let unread = try known.unread ?? unreadMedia()
        known.unread = unread
        return unread
    }

    func unreadMedium(labelled label: String) throws -> MediumRecord? { try media("m.label = ? AND \(Self.isUnread)", [label], from: "medium m").first }

    func insertMedium(_ expected: ExpectedMedium) throws -> MediumRecord {
        known.unread = nil
        try execute(
            """
            INSERT INTO medium(label, kind, date_from, date_to, shelf, copy_of, state, is_whole) VALUES (?, ?, ?, ?, ?, ?, 'expected', 0)
            """,
            [
                expected.label, expected.kind.rawValue, expected.dateFrom?.number, expected.dateTo?.number, expected.shelf,
                expected.copyOf,
            ])
        return MediumRecord(id: MediumID(db.lastInsertedRowID), expected: expected)
    }

    func updateMedium(_ medium: MediumRecord) throws {
        known.unread = nil
        let expected = medium.expected
        try execute(
            """
            UPDATE medium SET label = ?, kind = ?, date_from = ?, date_to = ?, shelf = ?, copy_of = ?, state = ?, fingerprint = ?,
              contents = ?, worker = ?, reading_grant = ?, closed_grant = ?, is_whole = ?, sentence = ? WHERE id = ?
            """,
            [
                expected.label, expected.kind.rawValue, expected.dateFrom?.number, expected.dateTo?.number, expected.shelf,
                expected.copyOf, medium.state.rawValue, medium.fingerprint, try Coding.jsonIfPresent(medium.contents),
                medium.worker?.number, medium.readingGrant?.number, medium.closedGrant?.number, medium.isWhole,
                try Coding.jsonIfPresent(medium.sentence), medium.id.number,
            ])
    }
}

extension ExpectedMedium {
    /// Whether it could hold something of one of `days`; nil: of any day. A range whose end lies before its start says nothing, so it leaves no day out.
    fileprivate func mayCover(_ days: ClosedRange<CalendarDate>?) -> Bool {
        guard let days else { return true }
        if let dateFrom, let dateTo, dateFrom > dateTo { return true }
        return dateFrom ?? days.upperBound <= days.upperBound && dateTo ?? days.lowerBound >= days.lowerBound
    }
}

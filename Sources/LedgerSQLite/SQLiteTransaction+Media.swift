internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    static let mediumColumns = """
        m.id, m.label, m.kind, m.date_from, m.date_to, m.shelf, m.copy_of, m.state, m.fingerprint, m.contents, m.worker, m.reading_grant,
        m.closed_grant, m.is_whole, m.sentence, m.given_up
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
        medium.isGivenUp = try fields.flag()
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

    private static let hasNoReadCopy = """
        NOT EXISTS (SELECT 1 FROM medium o WHERE m.copy_of <> '' AND o.label = m.copy_of AND o.state IN ('read', 'drained'))
        AND NOT EXISTS (SELECT 1 FROM medium c WHERE c.copy_of = m.label AND c.copy_of <> '' AND c.state IN ('read', 'drained'))
        """
    /// Read in part, so that studies may lie on it of which nothing is known: a folder could not be opened, or a file of no known study could not be read.
    private static let isRestUnknown = """
        json_array_length(m.contents, '$.findings') > 0
        OR EXISTS (SELECT 1 FROM unreadable u WHERE u.medium = m.id AND u.is_resolved = 0 AND NOT EXISTS (SELECT 1 FROM study s WHERE s.uid = u.study_uid))
        """
    private static let mayHoldMore = """
        m.is_whole = 0 AND m.given_up = 0 AND m.state IN ('expected', 'reading', 'partly read') AND \(hasNoReadCopy)
        AND (m.closed_grant IS NULL OR \(isRestUnknown))
        """

    func unreadMedia() throws -> [MediumRecord] {
        let condition = "m.closed_grant IS NULL AND m.state IN ('expected', 'reading') AND \(Self.hasNoReadCopy) ORDER BY m.label"
        return try media(condition, [], from: "medium m INDEXED BY medium_unread")
    }

    func openMedium(covering days: ClosedRange<CalendarDate>?) throws -> MediumRecord? { try knownOpen().first { $0.expected.mayCover(days) } }

    func openMedia(covering days: ClosedRange<CalendarDate>?, limit: Int) throws -> [MediumRecord] {
        try Array(knownOpen().lazy.filter { $0.expected.mayCover(days) }.prefix(limit))
    }

    /// Of hundreds of studies that one turn matches each asks, and of thousands of media those that cover its days may be the last, or none.
    private func knownOpen() throws -> [MediumRecord] {
        let open = try known.open ?? media("\(Self.mayHoldMore) ORDER BY m.label", [], from: "medium m INDEXED BY medium_open")
        known.open = open
        return open
    }

    func openMedium(labelled label: String) throws -> MediumRecord? { try media("m.label = ? AND \(Self.mayHoldMore)", [label], from: "medium m").first }

    func mediaReadInPart(limit: Int) throws -> [MediumRecord] {
        let condition = "\(Self.mayHoldMore) AND m.state = 'partly read' ORDER BY m.label LIMIT ?"
        return try media(condition, [limit], from: "medium m INDEXED BY medium_open")
    }

    func insertMedium(_ expected: ExpectedMedium) throws -> MediumRecord {
        known.open = nil
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
        known.open = nil
        let expected = medium.expected
        try execute(
            """
            UPDATE medium SET label = ?, kind = ?, date_from = ?, date_to = ?, shelf = ?, copy_of = ?, state = ?, fingerprint = ?,
              contents = ?, worker = ?, reading_grant = ?, closed_grant = ?, is_whole = ?, sentence = ?, given_up = ? WHERE id = ?
            """,
            [
                expected.label, expected.kind.rawValue, expected.dateFrom?.number, expected.dateTo?.number, expected.shelf,
                expected.copyOf, medium.state.rawValue, medium.fingerprint, try Coding.jsonIfPresent(medium.contents),
                medium.worker?.number, medium.readingGrant?.number, medium.closedGrant?.number, medium.isWhole,
                try Coding.jsonIfPresent(medium.sentence), medium.isGivenUp, medium.id.number,
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

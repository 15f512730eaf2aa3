internal import GRDB
internal import JSONText
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    func walkPatients(_ range: PatientRange, _ take: (PatientFacts) throws -> Void) throws {
        var walk = try PatientWalk.begin(db, range)
        try walk.run(share: Self.blankShare, take)
    }

    func patientRanges(_ count: Int) throws -> [PatientRange] {
        let sample = try fetchAll(Self.orderSample, [Self.sampleSize]) { try $0.text() }
        var ranges = [PatientRange()]
        for number in stride(from: 1, to: min(count, sample.count), by: 1) {
            let key = Identifying(sample[sample.count * number / count])
            guard key != ranges[ranges.count - 1].start else { continue }
            ranges[ranges.count - 1].end = key
            ranges.append(PatientRange(start: key))
        }
        return ranges
    }

    /// Orders of which the patient ID is looked at: the middle one of so many is within a tenth of the true one.
    private static let sampleSize = 127

    /// The patient IDs of orders that lie as far apart as can be by the order of their import.
    private static let orderSample = """
        WITH RECURSIVE place(number, size) AS (SELECT 1, ? UNION ALL SELECT number + 1, size FROM place WHERE number < size)
        SELECT patient_id FROM hospital_order
        WHERE id IN (SELECT (SELECT max(id) FROM hospital_order) * number / (size + 1) FROM place) ORDER BY patient_id
        """
}

/// Three indices, each sorted by patient ID, merged: studies that were read, studies of the legacy index alone, orders.
private struct PatientWalk: ~Copyable {
    private var read: RowCursor
    private var legacy: RowCursor
    private var orders: RowCursor
    /// The patient ID before which the walk ends; nil: behind the last.
    private let end: [UInt8]?
    private var facts = PatientFacts()
    private var key: [UInt8] = []
    private var status = LastStatus()
    private var modalities = ModalityTexts()

    // SQLite 3.40 takes no index with expressions for a covering one, and asks for it by name; of a row it then reads nothing but the index's entry.
    private static let readStudies = """
        SELECT patient_id, header ->> '$.studyDate', header ->> '$.modalities', header ->> '$.patient.issuer', header ->> '$.patient.name',
          header ->> '$.patient.birthDate', header ->> '$.patient.sex'
        FROM study INDEXED BY study_matching WHERE patient_id >= ? ORDER BY patient_id, id
        """
    private static let legacyStudies = """
        SELECT patient_id, study_day, modalities, issuer, name, birth_date, sex FROM legacy_study l INDEXED BY legacy_matching
        WHERE patient_id >= ? AND NOT EXISTS (SELECT 1 FROM study s WHERE s.uid = l.uid) ORDER BY patient_id, uid
        """
    private static let allOrders = """
        SELECT patient_id, CAST(content ->> '$.examDate' AS INTEGER), content ->> '$.status', content ->> '$.modality',
          content ->> '$.patient.issuer', content ->> '$.patient.name', content ->> '$.patient.birthDate', content ->> '$.patient.sex'
        FROM hospital_order INDEXED BY order_matching WHERE patient_id >= ? ORDER BY patient_id, id
        """

    private init(_ read: consuming RowCursor, _ legacy: consuming RowCursor, _ orders: consuming RowCursor, end: [UInt8]?) {
        self.read = read
        self.legacy = legacy
        self.orders = orders
        self.end = end
    }

    /// A walk that stands at the beginning of `range`.
    static func begin(_ db: Database, _ range: PatientRange) throws -> PatientWalk {
        let start = range.start.reveal()
        let read = try RowCursor.open(readStudies, from: start, db)
        let legacy = try RowCursor.open(legacyStudies, from: start, db)
        let orders = try RowCursor.open(allOrders, from: start, db)
        return PatientWalk(read, legacy, orders, end: range.end.map { Array($0.reveal().utf8) })
    }

    mutating func run(share: Int, _ take: (PatientFacts) throws -> Void) throws {
        while let next = leastKey(), !isBehindEnd(next) {
            key.removeAll(keepingCapacity: true)
            key.append(contentsOf: next)
            try takePatient(share: share, take)
        }
    }

    private func isBehindEnd(_ key: UnsafeRawBufferPointer) -> Bool {
        end.map { $0.withUnsafeBytes { key.compared(with: $0) >= 0 } } ?? false
    }

    private func leastKey() -> UnsafeRawBufferPointer? {
        guard let first = read.key else { return legacy.key }
        guard let second = legacy.key else { return first }
        return second.compared(with: first) < 0 ? second : first
    }

    private mutating func takePatient(share: Int, _ take: (PatientFacts) throws -> Void) throws {
        let isBlank = key.isEmpty
        key.withUnsafeBytes { facts.begin($0) }
        while read.compared(with: key) == 0 {
            try addReadStudy()
            try checkExcess()
            try read.next()
            if isBlank, facts.studies.count == share { try hand(take) }
        }
        while legacy.compared(with: key) == 0 {
            addLegacyStudy()
            try checkExcess()
            try legacy.next()
            if isBlank, facts.studies.count == share { try hand(take) }
        }
        facts.endStudies()
        while let place = orders.compared(with: key), place <= 0 {
            if place == 0, !isBlank {
                addOrder()
                try checkExcess()
            }
            try orders.next()
        }
        facts.endOrders()
        if !facts.studies.isEmpty { try take(facts) }
    }

    private mutating func hand(_ take: (PatientFacts) throws -> Void) throws {
        try take(facts)
        key.withUnsafeBytes { facts.begin($0) }
    }

    private func checkExcess() throws {
        guard let excess = facts.excess else { return }
        throw LedgerError(.limit, "a patient ID has \(excess); the simulation goes no further")
    }

    private mutating func addReadStudy() throws {
        let day = CalendarDate(String(decoding: read.bytes(1), as: UTF8.self))
        let modalities = try modalities.text(of: read.bytes(2)).withUnsafeBytes { facts.note($0) }
        let issuer = facts.noteTrimmed(read.bytes(3))
        facts.add(StudyFacts(isLegacy: false, day: day, issuer: issuer, modalities: modalities, identity: facts.noteIdentity(read, from: 4)))
    }

    private mutating func addLegacyStudy() {
        let modalities = facts.note(legacy.bytes(2))
        let issuer = facts.noteTrimmed(legacy.bytes(3))
        facts.add(StudyFacts(isLegacy: true, day: legacy.day(1), issuer: issuer, modalities: modalities, identity: facts.noteIdentity(legacy, from: 4)))
    }

    private mutating func addOrder() {
        let issuer = facts.noteIssuer(orders.bytes(4))
        guard let day = orders.day(1), facts.hasStudy(on: day) else { return }
        let modality = facts.note(orders.bytes(3))
        facts.add(
            OrderFacts(
                day: day, isCancelled: status.isCancelled(orders.bytes(2)), issuer: issuer, modality: modality, identity: facts.noteIdentity(orders, from: 5)))
    }
}

extension PatientFacts {
    /// Notes name, birth date and sex, which stand in `column` and the two behind it.
    fileprivate mutating func noteIdentity(_ row: borrowing RowCursor, from column: Int32) -> IdentityFacts {
        IdentityFacts(name: note(row.bytes(column)), birthDate: note(row.bytes(column + 1)), sex: note(row.bytes(column + 2)))
    }
}

/// Whether orders are cancelled: most have the status of the one before.
private struct LastStatus {
    private var bytes: [UInt8] = []
    private var isCancelled = Order.isCancelled(status: "")

    mutating func isCancelled(_ status: UnsafeRawBufferPointer) -> Bool {
        if bytes.withUnsafeBytes({ $0.holdsSame(as: status) }) { return isCancelled }
        bytes = Array(status)
        isCancelled = Order.isCancelled(status: String(decoding: status, as: UTF8.self))
        return isCancelled
    }
}

/// The modalities of a study as text with backslashes, from the JSON list that is kept: most are those of the study before.
private struct ModalityTexts {
    private var json: [UInt8] = []
    private var text: [UInt8] = []

    mutating func text(of list: UnsafeRawBufferPointer) throws -> [UInt8] {
        if json.withUnsafeBytes({ $0.holdsSame(as: list) }) { return text }
        guard let values = JSONReader.read(String(decoding: list, as: UTF8.self).utf8).flatMap([String].init) else {
            throw LedgerError(.corrupt, "a study's modalities cannot be read")
        }
        json = Array(list)
        text = Array(values.joined(separator: SQLiteTransaction.modalitySeparator).utf8)
        return text
    }
}

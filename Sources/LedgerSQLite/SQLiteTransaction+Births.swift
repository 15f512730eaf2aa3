internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    // In the words of the indices, or SQLite reads the tables.
    static let orderBirth = "content ->> '$.patient.birthDate'"
    static let identityBirth = "content ->> '$.birthDate[0]'"

    /// The birth date in objects, without blanks around it.
    static func birth(of study: String = "") -> String { "trim(\(study)header ->> '$.patient.birthDate', ' ')" }

    /// A condition on a birth date, with a place for each of its spellings.
    static func isBorn(_ column: String) -> String { "\(column) IN (?, ?, ?) AND \(column) <> ''" }

    /// How a day is written (DA, and what it was before): ``CalendarDate`` reads these.
    static func spellings(of day: CalendarDate) -> [(any Bindable)?] {
        let text = digits(of: day)
        let (year, month, last) = (text.prefix(4), text.dropFirst(4).prefix(2), text.dropFirst(6))
        return [text, "\(year).\(month).\(last)", "\(year)-\(month)-\(last)"]
    }

    /// YYYYMMDD.
    static func digits(of day: CalendarDate) -> String {
        let digits = String(day.number)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    func patients(bornOn day: CalendarDate, limit: Int) throws -> [PatientIdentity]? {
        let arguments = Arguments(Self.spellings(of: day) + [limit * Self.rowsOfPatient + 1])
        let orders = try fetchAll("SELECT content ->> '$.patient' FROM hospital_order WHERE \(Self.isBorn(Self.orderBirth)) LIMIT ?", arguments) { try $0.text() }
        let notices = try fetchAll("SELECT content FROM patient_identity WHERE \(Self.isBorn(Self.identityBirth)) LIMIT ?", arguments) { try $0.text() }
        guard max(orders.count, notices.count) <= limit * Self.rowsOfPatient else { return nil }
        let told = try notices.map { try Coding.decode(IdentityNotice.self, $0).applied(to: PatientIdentity(patientID: "")) }
        let all = Set(try Set(orders).map { try Coding.decode(PatientIdentity.self, $0) } + told) // unordered: a set is made of it
        guard Set(all.map(\.patientID.trimmed)).count <= limit else { return nil }
        return all.sorted { Self.order(of: $0).lexicographicallyPrecedes(Self.order(of: $1)) } // unordered: it is sorted
    }

    private static func order(of patient: PatientIdentity) -> [String] {
        [patient.patientID, patient.issuer, patient.name, patient.birthDate, patient.sex].map { $0.reveal() }
    }

    func isCrowded(_ day: CalendarDate, limit: Int) throws -> Bool {
        let arguments = Arguments(Self.spellings(of: day) + [limit * Self.rowsOfPatient + 1])
        let counts = try ["hospital_order WHERE \(Self.isBorn(Self.orderBirth))", "patient_identity WHERE \(Self.isBorn(Self.identityBirth))"].map { rows in
            try fetchOne("SELECT count(*) FROM (SELECT 1 FROM \(rows) LIMIT ?)", arguments) { try $0.count() } ?? 0
        }
        guard counts.reduce(0, +) > limit else { return false }
        guard counts.allSatisfy({ $0 <= limit * Self.rowsOfPatient }) else { return true }
        return try patients(bornOn: day, limit: limit) == nil
    }

    func studies(bornOn day: CalendarDate, limit: Int) throws -> [StudyRecord] {
        let arguments = Arguments(Self.spellings(of: day) + [limit])
        let sql = "SELECT \(Self.studyColumns) FROM study s WHERE \(Self.isBorn(Self.birth(of: "s."))) LIMIT ?"
        return try fetchAll(sql, arguments, Self.study).sorted { $0.id < $1.id }
    }

    func hasStudiesWithoutBirthday() throws -> Bool { try exists("SELECT 1 FROM study WHERE \(Schema.lacksBirthday) AND patient_id > '' LIMIT 1", []) }

    func hasStudiesWithoutBirthday(ofPatients patientIDs: [Identifying]) throws -> Bool {
        try patientIDs.contains { try exists("SELECT 1 FROM study WHERE \(Schema.lacksBirthday) AND patient_id = ? LIMIT 1", [Coding.key($0)]) }
    }

    func orderCount(of patient: PatientIdentity, limit: Int) throws -> Int {
        try fetchOne(
            """
            SELECT count(*) FROM (SELECT 1 FROM (SELECT content FROM hospital_order WHERE patient_id = ? ORDER BY id LIMIT ?)
              WHERE content ->> '$.patient' = ? LIMIT ?)
            """, [Coding.key(patient.patientID), Self.rowsCompared, try Coding.json(patient), limit]) { try $0.count() } ?? 0
    }

    /// Orders of one patient ID that are compared with an identity: bounds the look at the one of all tests.
    private static var rowsCompared: Int { 100 }

    func hasStudies() throws -> Bool { try exists("SELECT 1 FROM study LIMIT 1", []) }

    /// Orders of one patient, as many as most have.
    private static var rowsOfPatient: Int { 16 }
}

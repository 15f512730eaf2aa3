internal import GRDB
internal import Ledger
internal import Migration

extension SQLiteTransaction {
    // In the words of the indices, or SQLite reads the tables.
    private static let orderBirth = "content ->> '$.patient.birthDate'"
    private static let identityBirth = "content ->> '$.birthDate[0]'"
    private static let studyBirth = "s.header ->> '$.patient.birthDate'"

    /// A condition on a birth date, with a place for each of its spellings.
    private static func isBorn(_ column: String) -> String { "\(column) IN (?, ?, ?) AND \(column) <> ''" }

    /// How a day is written (DA, and what it was before): ``CalendarDate`` reads these.
    private static func spellings(of day: CalendarDate) -> [(any Bindable)?] {
        let digits = Array(String(day.number))
        let text = String(repeating: "0", count: max(0, 8 - digits.count)) + String(digits)
        let (year, month, last) = (text.prefix(4), text.dropFirst(4).prefix(2), text.dropFirst(6))
        return [text, "\(year).\(month).\(last)", "\(year)-\(month)-\(last)"]
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

    func studies(bornOn day: CalendarDate, limit: Int) throws -> [StudyRecord] {
        let arguments = Arguments(Self.spellings(of: day) + [limit])
        return try fetchAll("SELECT \(Self.studyColumns) FROM study s WHERE \(Self.isBorn(Self.studyBirth)) LIMIT ?", arguments, Self.study).sorted { $0.id < $1.id }
    }

    func studiesWithoutBirthDate(ofPatientsBornOn day: CalendarDate, limit: Int) throws -> [StudyRecord] {
        let found = try fetchAll(
            """
            SELECT \(Self.studyColumns) FROM hospital_order o CROSS JOIN study s ON s.patient_id = o.patient_id
            WHERE \(Self.isBorn("o." + Self.orderBirth)) AND \(Self.studyBirth) = '' LIMIT ?
            """, Arguments(Self.spellings(of: day) + [limit]), Self.study)
        // A patient has several orders.
        var seen: Set<StudyID> = []
        return found.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    }

    func hasStudies() throws -> Bool { try exists("SELECT 1 FROM study LIMIT 1", []) }

    /// Orders of one patient, as many as most have.
    private static var rowsOfPatient: Int { 16 }
}

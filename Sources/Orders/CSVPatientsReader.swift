public import Migration

/// Reads the hospital's list of patients from a CSV file (docs/matching.md, "The patients file"), row by row, in bounded memory.
///
/// The file is gone through three times: once to see what its rows say of each other, once for who the patients are, and once for their merges, so that the order
/// of the rows changes nothing.
public struct CSVPatientsReader {
    /// The columns. ``required`` ones must be there, the others may be left out; their order is free.
    public enum Column: String, CaseIterable, Hashable, Sendable {
        case patientID = "patient_id"
        case issuer
        case patientName = "patient_name"
        case birthDate = "birth_date"
        case sex
        case mergedInto = "merged_into"
        case mergedIntoIssuer = "merged_into_issuer"
        case saidAt = "said_at"

        /// Without it there is no patient.
        public static var required: [Column] { [.patientID] }
    }

    /// A patient, and the line that says so.
    public struct Row: Hashable, Sendable, Codable {
        /// The line of the file, from 1 on.
        public var line: Int
        /// What it says.
        public var patient: PatientNotice

        /// A row of these.
        public init(line: Int, patient: PatientNotice) {
            self.line = line
            self.patient = patient
        }
    }

    private let open: () throws -> ByteSource
    private let zone: HL7TimeZone
    private let survey: PatientsSurvey
    private var table: CSVTable<Column>
    private var isAtMerges = false
    private var patients = RepetitionRegister()
    /// A warning about the row that was given last.
    private var warning: TableFault?

    /// Goes through the file once.
    ///
    /// - Parameters:
    ///   - open: begins to read the file from its start.
    ///   - zone: the zone of moments that name none.
    /// - Throws: ``TableError`` for a header that will not do, and whatever the source throws.
    public init(zone: HL7TimeZone, open: @escaping () throws -> ByteSource) throws {
        self.open = open
        self.zone = zone
        var survey = PatientsSurvey()
        var first = try CSVTable<Column>(source: open(), required: Column.required)
        while let item = try first.next() {
            guard case .row(let row) = item, let patient = try? Self.patient(row, zone) else { continue }
            survey.note(patient, line: row.line)
        }
        survey.end()
        self.survey = survey
        table = try CSVTable(source: open(), required: Column.required)
    }

    /// The next row, or what is wrong with it; nil at the end. Whatever the source throws is thrown on.
    ///
    /// A row comes twice where it tells of a merge: first who the patient is, and behind all others whom the number belongs to. A warning
    /// (``TableFault/isRowKept``) comes after the row that it is about.
    public mutating func next() throws -> TableItem<Row>? {
        if let warning {
            self.warning = nil
            return .fault(warning)
        }
        while true {
            switch try table.next() {
            case nil:
                if isAtMerges { return nil }
                isAtMerges = true
                table = try CSVTable(source: open(), required: Column.required)
            case .fault(let fault): if !isAtMerges { return .fault(fault) }
            case .row(let row): if let item = item(row) { return item }
            }
        }
    }

    /// What of a row is told now; nil: nothing.
    private mutating func item(_ row: TableRow<Column>) -> TableItem<Row>? {
        do throws(TableFault) {
            var patient = try Self.patient(row, zone)
            try survey.check(patient, row)
            guard isAtMerges else {
                patient.mergedInto = nil
                warning = note(patient, line: row.line)
                return .value(Row(line: row.line, patient: patient), line: row.line)
            }
            guard patient.mergedInto != nil else { return nil }
            patient.identity = IdentityNotice(key: patient.identity.key)
            return .value(Row(line: row.line, patient: patient), line: row.line)
        } catch {
            return isAtMerges ? nil : .fault(error)
        }
    }

    private mutating func note(_ patient: PatientNotice, line: Int) -> TableFault? {
        switch patients.note(patient.identity.key.text, of: patient.identity.key, line: line) {
        case .none: nil
        case .line(let earlier, isSamePatient: _): TableFault(.patientRepeated, line: line, "patient_id is also that of line \(earlier): what was said later counts, or else this line")
        case .full(let limit): TableFault(.repetitionsUnchecked, line: line, "from here on repeated patients are not told, after \(limit) of them")
        }
    }

    private static func patient(_ row: TableRow<Column>, _ zone: HL7TimeZone) throws(TableFault) -> PatientNotice {
        let key = PatientKey(
            patientID: Identifying(try row.neededValue(.patientID, limit: TableLimits.longString)),
            issuer: Identifying(try row.value(.issuer, limit: TableLimits.longString)))
        var identity = IdentityNotice(key: key)
        identity.name = stated(try row.personName(.patientName))
        identity.birthDate = stated(try row.day(.birthDate)?.description ?? "")
        identity.sex = stated(try row.sex(.sex))
        return PatientNotice(identity: identity, mergedInto: try survivor(of: key, row), saidAt: try moment(row, zone))
    }

    /// What a row leaves empty it does not say.
    private static func stated(_ text: String) -> Stated<Identifying> { text.isEmpty ? .unsaid : .value(Identifying(text)) }

    private static func survivor(of key: PatientKey, _ row: TableRow<Column>) throws(TableFault) -> PatientKey? {
        let number = try row.value(.mergedInto, limit: TableLimits.longString)
        let issuer = try row.value(.mergedIntoIssuer, limit: TableLimits.longString)
        guard !number.isEmpty else {
            guard issuer.isEmpty else { throw row.fault(.mergedInto, .missingValue, "is empty, and merged_into_issuer is not") }
            return nil
        }
        // Patients are merged within an issuer, unless another one is named.
        let survivor = PatientKey(patientID: Identifying(number), issuer: issuer.isEmpty ? key.issuer : Identifying(issuer))
        guard survivor != key else { throw row.fault(.mergedInto, .badValue, "is the patient's own number") }
        return survivor
    }

    private static func moment(_ row: TableRow<Column>, _ zone: HL7TimeZone) throws(TableFault) -> Instant? {
        let text = try row.text(.saidAt, limit: TableLimits.longString)
        if text.isEmpty { return nil }
        guard let moment = HL7Moment(text, assuming: zone) else { throw row.fault(.saidAt, .badValue, "is no moment of the form YYYYMMDDHHMMSS") }
        return moment.instant
    }
}

extension PatientKey {
    /// Number and issuer as one text: no value has the separator in it.
    var text: String { "\(patientID.reveal())\u{1F}\(issuer.reveal())" }
}

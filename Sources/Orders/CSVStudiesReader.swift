public import Migration

/// Reads the legacy archive's own list of studies from a CSV file (docs/matching.md, "The legacy archive's own index"), row by row, in bounded memory.
public struct CSVStudiesReader {
    /// The columns. ``required`` ones must be there, the others may be left out; their order is free.
    public enum Column: String, CaseIterable, Hashable, Sendable {
        case studyInstanceUID = "study_instance_uid"
        case patientID = "patient_id"
        case issuer
        case patientName = "patient_name"
        case otherPatientNames = "other_patient_names"
        case birthDate = "birth_date"
        case sex
        case studyDate = "study_date"
        case studyTime = "study_time"
        case modality
        case accessionNumber = "accession_number"
        case studyDescription = "study_description"
        case bodyPart = "body_part"
        case laterality
        case instanceCount = "instance_count"
        case mediumLabel = "medium_label"

        /// Without these nothing could be simulated.
        public static var required: [Column] { [.studyInstanceUID, .patientID, .studyDate, .modality] }
    }

    private var table: CSVTable<Column>
    private var studies = RepetitionRegister()
    /// Warnings about the row that was given last.
    private var warnings: [TableFault] = []

    /// Reads the header row of the file that `source` gives.
    ///
    /// - Throws: ``TableError`` for a header that will not do, and whatever `source` throws.
    public init(source: @escaping ByteSource) throws {
        table = try CSVTable(source: source, required: Column.required)
    }

    /// The next study, or what is wrong with the next row; nil at the end. Whatever the source throws is thrown on.
    ///
    /// Warnings (``TableFault/isRowKept``) come after the study that they are about. What does not say which study of whom it is costs no study: an index
    /// with a date that is none has the study all the same, and it is counted so.
    public mutating func next() throws -> TableItem<LegacyStudy>? {
        if !warnings.isEmpty { return .fault(warnings.removeFirst()) }
        switch try table.next() {
        case nil: return nil
        case .fault(let fault): return .fault(fault)
        case .row(let row):
            do throws(TableFault) {
                var warnings: [TableFault] = []
                let study = try Self.study(row, &warnings)
                if let repetition = note(study.header, line: row.line) { warnings.append(repetition) }
                self.warnings = warnings
                return .value(study, line: row.line)
            } catch {
                return .fault(error)
            }
        }
    }

    private mutating func note(_ header: StudyHeader, line: Int) -> TableFault? {
        switch studies.note(header.studyInstanceUID, of: PatientKey(patientID: header.patient.patientID), line: line) {
        case .none: nil
        case .line(let earlier, isSamePatient: true):
            TableFault(.studyRepeated, line: line, "study_instance_uid is also that of line \(earlier), same patient: this line counts")
        case .line(let earlier, isSamePatient: false):
            TableFault(.studyTwoPatients, line: line, "study_instance_uid is also that of line \(earlier), another patient: this line counts")
        case .full(let limit):
            TableFault(.repetitionsUnchecked, line: line, "from here on repeated studies are not told, after \(limit) of them")
        }
    }

    private static func study(_ row: TableRow<Column>, _ warnings: inout [TableFault]) throws(TableFault) -> LegacyStudy {
        let uid = try row.uid(.studyInstanceUID)
        guard !uid.isEmpty else { throw row.fault(.studyInstanceUID, .missingValue, "is empty") }
        var header = StudyHeader(
            studyInstanceUID: uid,
            patient: try patient(row, &warnings),
            studyDate: row.orNone(&warnings) { row throws(TableFault) in try row.day(.studyDate)?.description } ?? "",
            studyTime: row.orNone(&warnings) { row throws(TableFault) in try row.time(.studyTime) } ?? "",
            accessionNumber: row.orNone(&warnings) { row throws(TableFault) in try row.value(.accessionNumber, limit: TableLimits.shortString) } ?? "",
            studyDescription: row.beginning(of: .studyDescription, limit: TableLimits.longString, &warnings),
            modalities: row.orNone(&warnings) { row throws(TableFault) in try row.modalities(.modality) } ?? [])
        header.bodyParts = row.orNone(&warnings) { row throws(TableFault) in try row.codes(.bodyPart) } ?? []
        header.lateralities = row.orNone(&warnings) { row throws(TableFault) in try row.codes(.laterality) } ?? []
        header.otherNames = Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.personName(.otherPatientNames) } ?? "")
        return LegacyStudy(
            header: header, instanceCount: row.orNone(&warnings) { row throws(TableFault) in try row.count(.instanceCount) },
            mediumLabel: row.orNone(&warnings) { row throws(TableFault) in try row.text(.mediumLabel, limit: TableLimits.label) } ?? "")
    }

    private static func patient(_ row: TableRow<Column>, _ warnings: inout [TableFault]) throws(TableFault) -> PatientIdentity {
        PatientIdentity(
            patientID: Identifying(try row.value(.patientID, limit: TableLimits.longString)),
            issuer: Identifying(try row.value(.issuer, limit: TableLimits.longString)),
            name: Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.personName(.patientName) } ?? ""),
            birthDate: Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.day(.birthDate)?.description } ?? ""),
            sex: Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.sex(.sex) } ?? ""))
    }
}

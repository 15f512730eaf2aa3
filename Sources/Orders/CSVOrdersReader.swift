public import Migration

/// Reads the hospital's orders from a CSV file (docs/matching.md, "The orders file"), row by row, in bounded memory.
public struct CSVOrdersReader {
    /// The columns. ``required`` ones must be there, the others may be left out; their order is free.
    public enum Column: String, CaseIterable, Hashable, Sendable {
        case patientID = "patient_id"
        case issuer
        case patientName = "patient_name"
        case birthDate = "birth_date"
        case sex
        case accessionNumber = "accession_number"
        case studyInstanceUID = "study_instance_uid"
        case examDate = "exam_date"
        case examTime = "exam_time"
        case modality
        case procedureCode = "procedure_code"
        case procedureDescription = "procedure_description"
        case department
        case status

        /// Without these nothing could be matched.
        public static var required: [Column] { [.patientID, .accessionNumber, .examDate, .modality] }
    }

    private var table: CSVTable<Column>
    private var accessions = RepetitionRegister()
    /// A warning about the row that was given last.
    private var warning: TableFault?

    /// Reads the header row of the file that `source` gives.
    ///
    /// - Throws: ``TableError`` for a header that will not do, and whatever `source` throws.
    public init(source: @escaping ByteSource) throws {
        table = try CSVTable(source: source, required: Column.required)
    }

    /// The next order, or what is wrong with the next row; nil at the end. Whatever the source throws is thrown on.
    ///
    /// A warning (``TableFault/isRowKept``) comes after the order that it is about.
    public mutating func next() throws -> TableItem<Order>? {
        if let warning {
            self.warning = nil
            return .fault(warning)
        }
        switch try table.next() {
        case nil: return nil
        case .fault(let fault): return .fault(fault)
        case .row(let row):
            do throws(TableFault) {
                let order = try Self.order(row)
                warning = note(order, line: row.line)
                return .value(order, line: row.line)
            } catch {
                return .fault(error)
            }
        }
    }

    private mutating func note(_ order: Order, line: Int) -> TableFault? {
        switch accessions.note(order.accessionNumber, of: order.patient.patientID, line: line) {
        case .none: nil
        case .line(let earlier, isSamePatient: true):
            TableFault(.accessionRepeated, line: line, "accession_number is also that of line \(earlier), same patient: this line counts")
        case .line(let earlier, isSamePatient: false):
            TableFault(
                .accessionTwoPatients, line: line,
                "accession_number is also that of line \(earlier), another patient: both are kept, and no study gets it without a person")
        case .full(let limit):
            TableFault(
                .repetitionsUnchecked, line: line, "from here on repeated accession numbers are found by the ledger only, after \(limit) of them")
        }
    }

    private static func order(_ row: TableRow<Column>) throws(TableFault) -> Order {
        Order(
            patient: try patient(row),
            accessionNumber: try row.neededValue(.accessionNumber, limit: TableLimits.shortString),
            studyInstanceUID: try row.uid(.studyInstanceUID),
            examDate: try row.day(.examDate),
            examTime: try row.time(.examTime),
            modality: try row.text(.modality, limit: TableLimits.longString),
            procedureCode: try row.text(.procedureCode, limit: TableLimits.longString),
            procedureDescription: try row.text(.procedureDescription, limit: TableLimits.hospitalText),
            department: try row.text(.department, limit: TableLimits.hospitalText),
            status: try row.text(.status, limit: TableLimits.longString))
    }

    private static func patient(_ row: TableRow<Column>) throws(TableFault) -> PatientIdentity {
        PatientIdentity(
            patientID: Identifying(try row.neededValue(.patientID, limit: TableLimits.longString)),
            issuer: Identifying(try row.value(.issuer, limit: TableLimits.longString)),
            name: Identifying(try row.personName(.patientName)),
            birthDate: Identifying(try row.day(.birthDate)?.description ?? ""),
            sex: Identifying(try row.sex(.sex)))
    }
}

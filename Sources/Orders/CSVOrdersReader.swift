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
    /// What is still to be said of the row that was given last.
    private var faults: [TableFault] = []

    /// Reads the header row of the file that `source` gives.
    ///
    /// - Throws: ``TableError`` for a header that will not do, and whatever `source` throws.
    public init(source: @escaping ByteSource) throws {
        table = try CSVTable(source: source, required: Column.required)
    }

    /// The next order, or what is wrong with the next row; nil at the end. Whatever the source throws is thrown on.
    ///
    /// Warnings (``TableFault/isRowKept``) come after the order that they are about. So does the fault of a row whose accession number alone cannot be used:
    /// the order counts as one of its patient and day, and no study gets it (``Order/substituteNumber``).
    public mutating func next() throws -> TableItem<Order>? {
        if !faults.isEmpty { return .fault(faults.removeFirst()) }
        switch try table.next() {
        case nil: return nil
        case .fault(let fault): return .fault(fault)
        case .row(let row):
            do throws(TableFault) {
                var faults: [TableFault] = []
                let order = try Self.order(row, &faults)
                if order.isAssignable, let repetition = note(order, line: row.line) { faults.append(repetition) }
                self.faults = faults
                return .value(order, line: row.line)
            } catch {
                return .fault(error)
            }
        }
    }

    private mutating func note(_ order: Order, line: Int) -> TableFault? {
        switch accessions.note(order.accessionNumber, of: PatientKey(order.patient), line: line) {
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

    private static func order(_ row: TableRow<Column>, _ faults: inout [TableFault]) throws(TableFault) -> Order {
        var order = Order(
            patient: try patient(row, &faults), accessionNumber: "", examDate: try row.day(.examDate),
            modality: try row.text(.modality, limit: TableLimits.longString))
        order.studyInstanceUID = row.orNone(&faults) { row throws(TableFault) in try row.uid(.studyInstanceUID) } ?? ""
        order.examTime = row.orNone(&faults) { row throws(TableFault) in try row.time(.examTime) } ?? ""
        order.procedureCode = row.orNone(&faults) { row throws(TableFault) in try row.text(.procedureCode, limit: TableLimits.longString) } ?? ""
        order.procedureDescription = row.orNone(&faults) { row throws(TableFault) in
            try row.text(.procedureDescription, limit: TableLimits.hospitalText)
        } ?? ""
        order.department = row.orNone(&faults) { row throws(TableFault) in try row.text(.department, limit: TableLimits.hospitalText) } ?? ""
        order.status = row.orNone(&faults) { row throws(TableFault) in try row.text(.status, limit: TableLimits.longString) } ?? ""
        do throws(TableFault) {
            order.accessionNumber = try row.neededValue(.accessionNumber, limit: TableLimits.shortString)
        } catch {
            guard order.examDate != nil else { throw error }
            order.accessionNumber = order.substituteNumber
            var fault = error
            fault.message += "; its exam is kept, and no study gets it"
            faults.append(fault)
        }
        return order
    }

    private static func patient(_ row: TableRow<Column>, _ warnings: inout [TableFault]) throws(TableFault) -> PatientIdentity {
        PatientIdentity(
            patientID: Identifying(try row.neededValue(.patientID, limit: TableLimits.longString)),
            issuer: Identifying(try row.value(.issuer, limit: TableLimits.longString)),
            name: Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.personName(.patientName) } ?? ""),
            birthDate: Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.day(.birthDate)?.description } ?? ""),
            sex: Identifying(row.orNone(&warnings) { row throws(TableFault) in try row.sex(.sex) } ?? ""))
    }
}

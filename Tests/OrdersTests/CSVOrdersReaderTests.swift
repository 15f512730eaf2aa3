@testable import Orders
import Migration
import Testing

@Suite struct CSVOrdersReaderTests {
    @Test func `An order has every column of its row`() throws {
        let row = "00012345,SEVERANCE,\"KIM^MINSU=金^民秀=김^민수\",1950-03-12,m, A7 ,1.2.840.1,19990312,09:30,CT,C100,\"Chest, CT\",RAD,completed"
        let result = try orders(source(ordersHeader + "\r\n" + row + "\r\n"))
        let patient = PatientIdentity(
            patientID: "00012345", issuer: "SEVERANCE", name: "KIM^MINSU=金^民秀=김^민수", birthDate: "19500312", sex: "M")
        let expected = Order(
            patient: patient, accessionNumber: "A7", studyInstanceUID: "1.2.840.1", examDate: CalendarDate("19990312"),
            examTime: "093000", modality: "CT", procedureCode: "C100", procedureDescription: "Chest, CT", department: "RAD",
            status: "completed")
        #expect(result.orders.map(\.order) == [expected])
        #expect(result.orders.map(\.line) == [2])
        #expect(result.faults.isEmpty)
    }

    @Test func `The order of the columns is free, and those that are not required may be left out`() throws {
        let result = try orders(source("Modality, EXAM_DATE ,accession_number,patient_id\nCT,19990312,A1,7\n"))
        #expect(result.orders.map(\.order.accessionNumber) == ["A1"])
        #expect(result.orders.map(\.order.patient) == [PatientIdentity(patientID: "7")])
    }

    @Test func `A header that will not do is refused, and says what is wrong`() throws {
        func refusal(_ text: String) -> TableError? {
            #expect(throws: TableError.self) { _ = try orders(source(text)) }
        }
        #expect(refusal("")?.code == .empty)
        let missing = refusal("patient_id,modality\n")
        #expect(missing?.code == .missingColumn)
        #expect(missing?.message.hasPrefix("the header row lacks: accession_number, exam_date;") == true)
        let unknown = refusal("patient_id,accession_number,exam_date,modality,brith_date\n")
        #expect(unknown?.code == .unknownColumn)
        #expect(unknown?.message.contains("‘brith_date’, the 5.") == true)
        #expect(unknown?.message.contains("birth_date") == true)
        #expect(refusal("patient_id,patient_id\n")?.code == .repeatedColumn)
        for headless in ["00012345,A1,19990312,CT\n", "patient_id,kim^minsu,exam_date\n", "김^민수,A1\n", "patient_id,lee\n"] {
            let shown = refusal(headless)
            #expect(shown?.code == .unknownColumn)
            for value in ["00012345", "kim", "김", "lee"] { #expect(shown?.message.contains(value) == false) }
        }
        #expect(refusal("patient_id,\"open\n")?.code == .badHeader)
    }

    @Test func `A header in another encoding is refused`() {
        let utf16: [UInt8] = [0xFF, 0xFE] + "patient_id".utf8.flatMap { [$0, 0] }
        #expect(throws: TableError.self) { try orders(source(utf16)) }
    }

    @Test func `A broken row is named by its line, and the others are imported`() throws {
        let text = [
            ordersHeader, orderRow("A1"), "too,few,fields", orderRow("A2"),
            orderRow("A3").replacing("19990312", with: "19990230"), orderRow("A4"),
        ].joined(separator: "\n")
        let result = try orders(source(text))
        #expect(result.orders.map(\.order.accessionNumber) == ["A1", "A2", "A4"])
        #expect(result.faults.map(\.code) == [.fieldCount, .badValue])
        #expect(
            result.faults.map(\.message) == [
                "line 3: 3 fields, where the header row has 14", "line 5: exam_date is no date of the form YYYYMMDD",
            ])
        #expect(result.faults.map(\.isRowKept) == [false, false])
    }

    @Test func `An unclosed quote costs one row, and the line that opened it is named`() throws {
        let text = [
            ordersHeader, orderRow("A1"), orderRow("A2", name: "\"LEE^JIHOON"), orderRow("A3", name: "\"PARK^SUJIN\""),
            orderRow("A4"),
        ].joined(separator: "\n")
        let result = try orders(source(text))
        #expect(result.orders.map(\.order.accessionNumber) == ["A1", "A3", "A4"])
        #expect(result.faults.map(\.code) == [.unclosedQuote])
        #expect(result.faults[0].line == 3)
        #expect(!result.faults[0].message.contains("LEE"))
    }

    @Test func `Two rows that a quote runs across are never one order`() throws {
        // Taken literally, these two lines are one row of fourteen fields.
        let text = [
            ordersHeader, "1,S,\"KIM", "2,S,LEE\",19500312,M,A2,,19990312,093000,CT,C1,Chest,RAD,completed", orderRow("A3"),
        ].joined(separator: "\n")
        let result = try orders(source(text))
        #expect(result.orders.map(\.order.accessionNumber) == ["A3"])
        #expect(result.faults.map(\.line) == [2, 3])
    }

    @Test(arguments: [
        ("patient_id", "", TableFault.Code.missingValue),
        ("patient_id", "   ", .missingValue),
        ("patient_id", "1\\2", .badValue),
        ("patient_id", String(repeating: "1", count: 65), .badValue),
        ("issuer", "A\\B", .badValue),
        ("exam_date", "yesterday", .badValue),
        ("modality", String(repeating: "M", count: 65), .badValue),
    ])
    func `A value without which a row cannot be used is named by line and column, and never shown`(
        column: String, value: String, code: TableFault.Code
    ) throws {
        let result = try orders(source(row(column, value)))
        #expect(result.orders.isEmpty)
        #expect(result.faults.map(\.code) == [code])
        #expect(result.faults[0].message.hasPrefix("line 2: \(column) "))
        #expect(value.count < 3 || !result.faults[0].message.contains(value))
    }

    private func row(_ column: String, _ value: String, _ others: [String: String] = [:]) -> String {
        let fields = ["patient_id": "1", "accession_number": "A1", "exam_date": "19990312", "modality": "CT"].merging(others) { $1 }.merging([column: value]) { $1 }
        let names = fields.keys.sorted()
        return names.joined(separator: ",") + "\n" + names.map { fields[$0] ?? "" }.joined(separator: ",") + "\n"
    }

    @Test(arguments: [
        ("patient_name", "A=B=C=D"),
        ("patient_name", String(repeating: "김", count: 65)),
        ("patient_name", "\"KIM\nMINSU\""),
        ("birth_date", "1950"),
        ("birth_date", "19500230"),
        ("sex", "X"),
        ("sex", "U"),
        ("study_instance_uid", "1.2.x"),
        ("study_instance_uid", String(repeating: "1", count: 65)),
        ("exam_time", "2400"),
        ("exam_time", "905"),
        ("exam_time", "09:3000"),
        ("exam_time", "half past"),
        ("procedure_code", String(repeating: "c", count: 65)),
        ("procedure_description", String(repeating: "d", count: 1025)),
        ("department", String(repeating: "d", count: 1025)),
        ("status", String(repeating: "s", count: 65)),
    ])
    func `Another value beyond its form or limit costs itself, not the order`(column: String, value: String) throws {
        let result = try orders(source(row(column, value)))
        let patient = PatientIdentity(patientID: "1")
        #expect(result.orders.map(\.order) == [Order(patient: patient, accessionNumber: "A1", examDate: CalendarDate("19990312"), modality: "CT")])
        #expect(result.faults.map(\.code) == [.valueLeftOut])
        #expect(result.faults[0].isRowKept)
        #expect(result.faults[0].message.hasPrefix("line 2: \(column) "))
        #expect(value.count < 3 || !result.faults[0].message.contains(value))
    }

    @Test(arguments: [
        ("", TableFault.Code.missingValue), ("12345678901234567", .badValue), ("A\\1", .badValue), ("A\t1", .badValue),
    ])
    func `A row whose accession number alone cannot be used is broken, and leaves an order that no study gets`(value: String, code: TableFault.Code) throws {
        let result = try orders(source(row("accession_number", value)))
        let order = try #require(result.orders.first?.order)
        #expect(!order.isAssignable && order.accessionNumber.count == 16)
        #expect(order.patient.patientID == "1" && order.examDate == CalendarDate("19990312") && order.modality == "CT")
        #expect(result.faults.map(\.code) == [code])
        #expect(!result.faults[0].isRowKept)
        #expect(value.count < 3 || !result.faults[0].message.contains(value))
        #expect(try orders(source(row("accession_number", value))).orders.first?.order == order)
        let other = try orders(source(row("accession_number", value, ["procedure_code": "C1"])))
        #expect(other.orders.first?.order.accessionNumber != order.accessionNumber)
        #expect(try orders(source(row("accession_number", value, ["exam_date": ""]))).orders.isEmpty)
        #expect(try orders(source(row("accession_number", value, ["patient_id": ""]))).orders.isEmpty)
        #expect(try orders(source(row("accession_number", "A1"))).orders.first?.order.substituteNumber == order.accessionNumber)
    }

    @Test func `An accession number that two issuers' patients have is told as two patients'`() throws {
        let rows = ["7,HOSP,A1", "7,OTHER,A1", "7,,A1", "7,HOSP,A2", "7,HOSP,A2"].map { $0 + ",19990312,CT" }
        let result = try orders(source((["patient_id,issuer,accession_number,exam_date,modality"] + rows).joined(separator: "\n")))
        #expect(result.orders.count == 5)
        #expect(result.faults.map(\.code) == [.accessionTwoPatients, .accessionRepeated, .accessionRepeated])
    }

    @Test func `Values at their limits are taken`() throws {
        let name = [String](repeating: String(repeating: "김", count: 64), count: 3).joined(separator: "=")
        let header = "patient_id,patient_name,accession_number,study_instance_uid,exam_date,exam_time,modality"
        let row = [
            String(repeating: "1", count: 64), name, "1234567890123456", String(repeating: "1", count: 64), "19960229", "23:59:60",
            "CT",
        ].joined(separator: ",")
        let result = try orders(source(header + "\n" + row))
        #expect(result.faults.isEmpty)
        #expect(result.orders.first?.order.examTime == "235960")
        #expect(result.orders.first?.order.patient.name == Identifying(name))
    }

    @Test func `Text that is not UTF-8 is named by its column`() throws {
        let euckr: [UInt8] = [0xB1, 0xE8, 0x5E, 0xB9, 0xCE, 0xBC, 0xF6]
        let row = Array("7,".utf8) + euckr + Array(",A1,19990312,CT\n8,KIM,A2,19990312,CT".utf8)
        let result = try orders(source(Array("patient_id,patient_name,accession_number,exam_date,modality\n".utf8) + row))
        #expect(result.faults.map(\.message) == ["line 2: patient_name is not UTF-8; the row counts without it"])
        #expect(result.orders.map(\.order.accessionNumber) == ["A1", "A2"])
    }

    @Test func `An accession number given twice is a warning, and both rows are kept`() throws {
        let text = [
            ordersHeader, orderRow("A1"), orderRow("A2"), orderRow("A1"), orderRow("A2", patient: "99"), orderRow("A3"),
        ].joined(separator: "\n")
        let result = try orders(source(text))
        #expect(result.orders.map(\.order.accessionNumber) == ["A1", "A2", "A1", "A2", "A3"])
        #expect(result.faults.map(\.code) == [.accessionRepeated, .accessionTwoPatients])
        #expect(result.faults.map(\.line) == [4, 5])
        #expect(result.faults[1].message.contains("line 3, another patient"))
        #expect(result.faults.map(\.isRowKept) == [true, true])
    }

    @Test func `A warning comes right after the order that it is about`() throws {
        var reader = try CSVOrdersReader(source: source([ordersHeader, orderRow("A1"), orderRow("A1"), orderRow("A2")].joined(separator: "\n")))
        var sequence = ""
        while let item = try reader.next() {
            switch item {
            case .value: sequence += "o"
            case .fault: sequence += "f"
            }
        }
        #expect(sequence == "oofo")
    }

    @Test func `A register that is full says so once`() {
        var register = RepetitionRegister(limit: 1)
        #expect(register.note("A", of: PatientKey(patientID: "1"), line: 2) == .none)
        #expect(register.note("B", of: PatientKey(patientID: "1"), line: 3) == .full(1))
        #expect(register.note("C", of: PatientKey(patientID: "1"), line: 4) == .none)
        #expect(register.note("A", of: PatientKey(patientID: "1"), line: 5) == .line(2, isSamePatient: true))
        #expect(register.note("A", of: PatientKey(patientID: "2"), line: 6) == .line(2, isSamePatient: false))
    }

    @Test func `Cancelled orders are read as such`() throws {
        let row = orderRow("A1").replacing("completed", with: "CA")
        let result = try orders(source(ordersHeader + "\n" + row))
        #expect(result.orders.map(\.order.isCancelled) == [true])
    }
}

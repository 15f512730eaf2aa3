import Migration
import Testing

@testable import Orders

@Suite("Orders that are written as CSV")
struct CSVOrdersWriterTests {
    @Test("What is written reads back, whatever the values hold")
    func roundTrip() throws {
        let plain = Order(
            patient: PatientIdentity(patientID: "P1", issuer: "HOSP", name: "KIM^MINSU=金^民秀=김^민수", birthDate: "19500312", sex: "F"), accessionNumber: "UX00000001",
            studyInstanceUID: "1.2.3", examDate: CalendarDate("20030310"), examTime: "093000", modality: "CT", procedureDescription: "Unspecified Exam")
        var odd = Order(
            patient: PatientIdentity(patientID: #"P "2", x"#), accessionNumber: "UX00000002", examDate: nil, modality: "MR", procedureDescription: #"a, "b""#, status: "CA")
        let result = try orders(source(CSVOrdersWriter.file([plain, odd])))
        #expect(result.orders.map(\.order) == [plain, odd])
        #expect(result.faults.isEmpty)
        // What is no date and no code would break the row: it stays in the objects.
        odd.patient.birthDate = "1950"
        odd.patient.sex = "X"
        odd.patient.name = ""
        let order = try #require(try orders(source(CSVOrdersWriter.file([odd]))).orders.first?.order)
        #expect(order.patient.birthDate == "" && order.patient.sex == "" && order.isCancelled)
    }
}

import Coordination
import Ledger
import Migration
import Orders
import Testing

@testable import Console

@Suite("Requests over the operators' API", .timeLimit(.minutes(1)))
struct RequestOperationTests {
    @Test("A request names one thing; who made it is who asked")
    func subjects() async throws {
        let test = try TestDesk()
        let desk = test.desk.asked(by: "ann")
        for wrong in [MakeRequest(reason: "x"), MakeRequest(patientID: "P1", studyInstanceUID: "1.2", reason: "x"), MakeRequest(issuer: "H", accessionNumber: "A", reason: "x")] {
            let error = await #expect(throws: OperationError.self) { try await wrong.perform(at: desk) }
            #expect(error?.code == "bad-value")
        }
        let made = try await MakeRequest(patientID: "P1", issuer: "HOSP", reason: "x").perform(at: desk)
        #expect(made.madeBy == "ann" && made.patientID == "P1" && made.issuer == "HOSP" && made.state == "nothing known" && !made.automatic)
        await test.stop()
    }

    @Test("A list goes on where its page ended")
    func pages() async throws {
        let test = try TestDesk()
        for number in 1...130 { try await test.act(.request(.study("1.\(number)"), reason: "x")) }
        var list = ListRequests()
        let first = try await list.perform(at: test.desk)
        list.after = first.next
        let second = try await list.perform(at: test.desk)
        #expect((first.requests + second.requests).map(\.number) == Array(1...130))
        #expect(second.next == nil)
        let status = try await ShowStatus().perform(at: test.desk)
        #expect(status.requests.byState["nothing known"] == RequestOverview.limit)
        await test.stop()
    }
}

@Suite("The list of patients over the operators' API", .timeLimit(.minutes(1)))
struct PatientOperationTests {
    private func row(_ line: Int, _ patient: String, _ issuer: String = "") -> CSVPatientsReader.Row {
        let key = PatientKey(patientID: Identifying(patient), issuer: Identifying(issuer))
        return CSVPatientsReader.Row(line: line, patient: PatientNotice(identity: IdentityNotice(key: key)))
    }

    @Test("A row that cannot be taken costs itself, and is named by its line; more than an import may carry is refused")
    func rows() async throws {
        let test = try TestDesk()
        let known = try await ImportPatients(rows: [row(2, "P1", "HOSP"), row(3, "P1", "LAB")]).perform(at: test.desk)
        #expect(known.imported == 2 && known.refused.isEmpty)
        let rows = (4..<20).map { row($0, $0 == 7 || $0 == 19 ? "P1" : "P\($0)") }
        let count = try await ImportPatients(rows: rows).perform(at: test.desk)
        #expect(count.imported == 14)
        #expect(count.refused.map(\.line).sorted() == [7, 19])
        let error = await #expect(throws: OperationError.self) { try await ImportPatients(rows: (0...ImportOrders.limit).map { row($0, "X\($0)") }).perform(at: test.desk) }
        #expect(error?.code == "bad-value")
        await test.stop()
    }
}

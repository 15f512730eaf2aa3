import Coordination
import Ledger
import Migration
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

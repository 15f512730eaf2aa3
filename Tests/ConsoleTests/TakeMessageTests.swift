import Coordination
import Ledger
import Migration
import Testing

@testable import Console

@Suite("Messages that come through the operators' interface")
struct TakeMessageTests {
    private func order(_ accession: String, patient: String = "P1", issuer: String = "") -> HospitalNotice {
        var notice = OrderNotice(
            patient: IdentityNotice(key: PatientKey(patientID: Identifying(patient), issuer: Identifying(issuer)), name: .value("Kim^Chulsoo")), accessionNumber: accession)
        notice.modality = .value("CT")
        return .order(notice)
    }

    @Test("One order of an answer whose patient nobody can tell costs itself; a message counts as a whole; who asked is recorded")
    func answers() async throws {
        let test = try TestDesk()
        let desk = test.desk.asked(by: "kim")
        let known = HospitalMessage(sender: "RIS", notices: [order("A1", issuer: "HOSP"), order("A1", issuer: "LAB")])
        _ = try await TakeMessage(message: known).perform(at: desk)
        let others = (2...9).map { order("A\($0)", patient: "P\($0)") }
        let notices = others.prefix(3) + [order("A1")] + others.dropFirst(3)
        let taken = try await TakeMessage(message: HospitalMessage(sender: "worklist", isAnswer: true, notices: Array(notices))).perform(at: desk)
        #expect(taken.refused.count == 1 && taken.count.imported == 8)
        #expect(try desk.ledger.read { try $0.orders(page: Page()) }.count == 10)
        await #expect(throws: OperationError.self) {
            try await TakeMessage(message: HospitalMessage(sender: "RIS", notices: [order("A10"), order("A1")])).perform(at: desk)
        }
        let events = try desk.ledger.read { try $0.events(about: EventSubject(), page: Page()) }
        #expect(events.contains { $0.sentence.arguments.first == .text("worklist, asked by kim") })
        #expect(try desk.ledger.read { try $0.orders(page: Page()) }.count == 10)
        await test.stop()
    }
}

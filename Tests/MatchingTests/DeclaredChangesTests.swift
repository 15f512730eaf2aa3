import Matching
import Migration
import Testing

@Suite struct DeclaredChangesTests {
    @Test func `A matched study takes accession number and identity from its order, by tag, and nothing else`() {
        let changes = DeclaredChanges.matched(order(7, issuer: "SEVERANCE").order)
        #expect(changes.map(\.tag) == ["00080050", "00100010", "00100020", "00100021", "00100030", "00100040"])
        #expect(changes.map { $0.value.reveal() } == ["A7", "KIM^MINSU", "00012345", "SEVERANCE", "19500312", "M"])
        #expect(changes.allSatisfy { $0.rule == .order })
    }

    @Test func `What an order does not give stays as the object has it`() {
        let changes = DeclaredChanges.matched(order(7, name: "  ", birthDate: "", sex: "").order)
        #expect(changes.map(\.tag) == ["00080050", "00100020"])
    }

    @Test func `An unspecified exam says so and takes the identity of the patient's orders`() {
        let patient = order(7, birthDate: "").order.patient
        let changes = DeclaredChanges.unspecifiedExam(accessionNumber: "UX00000001", patient: patient)
        #expect(changes.map(\.tag) == ["00080050", "00100010", "00100020", "00100040", "00321060"])
        #expect(changes.first?.value == "UX00000001")
        #expect(changes.last?.value == "Unspecified Exam")
        #expect(changes.allSatisfy { $0.rule == .unspecifiedExam })
    }

    @Test func `An unspecified exam of an unknown patient keeps the object's identity`() {
        let changes = DeclaredChanges.unspecifiedExam(accessionNumber: "UX00000002", patient: nil)
        #expect(changes.map(\.tag) == ["00080050", "00321060"])
    }
}

import Migration
import Testing

@Suite("What one patient ID may have at most")
struct PatientFactsTests {
    private func facts() -> PatientFacts {
        var facts = PatientFacts()
        [UInt8]().withUnsafeBytes { facts.begin($0) }
        return facts
    }

    private func note(_ bytes: [UInt8], _ facts: inout PatientFacts) -> FactText { bytes.withUnsafeBytes { facts.note($0) } }

    @Test func `Studies and orders together are bounded`() throws {
        var facts = facts()
        let text = note([], &facts)
        let identity = IdentityFacts(name: text, birthDate: text, sex: text)
        let day = try #require(CalendarDate("19990312"))
        for _ in 1..<PatientFacts.rowLimit { facts.add(StudyFacts(isLegacy: false, day: nil, issuer: text, modalities: text, identity: identity)) }
        let order = OrderFacts(day: day, isCancelled: false, issuer: text, modality: text, identity: identity)
        facts.add(order)
        #expect(facts.excess == nil)
        facts.add(order)
        #expect(facts.excess == "more than 262144 studies and orders of their days")
        [UInt8]().withUnsafeBytes { facts.begin($0) }
        #expect(facts.excess == nil)
    }

    @Test func `Text is bounded`() {
        var facts = facts()
        let share = [UInt8](repeating: UInt8(ascii: "A"), count: 1 << 20)
        for _ in 0..<(PatientFacts.byteLimit >> 20) { _ = note(share, &facts) }
        #expect(facts.excess == nil)
        _ = note([0x41], &facts)
        #expect(facts.excess == "more than 67108864 bytes of names and other values")
    }
}

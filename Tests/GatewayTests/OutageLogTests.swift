import Testing

@testable import Gateway

@Suite struct OutageLogTests {
    @Test func `each reason of an outage is said once, and the coordinator's return`() {
        var log = OutageLog()
        let first = log.connected()
        log.heard()
        let said = ["it closed the connection", "refused", "refused", "its certificate has expired", "refused"].map { log.closed($0) }
        let back = log.connected()
        log.heard()
        let later = log.closed("refused")
        #expect(first)
        #expect(said == [true, true, false, true, false])
        #expect(back)
        #expect(later)
    }

    @Test func `a coordinator that takes connections and drops them does not fill the log`() {
        var log = OutageLog()
        var said: [Bool] = []
        for _ in 0..<2 {
            said.append(log.connected())
            said.append(log.closed("certificate expired"))
        }
        #expect(said == [true, true, false, false])
    }
}

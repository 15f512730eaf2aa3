import Testing

@testable import Gateway

@Suite struct OutageLogTests {
    @Test func `each reason of an outage is said once, and the coordinator's return`() {
        var log = OutageLog()
        #expect(log.connected())
        log.heard()
        #expect(log.closed("it closed the connection"))
        #expect(log.closed("refused"))
        #expect(!log.closed("refused"))
        #expect(log.closed("its certificate has expired"))
        #expect(!log.closed("refused"))
        #expect(log.connected())
        log.heard()
        #expect(log.closed("refused"))
    }

    @Test func `a coordinator that takes connections and drops them does not fill the log`() {
        var log = OutageLog()
        #expect(log.connected())
        #expect(log.closed("certificate expired"))
        #expect(!log.connected())
        #expect(!log.closed("certificate expired"))
    }
}

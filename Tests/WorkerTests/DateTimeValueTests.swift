import Testing

@testable import worker

@Suite struct DateTimeValueTests {
    @Test("A DT value has a year, and then as much as is known, down to the microsecond", arguments: [
        "2026", "202602", "20260228", "2024022923", "202602282359", "20260228235960", "20260228235959.1", "20260102030405.000000+0900", "2026-1200",
    ])
    func valid(text: String) {
        #expect(DateTimeValue.isValid(text))
    }

    @Test("What is no DT value, or no day or time, is none", arguments: [
        "", "yesterday", "26", "20261", "202613", "20260229", "2026022824", "202602282360", "20260228235961", "20260228235959.", "20260228235959.1234567",
        "2026+1500", "2026+09", "2026-01-02", "20260228 235959", "２０２６", "0000",
    ])
    func invalid(text: String) {
        #expect(!DateTimeValue.isValid(text))
    }
}

import Foundation
import JSONText
import Migration
import Testing

/// What is written and read by hand is what Foundation's coders write and read: ledgers and lines hold both.
struct PlainCodingTests {
    /// Texts with everything that JSON escapes, beyond ASCII, and empty.
    static let texts =
        ["", "A1", "DOE^JANE", "Ångström^Zoë", "山田^太郎", "a\"b\\c/d", "\u{1F600}", "line\nend\ttab\r", "\u{7F}\u{80}"]
        + (UInt8(0)..<0x20).map { "control \(Character(UnicodeScalar($0)))" }

    private func general(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// Both ways write the same bytes, and either reads what the other wrote.
    private func expectSame<Value: Codable & PlainCodable & Equatable>(_ value: Value) throws {
        let bytes = try general(value)
        #expect(value.jsonBytes == bytes)
        #expect(try JSONDecoder().decode(Value.self, from: Data(value.jsonBytes)) == value)
        // With an escape in it a text is left to the general way.
        if let plain = JSONReader.read(bytes) { #expect(Value(plain) == value) } else { #expect(bytes.contains(UInt8(ascii: "\\"))) }
    }

    @Test(arguments: texts)
    func textsAreWrittenAlike(_ text: String) throws {
        try expectSame(text)
        try expectSame(Coercion(tag: "00080050", value: Identifying(text), rule: .unspecifiedExam))
        let plan = SendPlan(
            coercions: [Coercion(tag: "00100010", value: Identifying(text), rule: .order)], patientID: Identifying(text), accessionNumber: text)
        try expectSame(plan)
        let patient = PatientIdentity(
            patientID: Identifying(text), issuer: "", name: Identifying(text), birthDate: "19500101", sex: Identifying(text))
        try expectSame(
            StudyHeader(
                studyInstanceUID: "1.2.3", patient: patient, studyDate: text, studyTime: "120000", accessionNumber: text,
                studyDescription: text, modalities: ["CT", text]))
        for day in [CalendarDate("19990312"), nil] {
            try expectSame(
                Order(
                    patient: patient, accessionNumber: text, studyInstanceUID: "1.2.3", examDate: day, examTime: "0930", modality: text,
                    procedureCode: text, procedureDescription: text, department: text, status: text))
        }
    }

    @Test func everyArgumentIsWrittenAlike() throws {
        let numbers: [Int64] = [0, 1, -1, 9, 10, 999_999_999_999_999_999, Int64.max, Int64.min]
        for number in numbers {
            let kinds: [SentenceArgument] = [
                .count(number), .bytes(number), .interval(Interval(milliseconds: number)), .instant(Instant(milliseconds: number)),
            ]
            let encoded = try general(kinds)
            #expect(kinds.jsonBytes == encoded)
            if number.magnitude < 1_000_000_000_000_000_000 { #expect(JSONReader.read(encoded).flatMap([SentenceArgument].init) == kinds) }
        }
        for text in Self.texts {
            try expectSame(
                Sentence("some-code", [.label(text), .worker(text), .study(text), .accession(text), .text(text), .patient(Identifying(text))]))
        }
        try expectSame(Sentence("no-arguments"))
    }

    @Test func rangesAreWrittenAndReadAlike() throws {
        for ranges in [InstanceRanges(), InstanceRanges(upTo: 1), InstanceRanges([0, 1, 2, 7, 9, 10]), InstanceRanges([InstanceRanges.highestPosition])] {
            try expectSame(ranges)
        }
        for text in ["[[1,0]]", "[[0,1],[1,2]]", "[[0]]", "[[0,1,2]]", "[0]", "[[-1,0]]", "[[0,10000001]]", "[[0,\"1\"]]", "{}"] {
            #expect(JSONReader.read(text.utf8).flatMap { InstanceRanges($0) } == nil, "\(text)")
            #expect(throws: (any Error).self, "\(text)") { try JSONDecoder().decode(InstanceRanges.self, from: Data(text.utf8)) }
        }
    }

    /// Each pair costs the same, however many there were before it.
    @Test(.timeLimit(.minutes(5))) func manyRangesAreReadAtOnce() {
        let pairs = (0..<300_000).map { 2 * $0 }
        let text = "[\(pairs.map { "[\($0),\($0)]" }.joined(separator: ","))]"
        #expect(JSONReader.read(text.utf8).flatMap { InstanceRanges($0) } == InstanceRanges(pairs))
    }

    /// What is not plain, or not JSON at all, is never read.
    @Test(arguments: [
        "", " ", "{", "[1,]", "[1 2]", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "{a:1}", "01", "-", "1.5", "1e3", "+1", "tru", "nul", "\"a",
        "\"a\\u0041\"", "\"\u{1}\"", "[1]x", "[[[[[[[[[[[[[[1]]]]]]]]]]]]]]", "9999999999999999999",
    ])
    func whatIsNotPlainIsNotRead(_ text: String) { #expect(JSONReader.read(text.utf8) == nil) }

    @Test func whatIsNoUTF8IsNotRead() { #expect(JSONReader.read([UInt8(ascii: "\""), 0xC3, UInt8(ascii: "\"")]) == nil) }

    @Test func spacesAndTheOrderOfKeysDoNotCount() {
        let value = JSONReader.read(" {\"code\" : \"a\" ,\n\"arguments\":[ {\"count\":\t-12 } ], \"more\": [true,false,null,{}] } ".utf8)
        #expect(value.flatMap { Sentence($0) } == Sentence("a", [.count(-12)]))
        #expect(value?["more"] == .list([.flag(true), .flag(false), .null, .object([])]))
    }
}

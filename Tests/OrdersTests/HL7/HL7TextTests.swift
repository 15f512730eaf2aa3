import Migration
import Testing

@testable import Orders

@Suite("Text in HL7: delimiters, escape sequences, character sets")
struct HL7TextTests {
    private func text(_ written: String) -> String {
        let delimiters = HL7Delimiters(field: UInt8(ascii: "|"), encoding: Array(#"^~\&"#.utf8)[...])
        return delimiters.map { HL7Escapes(delimiters: $0, set: HL7CharacterSet(["8859/1"]) ?? .ascii).text(of: Array(written.utf8)[...]) } ?? "none"
    }

    @Test("Escape sequences", arguments: [
        (#"a\F\b\S\c\T\d\R\e\E\f"#, #"a|b^c&d~e\f"#), (#"\X41E9\x"#, "Aéx"), (#"line\.br\line"#, "line\nline"), (#"\.in+5\x\.sp2\y"#, "x\ny"),
        (#"\H\bold\N\"#, "bold"), (#"C:\temp"#, #"C:\temp"#), (#"C:\temp\x"#, #"C:\temp\x"#), (#"\Z12\"#, #"\Z12\"#), (#"\X4\"#, #"\X4\"#), (#"\XZZ\"#, #"\XZZ\"#), (#"\X+A\"#, #"\X+A\"#),
        (#"\"#, #"\"#), (#"\\"#, #"\\"#), ("  a b  ", "a b"), (#"\E"#, #"\E"#), (#"\P\"#, "#"),
    ])
    func escapes(written: String, expected: String) {
        #expect(text(written) == expected)
    }

    @Test("Delimiters are those that the header names")
    func delimiters() throws {
        let bytes = Array("MSH$%*!?$RIS$HOSP$SKEIN$HOSP$20261123$$ORM%O01$M1$P$2.5\rPID$1$$7%%%HOSP?1.2?ISO*8%%%%XX$$O!F!K%A\rORC$NW\rOBR$1$$$C%Chest!S!Abdomen$$$$$$$$$$$$$$A7".utf8)
        let found = try #require(try order(bytes))
        #expect(found.patient.patientID.reveal() == "7")
        #expect(found.patient.issuer.reveal() == "HOSP")
        #expect(found.patient.name.reveal() == "O$K^A")
        #expect(found.procedureDescription == "Chest%Abdomen")
    }

    @Test("Delimiters that part nothing are refused", arguments: ["MSH|^^\\&|", "MSHA^~\\&A", "MSH|^~\\&#%|", "MSH||", "MSH", "MSH|^1\\&|", "MSH ^~\\& "])
    func wrongDelimiters(text: String) {
        let bytes = Array(text.utf8)
        #expect((try? HL7Header(of: bytes[...])) == nil)
        #expect((try? HL7Header(of: Array("MSH|^~\\&#|".utf8)[...])) != nil, "five are those of HL7 v2.7")
    }

    @Test("A segment may end with CR LF or LF")
    func lineEnds() throws {
        for end in ["\r", "\n", "\r\n"] {
            let bytes = Array([header(), pid, orc, obr].joined(separator: end).utf8)
            #expect(try order(bytes)?.accessionNumber == "A7")
        }
    }

    @Test("Beside CR, LF is part of a value, but where a segment's name follows")
    func lineFeeds() throws {
        #expect(try order(message(pid, orc, obr.replacing("Chest CT", with: "Chest\n\nCT\n")))?.procedureDescription == "Chest  CT ")
        #expect(try read(Array("\([header(), pid, orc, obr].joined(separator: "\r"))\nORC|CA\n\(obr)\r".utf8)).notices.count == 2)
        #expect(fault(message(pid, "orders", orc, obr))?.code == .segmentSequence)
    }

    /// `김민수` in EUC-KR, and by ISO 2022 in seven bits with the same numbers.
    private static let korean: [UInt8] = [0xB1, 0xE8, 0xB9, 0xCE, 0xBC, 0xF6]

    private func name(_ name: [UInt8], in set: String) -> String? {
        let bytes = Array(header(type: "ADT^A08", rest: "||||||\(set)").utf8) + Array("\rPID|1||7||".utf8) + name + Array("^|".utf8)
        guard case .identity(let notice)? = try? read(bytes).notices.first else { return nil }
        return notice.name.over("", nothing: "").reveal()
    }

    @Test("Character sets of table 0211", arguments: [
        ("KS X 1001", korean, "김민수"), ("KS X 1001", [0x1B, 0x24, 0x29, 0x43] + korean, "김민수"), ("~KS X 1001", [0x1B, 0x24, 0x29, 0x43] + korean, "김민수"),
        ("KS X 1001", [0x8C, 0x63, 0xB9, 0xCE], "똠민"), ("UNICODE UTF-8", Array("김민수".utf8), "김민수"), ("UNICODE", Array("Ä".utf8), "Ä"), ("8859/1", [0xC4], "Ä"),
        ("8859/15", [0xA4], "€"), ("8859/5", [0xB0], "А"), ("8859/7", [0xC1], "Α"), ("8859/13", [0xC4], "Ä"), ("GB 18030-2000", [0xD6, 0xD0], "中"), ("BIG-5", [0xA4, 0xA4], "中"),
        ("~ISO IR87", [0x1B, 0x24, 0x42, 0x3B, 0x33, 0x45, 0x44, 0x1B, 0x28, 0x42], "山田"), ("ISO IR14~ISO IR87", [0xD4, 0xCF, 0xC0, 0xDE], "ﾔﾏﾀﾞ"), ("ASCII", Array("Kim".utf8), "Kim"),
        ("ASCII", [0xC4], nil), ("", [0xC4], nil), ("UNICODE UTF-8", [0xC4], nil), ("KS X 1001", [0xFF, 0xFF], nil), ("8859/12", [0xC4], nil), ("UNICODE UTF-16", [0x41], nil),
    ] as [(String, [UInt8], String?)])
    func characterSets(name: String, bytes: [UInt8], text: String?) {
        #expect(self.name(bytes, in: name) == text)
    }

    @Test("What a message is written in that declares nothing is configuration")
    func assumed() throws {
        var conventions = HL7Conventions()
        conventions.characterSet = try #require(HL7CharacterSet(["KS X 1001"]))
        let bytes = Array(header(type: "ADT^A08").utf8) + Array("\rPID|1||7||".utf8) + Self.korean
        guard case .identity(let notice)? = try read(bytes, conventions).notices.first else { return #expect(Bool(false), "no identity") }
        #expect(notice.name == .value("김민수"))
        #expect(fault(bytes)?.place == HL7Fault.Place("MSH", field: 18))
    }

    @Test("A moment without zone is in the zone that is assumed; of an hour that the clocks show twice it is in the second one", arguments: [
        ("20261123101500", "Asia/Seoul", "20261123011500+0000"), ("20261123101500+0100", "Asia/Seoul", "20261123091500+0000"),
        ("20260702120000", "Europe/Berlin", "20260702100000+0000"), ("20261025013000", "Europe/Berlin", "20261024233000+0000"),
        ("20261025023000", "Europe/Berlin", "20261025013000+0000"), ("20261025033000", "Europe/Berlin", "20261025023000+0000"),
        ("20260329023000", "Europe/Berlin", "20260329013000+0000"), ("20261123101500", "UTC", "20261123101500+0000"),
    ])
    func zones(text: String, zone: String, utc: String) throws {
        #expect(HL7Moment(text, assuming: try #require(HL7TimeZone(zone)))?.instant == HL7Moment(utc)?.instant)
        #expect(HL7TimeZone("Asia/Nowhere") == nil)
    }

    @Test("Moments", arguments: [
        ("20030310", 1_047_254_400_000, nil), ("200303100930", 1_047_288_600_000, "093000"), ("20030310093015.1234+0900", 1_047_256_215_123, "093015"),
        ("19700101000000", 0, "000000"), ("20000229235960-0100", 951_872_400_000, "235960"),
    ] as [(String, Int64, String?)])
    func moments(text: String, milliseconds: Int64, time: String?) {
        #expect(HL7Moment(text)?.instant.milliseconds == milliseconds)
        #expect(HL7Moment(text)?.time == time)
    }

    @Test("What is no moment", arguments: ["", "2003", "200303", "20030310093", "20030231", "2003031025", "20030310093015+25", "20030310+1500", "2003-03-10", "x", "200303100930.a"])
    func noMoments(text: String) {
        #expect(HL7Moment(text) == nil)
    }
}

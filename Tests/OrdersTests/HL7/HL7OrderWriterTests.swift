import DICOM
import Migration
import Testing

@testable import Orders

@Suite("Orders that are written as HL7")
struct HL7OrderWriterTests {
    private static let moment = Instant(milliseconds: 1_763_900_000_000)

    private func exam(_ name: String = "KIM^MINSU=金^民秀=김^민수", status: String = "") -> Order {
        Order(
            patient: PatientIdentity(patientID: "00012345", issuer: "HOSP", name: Identifying(name), birthDate: "19500312", sex: "M"), accessionNumber: "UX00000001",
            studyInstanceUID: "1.2.3", examDate: CalendarDate("20030310"), examTime: "093000", modality: "CT", procedureDescription: "Unspecified Exam", status: status)
    }

    private func written(_ order: Order, _ change: (inout HL7OrderConventions) -> Void = { _ in }) throws -> [UInt8]? {
        var conventions = HL7OrderConventions()
        conventions.receivingApplication = "RIS"
        change(&conventions)
        return try #require(HL7OrderWriter(conventions)).message(order, controlID: "UX00000001-1", madeAt: Self.moment)
    }

    @Test("What is written reads back as the same order, in each message and set", arguments: HL7OrderConventions.Message.allCases, ["UNICODE UTF-8", "KS X 1001"])
    func roundTrip(message: HL7OrderConventions.Message, set: String) throws {
        let bytes = try #require(try written(exam()) { ($0.message, $0.characterSet) = (message, set) })
        let found = try order(bytes)
        var expected = exam()
        (expected.procedureCode, expected.status) = ("UNSPECIFIED", "NW")
        #expect(found?.patient == expected.patient)
        #expect(found?.accessionNumber == expected.accessionNumber && found?.studyInstanceUID == expected.studyInstanceUID)
        #expect(found?.examDate == expected.examDate && found?.examTime == expected.examTime && found?.modality == expected.modality)
        #expect(found?.procedureCode == expected.procedureCode && found?.procedureDescription == expected.procedureDescription)
        #expect(found?.isCancelled == false)
        let cancel = try #require(try written(exam(status: "CA")) { ($0.message, $0.characterSet) = (message, set) })
        #expect(try order(cancel)?.isCancelled == true)
    }

    @Test("The bytes are those that the standard's places say, the same each time")
    func bytes() throws {
        let text = String(decoding: try #require(try written(exam("KIM^MINSU"))), as: UTF8.self)
        #expect(text.split(separator: "\r") == [
            #"MSH|^~\&|SKEIN||RIS||20251123121320+0000||ORM^O01^ORM_O01|UX00000001-1|P|2.5||||||UNICODE UTF-8"#,
            "PID|1||00012345^^^HOSP^MR||KIM^MINSU^^^^^L^A||19500312|M", "PV1|1|U",
            "ORC|NW|UX00000001^SKEIN|UX00000001^SKEIN||SC||^^^20030310093000",
            "OBR|1|UX00000001^SKEIN|UX00000001^SKEIN|UNSPECIFIED^Unspecified Exam^L||||||||||||||UX00000001|UX00000001|UX00000001||||CT|||^^^20030310093000|||||||||20030310093000",
            "ZDS|1.2.3^^Application^DICOM",
        ])
        #expect(HL7Moment(HL7Moment.text(of: Self.moment))?.instant == Instant(milliseconds: Self.moment.milliseconds / 1000 * 1000))
        #expect(try written(exam()) == written(exam()))
    }

    @Test("Korean names are in the bytes of KS X 1001, without escape sequences")
    func korean() throws {
        let bytes = try #require(try written(exam()) { $0.characterSet = "KS X 1001" })
        // 김민수 in KS X 1001.
        #expect(bytes.firstRange(of: [0xB1, 0xE8, UInt8(ascii: "^"), 0xB9, 0xCE, 0xBC, 0xF6]) != nil)
        #expect(!bytes.contains(0x1B))
    }

    @Test("A character that the set lacks is written as nothing else: there is no message", arguments: [
        ("8859/1", "KIM^MINSU=金^民秀"), ("ASCII", "MÜLLER^JÖRG"), ("KS X 1001", "KIM==똠^방각하"), ("KS X 1001", "MÜLLER"),
    ])
    func unwritable(set: String, name: String) throws {
        #expect(try written(exam(name)) { $0.characterSet = set } == nil)
        #expect(try written(exam(name)) != nil)
    }

    @Test("What fits is written: Latin in 8859/1; sets with escape sequences are for reading alone")
    func writable() throws {
        #expect(try #require(try written(exam("MÜLLER^JÖRG")) { $0.characterSet = "8859/1" }).contains(0xDC))
        for set in ["ISO IR87", "ISO IR14", "nonsense"] {
            var conventions = HL7OrderConventions()
            conventions.characterSet = set
            #expect(HL7OrderWriter(conventions) == nil, "\(set)")
        }
    }

    @Test("Delimiters in values are escaped and come back; control characters become spaces")
    func escapes() throws {
        var odd = exam("O&NEIL^A|B~C")
        odd.patient.patientID = "12|34^5\r6"
        let found = try order(try #require(try written(odd)))
        #expect(found?.patient.name.reveal() == "O&NEIL^A|B~C")
        #expect(found?.patient.patientID.reveal() == "12|34^5 6")
    }

    @Test("Prefix and suffix of a name stand where XPN has them, and come back")
    func nameParts() throws {
        let bytes = try #require(try written(exam("KIM^MINSU^M^Dr^Jr")))
        #expect(String(decoding: bytes, as: UTF8.self).contains("|KIM^MINSU^M^Jr^Dr^^L^A|"))
        #expect(try order(bytes)?.patient.name.reveal() == "KIM^MINSU^M^Dr^Jr")
    }

    private func reply(_ lines: String...) throws -> HL7Reply? {
        try #require(HL7OrderWriter(HL7OrderConventions())).reply(Array(([#"MSH|^~\&|RIS||SKEIN||2026||ACK|R1|P|2.5"#] + lines).joined(separator: "\r").utf8))
    }

    @Test("A reply is read for its code and its message; the receiver's words are a patient's, perhaps")
    func replies() throws {
        let accepted = try #require(try reply("MSA|AA|UX00000001-1"))
        #expect(accepted.meaning == .accepted && accepted.controlID == "UX00000001-1" && accepted.summary == "AA")
        #expect(try reply("MSA|CA|X")?.meaning == .accepted)
        let refused = try #require(try reply("MSA|AE|X", "ERR||PID^1^3|204^Kim unknown^HL70357|E||||patient Kim is unknown"))
        #expect(refused.meaning == .error && refused.summary == "AE, condition 204 (unknown key identifier), at PID-3")
        #expect(refused.words.reveal() == "patient Kim is unknown")
        let odd = try #require(try reply("MSA|AR|X|no Kim", "ERR||Kim^Minsu|Kim"))
        #expect(odd.meaning == .rejected && odd.summary == "AR" && odd.words.reveal() == "no Kim")
        #expect(try reply("MSA|ZZ|X") == nil)
        #expect(try reply("MSA|AA") == nil)
        #expect(try reply("EVN|AA|X") == nil)
        let writer = try #require(HL7OrderWriter(HL7OrderConventions()))
        #expect(writer.reply([]) == nil)
        #expect(writer.reply(Array("nonsense".utf8)) == nil)
    }

    @Test("Our own port takes what we write, and its replies are read")
    func ownPort() throws {
        let bytes = try #require(try written(exam()))
        let header = try HL7Header(of: bytes[...])
        let taken = try #require(HL7Acknowledgement(header: header, fault: nil).bytes(controlID: "S1", at: Self.moment))
        let writer = try #require(HL7OrderWriter(HL7OrderConventions()))
        #expect(writer.reply(taken)?.meaning == .accepted)
        let fault = HL7Fault(.internalError, "nothing can be recorded")
        let refused = try #require(HL7Acknowledgement(header: header, fault: fault).bytes(controlID: "S1", at: Self.moment))
        #expect(writer.reply(refused).map { [$0.summary, $0.controlID] } == ["AR, condition 207 (application internal error)", "UX00000001-1"])
    }
}

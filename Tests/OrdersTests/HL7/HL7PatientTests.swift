import Migration
import Testing

@testable import Orders

@Suite("Patients in HL7")
struct HL7PatientTests {
    private func patient(_ pid: String, _ conventions: HL7Conventions = HL7Conventions()) throws -> PatientIdentity? {
        guard case .identity(let notice)? = try read(message(pid, header: header(type: "ADT^A08^ADT_A01")), conventions).notices.first else { return nil }
        return notice.applied(to: PatientIdentity(patientID: ""))
    }

    @Test("Repetitions of the name become component groups", arguments: [
        ("KIM^MINSU^^JR^DR", "KIM^MINSU^^DR^JR"), ("KIM&VAN^MINSU", "KIM^MINSU"), ("김^민수", "김^민수"), ("KIM^MINSU~金^民秀~김^민수", "KIM^MINSU=金^民秀=김^민수"),
        ("김^민수^^^^^L^P~KIM^MINSU^^^^^L^A", "KIM^MINSU==김^민수"), ("NICK^^^^^^N~KIM^MINSU^^^^^L", "KIM^MINSU"), ("MAIDEN^^^^^^M", "MAIDEN"), ("~~KIM", "KIM"),
        ("O\\T\\Neill^A", "O&Neill^A"),
    ])
    func names(xpn: String, pn: String) throws {
        #expect(try patientInUnicode("PID|1||7||\(xpn)")?.name.reveal() == pn)
    }

    private func patientInUnicode(_ pid: String) throws -> PatientIdentity? {
        let bytes = message(pid, header: header(type: "ADT^A08", rest: "||||||UNICODE UTF-8"))
        guard case .identity(let notice)? = try read(bytes).notices.first else { return nil }
        return notice.applied(to: PatientIdentity(patientID: ""))
    }

    @Test("Of several identifiers the medical record number counts, or that of the configured authority", arguments: [
        ("7^^^A^SS~8^^^B^MR~9^^^C^PI", nil, "8", "B"), ("7^^^A^SS~9^^^C^PI", nil, "9", "C"), ("7^^^A^SS", nil, "7", "A"), ("7~8^^^B^XX", nil, "7", ""),
        ("7^^^A^SS~8^^^B^MR~9^^^C&1.2.3&ISO^PI", "C", "9", "C"), ("8^^^B^MR~9^^^&1.2.3&ISO", "1.2.3", "9", "1.2.3"),
        ("9^^^HOSP&1.2.3&ISO", "1.2.3", "9", "1.2.3"), ("9^^^HOSP&1.2.3&ISO", "HOSP", "9", "HOSP"),
    ] as [(String, String?, String, String)])
    func identifiers(cx: String, authority: String?, patientID: String, issuer: String) throws {
        var conventions = HL7Conventions()
        conventions.assigningAuthority = authority
        let found = try patient("PID|1||\(cx)||KIM", conventions)
        #expect(found?.patientID.reveal() == patientID)
        #expect(found?.issuer.reveal() == issuer)
    }

    @Test("Without an identifier of the configured authority there is no patient")
    func otherAuthority() {
        var conventions = HL7Conventions()
        conventions.assigningAuthority = "HOSP"
        let found = fault(message("PID|1||8^^^LAB^MR||KIM", header: header(type: "ADT^A08")), conventions)
        #expect(found?.code == .requiredField)
        #expect(found?.place == HL7Fault.Place("PID", field: 3))
    }

    @Test("Several identifiers of one type are the configuration's to choose among", arguments: ["8^^^A^MR~9^^^B^MR", "8~9", "8^^^A^XX~9^^^A^SS"])
    func several(cx: String) throws {
        let found = fault(message("PID|1||\(cx)||KIM", header: header(type: "ADT^A08")))
        #expect(found?.text == "PID-3: has several patient IDs of one type: hl7.assigning-authority in the configuration says whose counts")
        #expect(try patient("PID|1||8^^^A^MR~8^^^A^MR||KIM")?.patientID.reveal() == "8")
    }

    @Test("Sexes and birth dates", arguments: [("M", "M"), ("f", "F"), ("A", "O"), ("U", ""), ("", "")])
    func sexes(code: String, sex: String) throws {
        let found = try patient("PID|1||7||KIM||195003121400+0900|\(code)")
        #expect(found?.sex.reveal() == sex)
        #expect(found?.birthDate.reveal() == "19500312")
    }

    @Test("A merge names both patients; several stand one after the other")
    func merges() throws {
        let bytes = message("EVN|A40|20261123", "PID|1||7^^^HOSP||KIM", "MRG|8^^^HOSP", "PID|2||9||LEE", "PV1|1", "MRG|10", header: header(type: "ADT^A40^ADT_A39"))
        let pairs = try read(bytes).notices.compactMap { notice -> [String]? in
            guard case .merge(let former, let survivor) = notice else { return nil }
            return [former.patientID.reveal(), survivor.key.patientID.reveal()]
        }
        #expect(pairs == [["8", "7"], ["10", "9"]])
    }

    @Test("A merge that is none is refused", arguments: [
        ([pid], 101, "MRG", nil), ([pid, pid, "MRG|8"], 101, "MRG", nil), (["MRG|8", pid], 100, "MRG", nil), ([pid, "MRG|00012345^^^HOSP"], 102, "MRG", 1),
        ([pid, "MRG|"], 101, "MRG", 1), ([], 101, "PID", nil),
    ] as [([String], Int, String, Int?)])
    func noMerge(segments: [String], code: Int, segment: String, field: Int?) {
        let bytes = Array(([header(type: "ADT^A40")] + segments).joined(separator: "\r").utf8)
        let found = fault(bytes)
        #expect(found?.code.rawValue == code)
        #expect(found?.place?.segment == segment)
        #expect(found?.place?.field == field)
    }
}

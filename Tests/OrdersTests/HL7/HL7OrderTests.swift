import Migration
import Testing

@testable import Orders

@Suite("Orders in HL7")
struct HL7OrderTests {
    private let patient = PatientIdentity(patientID: "00012345", issuer: "HOSP", name: "KIM^MINSU", birthDate: "19500312", sex: "M")

    @Test("ORM^O01 as IHE writes it")
    func orm() throws {
        let bytes = message(pid, "PV1|1|O", "ORC|NW|P1|F1||SC||||||||||||RAD^Radiology", obr, "ZDS|1.2.840.1^^Application^DICOM")
        let expected = Order(
            patient: patient, accessionNumber: "A7", studyInstanceUID: "1.2.840.1", examDate: CalendarDate("20030310"), examTime: "093000",
            modality: "CT", procedureCode: "C100", procedureDescription: "Chest CT", department: "Radiology", status: "SC")
        #expect(try order(bytes) == expected)
        let said = try read(bytes)
        #expect(said.saidAt == Instant(milliseconds: 1_795_428_900_000))
        #expect(said.sender == "RIS, HOSP")
    }

    @Test("OMI^O23 with IPC: steps of one accession number are one order, others are orders of their own")
    func omi() throws {
        let obr = "OBR|1|P1|F1|C100^Chest CT"
        let bytes = message(
            pid, orc, "TQ1|1||||||200303100930", obr, "IPC|A7|RP1|1.2.840.1|SPS1|PT", "IPC|A7|RP1|1.2.840.1|SPS2|CT", "IPC|A8|RP2|1.2.840.2|SPS3|MR",
            header: header(type: "OMI^O23^OMI_O23"))
        let notices = try read(bytes).notices.compactMap { notice -> Order? in
            guard case .order(let order) = notice else { return nil }
            return order.applied(to: nil)
        }
        #expect(notices.map(\.accessionNumber) == ["A7", "A8"])
        #expect(notices.map(\.modality) == ["CT", "MR"])
        #expect(notices.map(\.studyInstanceUID) == ["1.2.840.1", "1.2.840.2"])
        #expect(notices.map(\.examDate) == [CalendarDate("20030310"), CalendarDate("20030310")])
        #expect(notices.map(\.examTime) == ["093000", "093000"])
    }

    @Test("Several orders of one message, each with its own request")
    func several() throws {
        let bytes = message(pid, orc, obr, "NTE|1||note", "ORC|CA|P2|F2", "OBR|2|P2|F2|C200^MR||||||||||||||A8||||||MR")
        let orders = try read(bytes).notices.compactMap { if case .order(let order) = $0 { order.applied(to: nil) } else { nil } }
        #expect(orders.map(\.accessionNumber) == ["A7", "A8"])
        #expect(orders.map(\.isCancelled) == [false, true])
    }

    @Test("Control code and status tell whether an order holds", arguments: [
        ("NW", "", "NW"), ("XO", "IP", "IP"), ("CA", "IP", "CA"), ("OC", "", "CA"), ("DC", "", "DC"), ("OD", "", "DC"), ("SC", "CA", "CA"), ("SC", "DC", "DC"),
        ("SC", "RP", "CA"), ("SC", "CM", "CM"), ("RU", "", "CA"),
    ])
    func control(code: String, status: String, expected: String) throws {
        #expect(try order(message(pid, "ORC|\(code)|P1|F1||\(status)", obr))?.status == expected)
    }

    @Test("Empty fields say nothing, two quotes say that there is nothing")
    func changes() throws {
        let known = try #require(try order(message(pid, orc, obr, "ZDS|1.2.840.1")))
        let bytes = message(#"PID|1||00012345^^^HOSP^MR||||""|"#, "ORC|SC|P1|F1", #"OBR|1|||^||||||||||||||A7||||||MR||||||||||||"""#)
        guard case .order(let notice)? = try read(bytes).notices.first else { return #expect(Bool(false), "no order") }
        let after = notice.applied(to: known)
        #expect(after.patient == PatientIdentity(patientID: "00012345", issuer: "HOSP", name: "KIM^MINSU", birthDate: "", sex: "M"))
        #expect(after.modality == "MR")
        #expect(after.examDate == nil)
        #expect(after.procedureDescription == "Chest CT")
        #expect(after.studyInstanceUID == "1.2.840.1")
        #expect(after.status == "NW")
    }

    @Test("Where values stand is configuration")
    func places() throws {
        var conventions = HL7Conventions()
        conventions.accessionNumber = [try #require(HL7Path("OBR-3")), try #require(HL7Path("ORC-3"))]
        conventions.examDate = [try #require(HL7Path("OBR-27.4"))]
        conventions.modality = [try #require(HL7Path("OBR-4.4"))]
        conventions.studyInstanceUID = []
        let found = try order(message(pid, "ORC|NW|P1|F9", "OBR|1|P1||C100^Chest^L^CR|||||||||||||||||||||||^^^20030311"), conventions)
        #expect(found?.accessionNumber == "F9")
        #expect(found?.examDate == CalendarDate("20030311"))
        #expect(found?.examTime == "")
        #expect(found?.modality == "CR")
        for text in ["OBR", "OBR-0", "obr-1", "OBR-1.0", "OBR-1.1.1", "OBR-256", "OBR-999", "18", ""] { #expect(HL7Path(text) == nil, "\(text)") }
    }

    @Test("What cannot be an order is refused, with segment and field", arguments: [
        (message(orc, obr), 101, "PID", nil), (message(pid, obr), 101, "ORC", nil), (message(pid, pid, orc, obr), 100, "PID", nil),
        (message(pid, orc, obr, obr), 100, "OBR", nil), (message("PID|1||||KIM", orc, obr), 101, "PID", 3),
        (message(pid, orc, "OBR|1|P1|F1|C100"), 101, "OBR", 18), (message(pid, orc), 101, "OBR", 18),
        (message(pid, orc, "OBR|1|||C||||||||||||||ACCESSION-NUMBER-17"), 102, "OBR", 18),
        (message(pid, orc, #"OBR|1|||C||||||||||||||A\E\7"#), 102, "OBR", 18),
        (message(pid, "ORC||P1", obr), 101, "ORC", 1), (message(pid, "ORC|UC|P1", obr), 103, "ORC", 1), (message(pid, "ORC|ZZ|P1", obr), 103, "ORC", 1),
        (message("PID|1||7||KIM||1950|M", orc, obr), 102, "PID", 7), (message("PID|1||7||KIM||19500231|M", orc, obr), 102, "PID", 7),
        (message("PID|1||7||KIM|||W", orc, obr), 103, "PID", 8), (message(#"PID|1||7||KIM\S\X"#, orc, obr), 102, "PID", 5),
        (message("PID|1||" + String(repeating: "7", count: 65), orc, obr), 102, "PID", 3),
        (message("PID|1||7||" + String(repeating: "K", count: 65), orc, obr), 102, "PID", 5),
        (message(pid, orc, obr, "ZDS|1.2.840.X"), 102, "ZDS", 1), (message(pid, orc, obr.replacing("20030310", with: "20031310")), 102, "OBR", 36),
        (message(pid, orc, obr, "not a segment"), 100, "", nil),
    ] as [([UInt8], Int, String, Int?)])
    func refused(bytes: [UInt8], code: Int, segment: String, field: Int?) {
        let found = fault(bytes)
        #expect(found?.code.rawValue == code)
        #expect(found?.place?.segment ?? "" == segment)
        #expect(found?.place?.field == field)
    }

    @Test("The header decides first", arguments: [
        (header(type: "ORU^R01"), 200, 9), (header(type: "ADT^A01"), 201, 9), (header(type: ""), 101, 9), (header(version: "3.0"), 203, 12),
        (header(version: ""), 101, 12), (header(at: "yesterday"), 102, 7), (header(rest: "||continued"), 102, 14), (header(rest: "||||||EBCDIC"), 103, 18),
        (#"MSH|^~\&|RIS|HOSP|SKEIN|HOSP|20261123||ORM^O01||P|2.5"#, 101, 10), (#"MSH|^~\&|RIS|HOSP|SKEIN|HOSP|20261123||ORM^O01|M1|T|2.5"#, 202, 11),
    ])
    func refused(header: String, code: Int, field: Int) {
        let found = fault(message(pid, orc, obr, header: header))
        #expect(found?.code.rawValue == code)
        #expect(found?.place == HL7Fault.Place("MSH", field: field))
    }

    @Test("No fault shows a value")
    func discreet() {
        for bytes in [message("PID|1||7||KIM||SECRET|M", orc, obr), message("PID|1||7||KIM|||SECRET", orc, obr), message(#"PID|1||SEC\E\RET"#, orc, obr)] {
            let text = fault(bytes)?.text
            #expect(text != nil)
            #expect(text?.contains("SEC") == false)
        }
    }

    @Test("Who sent a message is told by names alone, without its control ID, and within a bound")
    func sender() throws {
        let long = String(repeating: "X", count: 200)
        let bytes = message(pid, orc, obr, header: header().replacing("|RIS|", with: "|\(long)|").replacing("|M1|", with: "|00012345-7|"))
        #expect(try read(bytes).sender == "\(String(repeating: "X", count: HL7Limits.senderName)), HOSP")
    }

    @Test("A cancel that names placer's or filler's number alone is one; without any number, or where it cancels nothing, it is refused")
    func cancelByNumber() throws {
        let bare = "OBR|1|||C100"
        guard case .cancel(let cancel)? = try read(message(pid, "ORC|CA|P1^RIS|F1", bare)).notices.first else { return #expect(Bool(false), "no cancel") }
        #expect(cancel.numbers == ["P P1^RIS", "F F1^"] && cancel.status == "CA" && cancel.patient == PatientKey(patientID: "00012345", issuer: "HOSP"))
        #expect(throws: HL7Fault.self) { try read(message(pid, "ORC|CA", bare)) }
        #expect(throws: HL7Fault.self) { try read(message(pid, "ORC|XO|P1|F1", bare)) }
        #expect(throws: HL7Fault.self) { try read(message(pid, "ORC|CA|P1|F1", #"OBR|1|P1|F1|C100||||||||||||||"""#)) }
        guard case .order(let order)? = try read(message(pid, "ORC|NW", obr)).notices.first else { return #expect(Bool(false), "no order") }
        #expect(order.numbers == ["P P1^", "F F1^"])
    }
}

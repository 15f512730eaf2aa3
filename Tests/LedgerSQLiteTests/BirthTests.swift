import Ledger
@testable import LedgerSQLite
import Matching
import Migration
import Testing

@Suite("Who was born when")
struct BirthTests {
    private static func patient(_ id: String, _ birthDate: String, name: String = "KIM^MINSU") -> PatientIdentity {
        PatientIdentity(patientID: Identifying(id), name: Identifying(name), birthDate: Identifying(birthDate))
    }

    private static func order(_ number: Int, _ patient: PatientIdentity) -> Order {
        Order(patient: patient, accessionNumber: "A\(number)", examDate: nil, modality: "CT")
    }

    private static func study(_ uid: String, _ patient: PatientIdentity) -> StudyHeader { StudyHeader(studyInstanceUID: uid, patient: patient) }

    @Test("Patients are found by their birth date, however it is written, from orders and from what was said of them")
    func patients() throws {
        let day = try #require(CalendarDate("19610203"))
        try SQLiteLedger().write { tx in
            let written = [("1", "19610203"), ("2", "1961.02.03"), ("3", "1961-02-03"), ("4", "19610204"), ("5", ""), ("1", "19610203")]
            for (number, (id, birthDate)) in written.enumerated() { _ = try tx.insertOrder(Self.order(number, Self.patient(id, birthDate)), saidAt: nil) }
            for (id, birthDate) in [("6", Stated.value(Identifying("19610203"))), ("7", .none), ("8", .unsaid)] {
                try tx.putIdentity(IdentityRecord(notice: IdentityNotice(key: PatientKey(patientID: Identifying(id)), birthDate: birthDate), saidAt: nil))
            }
            #expect(try tx.patients(bornOn: day, limit: 4)?.map { $0.patientID.reveal() } == ["1", "2", "3", "6"])
            #expect(try tx.patients(bornOn: day, limit: 3) == nil)
            #expect(try tx.patients(bornOn: #require(CalendarDate("19610205")), limit: 3) == [])
            var changed = try #require(try tx.orders(ofPatient: "2").first)
            changed.order.patient.birthDate = "19610204"
            try tx.updateOrder(changed)
            #expect(try tx.patients(bornOn: day, limit: 4)?.map { $0.patientID.reveal() } == ["1", "3", "6"])
        }
    }

    @Test("The orders of one patient of all tests are not read to their end")
    func manyOrders() throws {
        let day = try #require(CalendarDate("19610203"))
        try SQLiteLedger().write { tx in
            for number in 0..<33 { _ = try tx.insertOrder(Self.order(number, Self.patient("1", "19610203")), saidAt: nil) }
            #expect(try tx.patients(bornOn: day, limit: 3)?.count == 1)
            #expect(try tx.patients(bornOn: day, limit: 2) == nil)
        }
    }

    @Test("A day is crowded as soon as its patients are too many, or their orders, and no longer")
    func crowded() throws {
        let day = try #require(CalendarDate("19610203"))
        try SQLiteLedger().write { tx in
            for number in 0..<3 { _ = try tx.insertOrder(Self.order(number, Self.patient("\(number)", "19610203")), saidAt: nil) }
            #expect(try !tx.isCrowded(day, limit: 3) && tx.isCrowded(day, limit: 2))
            for number in 3..<33 { _ = try tx.insertOrder(Self.order(number, Self.patient("1", "19610203")), saidAt: nil) }
            #expect(try tx.isCrowded(day, limit: 2) && !tx.isCrowded(day, limit: 3))
            for limit in [2, 3] { #expect(try tx.isCrowded(day, limit: limit) == (tx.patients(bornOn: day, limit: limit) == nil)) }
            #expect(try !tx.wasCrowded(day))
            try tx.noteCrowded(day, true)
            #expect(try tx.wasCrowded(day))
            try tx.noteCrowded(day, false)
            #expect(try !tx.wasCrowded(day))
        }
    }

    @Test("The orders of exactly one identity are counted, no further than asked for")
    func orderCount() throws {
        try SQLiteLedger().write { tx in
            for number in 0..<3 { _ = try tx.insertOrder(Self.order(number, Self.patient("1", "19610203")), saidAt: nil) }
            _ = try tx.insertOrder(Self.order(4, Self.patient("1", "19610203", name: "LEE^\"YOUNG\"/\u{1B}김")), saidAt: nil)
            #expect(try tx.orderCount(of: Self.patient("1", "19610203"), limit: 2) == 2)
            #expect(try tx.orderCount(of: Self.patient("1", "19610203", name: "LEE^\"YOUNG\"/\u{1B}김"), limit: 2) == 1)
            #expect(try tx.orderCount(of: Self.patient("1", "19610204"), limit: 2) == 0)
        }
    }

    @Test("The birth date of objects is that which the rest of the program reads, however it is written")
    func studies() throws {
        let written = [
            "19610203", " 19610203", "19610203  ", "1961.02.03", "1961-02-03 ", "1961-02.03", "19610203\u{0}", "1961020", "196102031", "19610230", "20000229", "19000229",
            "", "  ", "00000000", "19000101", "1900.01.01", "19010101", "19111111", "18000101", "YYYYMMDD", "19610203x", "1961 02 03", "\t19610203", "１９６１０２０３", "99991231", "16000229",
        ]
        try SQLiteLedger().write { tx in
            #expect(try !tx.hasStudies() && !tx.hasStudiesWithoutBirthday())
            for (number, text) in written.enumerated() { _ = try tx.insertStudy(Self.study("1.\(number)", Self.patient("P\(number)", text))) }
            #expect(try tx.hasStudies())
            for (number, text) in written.enumerated() {
                let day = Self.patient("", text).birthday
                let lacks = try tx.hasStudiesWithoutBirthday(ofPatients: ["X", Identifying("P\(number)")])
                guard let day else { #expect(lacks, "\(text)"); continue }
                #expect(!lacks || !text.allSatisfy(\.isASCII) || text.contains { !$0.isNumber } || text.hasSuffix("0229"), "\(text)")
                #expect(try tx.studies(bornOn: day, limit: 99).map(\.header.studyInstanceUID).contains("1.\(number)"), "\(text)")
            }
            #expect(try tx.studies(bornOn: #require(CalendarDate("19610203")), limit: 2).count == 2)
        }
    }
}

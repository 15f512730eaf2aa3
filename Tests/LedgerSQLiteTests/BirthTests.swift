import Ledger
@testable import LedgerSQLite
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

    @Test("Studies are found by the birth date in their objects, and those without by that of their orders")
    func studies() throws {
        let day = try #require(CalendarDate("19610203"))
        try SQLiteLedger().write { tx in
            #expect(try !tx.hasStudies())
            for (uid, birthDate) in [("1.1", "19610203"), ("1.2", ""), ("1.3", "1961.02.03"), ("1.4", "19610204")] {
                _ = try tx.insertStudy(Self.study(uid, Self.patient("1", birthDate)))
            }
            _ = try tx.insertOrder(Self.order(1, Self.patient("1", "19610203")), saidAt: nil)
            #expect(try tx.hasStudies())
            #expect(try tx.studies(bornOn: day, limit: 9).map(\.header.studyInstanceUID) == ["1.1", "1.3"])
            #expect(try tx.studies(bornOn: day, limit: 1).count == 1)
            #expect(try tx.studiesWithoutBirthDate(ofPatientsBornOn: day, limit: 9).map(\.header.studyInstanceUID) == ["1.2"])
        }
    }
}

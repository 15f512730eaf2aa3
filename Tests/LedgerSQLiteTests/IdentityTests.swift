import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("What messages told of patients and orders is kept")
struct IdentityTests {
    private let moment = Instant(milliseconds: 1_795_428_900_000)

    @Test("An identity is read back by patient ID and issuer, and the newest writing counts")
    func identities() throws {
        let ledger = try SQLiteLedger()
        let key = PatientKey(patientID: " 7 ", issuer: "HOSP")
        try ledger.write { tx in
            try tx.putIdentity(IdentityRecord(notice: IdentityNotice(key: key, name: .value("KIM"), sex: .value("M")), saidAt: nil))
            try tx.putIdentity(IdentityRecord(notice: IdentityNotice(key: key, name: .value("金"), birthDate: .none), saidAt: moment))
            let found = try tx.identity(of: PatientKey(patientID: "7", issuer: " HOSP"))
            #expect(found == IdentityRecord(notice: IdentityNotice(key: key, name: .value("金"), birthDate: .none), saidAt: moment))
            #expect(try tx.identity(of: PatientKey(patientID: "7")) == nil)
            let other = IdentityRecord(notice: IdentityNotice(key: PatientKey(patientID: "7"), sex: .value("F")), saidAt: moment)
            try tx.putIdentity(other)
            try tx.putIdentity(IdentityRecord(notice: IdentityNotice(key: PatientKey(patientID: "70")), saidAt: nil))
            #expect(try tx.identities(ofPatient: " 7") == [other, try #require(found)])
        }
    }

    @Test("An identity is written in a form that a later program reads")
    func form() throws {
        let notice = IdentityNotice(key: PatientKey(patientID: "7", issuer: "HOSP"), name: .value("KIM"), birthDate: .none)
        let text = #"{"birthDate":[null],"key":{"issuer":"HOSP","patientID":"7"},"name":["KIM"],"sex":[]}"#
        #expect(try Coding.json(notice) == text)
        #expect(try Coding.decode(IdentityNotice.self, text) == notice)
    }

    @Test("What a list said is kept beside what messages said, and a ledger of an earlier program tells a list by its moment")
    func lists() throws {
        let ledger = try SQLiteLedger()
        let key = PatientKey(patientID: "7", issuer: "HOSP")
        let listed = IdentityWord(notice: IdentityNotice(key: key, name: .value("LEE"), birthDate: .value("19600101")), saidAt: moment)
        let told = IdentityWord(notice: IdentityNotice(key: key, name: .value("KIM")), saidAt: nil)
        let both = IdentityRecord(told: told, listed: listed, formerNames: ["PARK"])
        #expect(both.notice == IdentityNotice(key: key, name: .value("KIM"), birthDate: .value("19600101")))
        try ledger.write { tx in
            try tx.putIdentity(both)
            #expect(try tx.identity(of: key) == both)
            // Found by what both say together.
            #expect(try tx.patients(bornOn: #require(CalendarDate("19600101")), limit: 9)?.map(\.name) == ["KIM"])
            // A program that did not tell them apart wrote it so.
            try tx.putIdentity(IdentityRecord(notice: listed.notice, saidAt: IdentityRecord.beforeMessages))
            let found = try #require(try tx.identity(of: key))
            #expect(found.listed == IdentityWord(notice: listed.notice, saidAt: IdentityRecord.beforeMessages))
            #expect(found.told == IdentityWord(notice: IdentityNotice(key: key), saidAt: nil))
        }
    }

    @Test("Merges of a patient ID come in the order of their issuers, and one can be taken back")
    func merges() throws {
        let ledger = try SQLiteLedger()
        let survivor = PatientKey(patientID: "9", issuer: "HOSP")
        let merges = ["", "HOSP", "LAB"].map { MergeRecord(former: PatientKey(patientID: "7", issuer: Identifying($0)), survivor: survivor, saidAt: $0 == "LAB" ? moment : nil) }
        try ledger.write { tx in
            for merge in merges.reversed() { try tx.putMerge(merge) }
            #expect(try tx.merges(ofPatient: "7 ") == merges)
            try tx.removeMerge(of: merges[1].former)
            try tx.putMerge(MergeRecord(former: merges[0].former, survivor: PatientKey(patientID: "10"), saidAt: moment))
            #expect(try tx.merges(ofPatient: "7").map(\.survivor.patientID.trimmed) == ["10", "9"])
        }
    }

    @Test("An order keeps the moment of the newest message about it")
    func moments() throws {
        let ledger = try SQLiteLedger()
        let order = Order(patient: PatientIdentity(patientID: "7"), accessionNumber: "A7", examDate: nil, modality: "CT")
        try ledger.write { tx in
            var record = try tx.insertOrder(order, saidAt: moment)
            #expect(try tx.order(record.id)?.saidAt == moment)
            record.saidAt = nil
            try tx.updateOrder(record)
            #expect(try tx.orders(accessionNumber: "A7") == [record])
        }
    }
}

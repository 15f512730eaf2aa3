import Ledger
@testable import LedgerSQLite
import Migration
import Testing

@Suite("Requests are kept, and found by patient, study and accession number while they are open")
struct RequestStoreTests {
    private let ledger: SQLiteLedger
    private let moment = Instant(milliseconds: 1_795_428_900_000)

    init() throws { ledger = try SQLiteLedger() }

    private func request(_ subject: RequestSubject, patient: PatientKey? = nil, isAutomatic: Bool = false, expires: Instant? = nil) -> RequestRecord {
        RequestRecord(
            subject: subject, patient: patient, day: CalendarDate("20030210"), isAutomatic: isAutomatic, madeBy: "ann", reason: "Frau Müller wartet",
            madeAt: moment, expires: expires)
    }

    @Test("What is written is read back, and an ended request is found by its number and in the list of all alone")
    func readBack() throws {
        let key = PatientKey(patientID: "7", issuer: "HOSP")
        try ledger.write { tx in
            var patient = try tx.insertRequest(request(.patient(key), patient: key))
            let study = try tx.insertRequest(request(.study("1.2.3"), isAutomatic: true, expires: moment + .minutes(1)))
            let exam = try tx.insertRequest(request(.exam("ACC7"), patient: key))
            #expect([patient, study, exam].map(\.id.number) == [1, 2, 3])
            #expect(try tx.request(RequestID(2)) == study)
            #expect(try tx.openRequests(ofPatient: " 7 ") == [patient, exam])
            #expect(try tx.openRequests(study: "1.2.3") == [study])
            #expect(try tx.openRequests(accessionNumber: "ACC7") == [exam])
            #expect(try tx.openRequests(ofPatient: "").isEmpty && tx.openRequests(study: "").isEmpty && tx.openRequests(accessionNumber: "").isEmpty)
            #expect(try tx.newestRequestsOfPersons(limit: 9) == [exam, patient] && tx.newestRequestsOfPersons(limit: 1) == [exam])
            #expect(try tx.requests(.open, page: Page(after: RequestID(1))) == [study, exam])
            #expect(try tx.openRequestCount(isAutomatic: true) == 1 && tx.openRequestCount(isAutomatic: false) == 2)
            #expect(try tx.requestsToEnd(at: moment, limit: 9).isEmpty)
            #expect(try tx.requestsToEnd(at: moment + .minutes(1), limit: 9) == [study])
            patient.patient = PatientKey(patientID: "8")
            patient.endedAt = moment
            try tx.updateRequest(patient)
            #expect(try tx.request(patient.id) == patient)
            #expect(try tx.openRequests(ofPatient: "7") == [exam] && tx.openRequests(ofPatient: "8").isEmpty)
            #expect(try tx.requests(.all, page: Page()) == [patient, study, exam])
        }
        #expect(try ledger.read { try $0.hasOpenRequests() })
    }

    @Test("What was asked for is written in a form that a later program reads")
    func form() throws {
        let forms: [(RequestSubject, String)] = [
            (.patient(PatientKey(patientID: "7", issuer: "HOSP")), #"{"patient":{"_0":{"issuer":"HOSP","patientID":"7"}}}"#), (.study("1.2"), #"{"study":{"_0":"1.2"}}"#),
            (.exam("A7"), #"{"exam":{"_0":"A7"}}"#),
        ]
        for (subject, text) in forms {
            #expect(try Coding.json(subject) == text)
            #expect(try Coding.decode(RequestSubject.self, text) == subject)
        }
    }

    @Test("Where none is open, none is found")
    func none() throws {
        try ledger.write { tx in
            #expect(try !tx.hasOpenRequests())
            var one = try tx.insertRequest(request(.study("1.2.3")))
            #expect(try tx.hasOpenRequests())
            one.endedAt = moment
            try tx.updateRequest(one)
            #expect(try !tx.hasOpenRequests())
        }
    }

    @Test("Media that were never read are told by label; copies of what was read are not among them")
    func unreadMedia() throws {
        let march = try #require(CalendarDate("20030310"))
        try ledger.write { tx in
            for (label, from, to) in [("B", "20030301", "20030331"), ("A", "20030310", ""), ("C", "20030401", "20030430"), ("D", "", ""), ("E", "20030401", "20030301")] {
                _ = try tx.insertMedium(ExpectedMedium(label: label, kind: .cd, dateFrom: CalendarDate(from), dateTo: CalendarDate(to)))
            }
            var read = try tx.insertMedium(ExpectedMedium(label: "F", kind: .cd, dateFrom: march, dateTo: march))
            read.state = .read
            read.closedGrant = GrantNumber(1)
            try tx.updateMedium(read)
            _ = try tx.insertMedium(ExpectedMedium(label: "G", kind: .cd, dateFrom: march, dateTo: march, copyOf: "F"))
            #expect(try tx.unreadMedia().map(\.label) == ["A", "B", "C", "D", "E"])
        }
    }

    @Test("Studies are found by the accession number that their objects bear, and by that which is to be written")
    func accessionNumbers() throws {
        try ledger.write { tx in
            var header = StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "7"))
            header.accessionNumber = "OLD"
            var borne = try tx.insertStudy(header)
            borne.plan = SendPlan(coercions: [], patientID: "7", accessionNumber: "NEW")
            try tx.updateStudy(borne)
            header.studyInstanceUID = "1.2"
            _ = try tx.insertStudy(header)
            #expect(try tx.studies(accessionNumber: "OLD", limit: 9).map(\.header.studyInstanceUID) == ["1.1", "1.2"])
            #expect(try tx.studies(accessionNumber: "NEW", limit: 9).map(\.header.studyInstanceUID) == ["1.1"])
            #expect(try tx.studies(accessionNumber: "OLD", limit: 1).count == 1)
            #expect(try tx.studies(accessionNumber: "", limit: 9).isEmpty)
        }
    }

    @Test("The legacy index is found by patient and accession number, and merges by the surviving patient")
    func others() throws {
        try ledger.write { tx in
            for (uid, patient, accession) in [("1.2", "7", "A1"), ("1.1", "7", ""), ("1.3", "8", "A1")] {
                var header = StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: Identifying(patient)))
                header.accessionNumber = accession
                try tx.writeLegacyStudy(LegacyStudy(header: header, mediumLabel: "CD \(uid)"))
            }
            #expect(try tx.legacyStudies(ofPatient: " 7", limit: 9).map(\.mediumLabel) == ["CD 1.1", "CD 1.2"])
            #expect(try tx.legacyStudies(accessionNumber: "A1", limit: 9).map(\.header.studyInstanceUID) == ["1.2", "1.3"])
            #expect(try tx.legacyStudies(accessionNumber: "", limit: 9).isEmpty)
            let survivor = PatientKey(patientID: "9")
            for former in ["5", "3"] { try tx.putMerge(MergeRecord(former: PatientKey(patientID: Identifying(former)), survivor: survivor, saidAt: nil)) }
            #expect(try tx.merges(into: "9", limit: 9).map { $0.former.patientID.reveal() } == ["3", "5"])
            #expect(try tx.merges(into: "9", limit: 1).count == 1)
        }
    }

    @Test("A setting is written, changed and taken away")
    func settings() throws {
        try ledger.write { tx in
            #expect(try tx.setting(.rules) == nil)
            try tx.writeSetting("one", as: .rules)
            try tx.writeSetting("two", as: .rules)
            #expect(try tx.setting(.rules) == "two" && tx.setting(.review) == nil)
            try tx.writeSetting(nil, as: .rules)
            #expect(try tx.setting(.rules) == nil)
        }
    }
}

import Foundation
import GRDB
import Ledger
@testable import LedgerSQLite
import Matching
import Migration
import Testing

@Suite("A walk over all patients, and what is counted on it")
struct WalkTests {
    private func tally(_ ledger: any Ledger) throws -> SimulationTally { try WalkHospital.tally(ledger) }

    private func whole(_ tally: SimulationTally) -> SimulationCounts { tally.result.reduce(into: SimulationCounts()) { $0 += $1.counts } }

    @Test("It counts what the matcher says of each study, for the same reasons", arguments: 1...100 as ClosedRange<UInt64>)
    func sameRule(seed: UInt64) throws {
        let hospital = WalkHospital(seed: seed)
        let ledger = try SQLiteLedger()
        try hospital.enter(into: ledger)
        let cells = try tally(ledger).result.map { (WalkHospital.place($0.modality, $0.year), $0.counts) }
        let expected = hospital.cells(ModalityMapping())
        #expect(expected.values.reduce(0) { $0 + $1.total } == 90)
        #expect(Dictionary(uniqueKeysWithValues: cells) == expected)
    }

    @Test("Each kind of verdict occurs in these hospitals, so that the comparison says something")
    func kinds() throws {
        var sum = SimulationCounts()
        for seed in 1...30 as ClosedRange<UInt64> {
            let ledger = try SQLiteLedger()
            try WalkHospital(seed: seed).enter(into: ledger)
            sum += whole(try tally(ledger))
        }
        for count in [sum.matched, sum.severalOrders, sum.competingStudies, sum.contradiction, sum.patientIDBlank, sum.patientUnknown,
            sum.studyDateMissing, sum.noOrder] { #expect(count > 5, "\(sum)") }
    }

    @Test("A study of the legacy index that was read counts once, as it was read")
    func onceEach() throws {
        let ledger = try SQLiteLedger()
        let patient = PatientIdentity(patientID: "P1")
        try ledger.write { tx in
            _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: patient, studyDate: "19990312", modalities: ["CT"]))
            for (uid, patient) in [("1.1", "P9"), ("1.2", "P1")] {
                let header = StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: Identifying(patient)), studyDate: "20000312", modalities: ["MR"])
                try tx.writeLegacyStudy(LegacyStudy(header: header))
            }
        }
        let tally = try tally(ledger)
        #expect(tally.legacyStudies == 1)
        var unknown = SimulationCounts()
        unknown.patientUnknown = 1
        #expect(tally.result == [SimulationCell(modality: "CT", year: 1999, counts: unknown), SimulationCell(modality: "MR", year: 2000, counts: unknown)])
    }

    @Test("Studies without a patient ID come in shares, and the others patient by patient in the order of their bytes")
    func shares() throws {
        let ledger = try SQLiteLedger()
        let share = SQLiteTransaction.blankShare
        try ledger.write { tx in
            for number in 0..<(2 * share + 1) {
                let blank = StudyHeader(studyInstanceUID: "1.\(number)", patient: PatientIdentity(patientID: number % 2 == 0 ? "" : "  "))
                if number % 3 == 0 { _ = try tx.insertStudy(blank) } else { try tx.writeLegacyStudy(LegacyStudy(header: blank)) }
            }
            for (number, patient) in ["b", "B", "가", "b"].enumerated() {
                _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "2.\(number)", patient: PatientIdentity(patientID: Identifying(patient))))
            }
        }
        var sizes: [Int] = []
        try ledger.read { try $0.walkPatients { sizes.append($0.studies.count) } }
        #expect(sizes == [share, share, 1, 1, 2, 1])
        #expect(whole(try tally(ledger)).patientIDBlank == 2 * share + 1)
    }

    @Test("A walk holds no writer up, and sees what was there when it began", .timeLimit(.minutes(5)))
    func besideWriter() throws {
        let folder = LedgerFolder()
        let ledger = try SQLiteLedger(path: folder.ledger)
        try WalkHospital(seed: 1).enter(into: ledger)
        var seen = 0
        try ledger.read { reader in
            try reader.walkPatients { patient in
                seen += patient.studies.count
                try ledger.write { _ = try $0.insertStudy(StudyHeader(studyInstanceUID: "9.\(seen)", patient: PatientIdentity(patientID: "Z"))) }
            }
        }
        #expect(seen == 90)
        #expect(whole(try tally(ledger)).total > 90)
        try ledger.close()
    }

    @Test("A walk reads its indices alone, in their order")
    func plan() throws {
        let folder = LedgerFolder()
        let statements = QueryPlanTests.Statements()
        let ledger = try SQLiteLedger(path: folder.ledger) { statements.add($0) }
        _ = statements.take()
        try ledger.read { try $0.walkPatients { _ in } }
        let queries = statements.take().filter { $0.hasPrefix("SELECT patient_id") }
        #expect(queries.count == 3)
        for query in queries {
            let steps = try QueryPlanTests.plan(of: query, in: folder.ledger)
            #expect(steps[0].hasPrefix("SEARCH") && steps[0].contains("_matching"), "\(steps)")
            #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
            #expect(try rowsRead(by: query, in: folder.ledger).isEmpty)
        }
        try ledger.close()
    }

    /// What of the program of `query` reads rows of a table, or computes what an index has.
    private func rowsRead(by query: String, in path: String) throws -> [String] {
        let tables = try DatabaseQueue(path: path).read {
            try Int.fetchSet($0, sql: "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name IN ('study', 'hospital_order', 'legacy_study')")
        }
        let program = try QueryPlanTests.program(of: query, in: path)
        let cursors = Set(program.filter { $0.code == "OpenRead" && tables.contains($0.second) }.map(\.first))
        let reading = program.filter { ["Column", "Rowid", "SeekRowid", "NotExists", "FinishSeek"].contains($0.code) && cursors.contains($0.first) }
        return (reading + program.filter { $0.code.contains("Func") }).map(\.code)
    }

    @Test("What leases and results write to a study computes nothing of what matching compares")
    func writtenBesideIndex() throws {
        let folder = LedgerFolder()
        let statements = QueryPlanTests.Statements()
        let ledger = try SQLiteLedger(path: folder.ledger) { statements.add($0) }
        let study = try ledger.write { try $0.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1"))).id }
        _ = statements.take()
        try ledger.write { tx in
            try tx.noteLease(of: study, Sentence("granted"))
            try tx.updateProgress(StudyProgress(state: .sent), of: study)
        }
        let updates = statements.take().filter { $0.hasPrefix("UPDATE study") }
        #expect(updates.count == 2)
        for update in updates {
            let codes = try QueryPlanTests.program(of: update, in: folder.ledger).map(\.code)
            #expect(codes.contains("MakeRecord") && !codes.contains { $0.contains("Func") }, "\(codes)")
        }
        try ledger.close()
    }

    @Test("A patient ID with more than may be compared ends the walk with the limit's name, and nothing else")
    func excess() throws {
        let ledger = try SQLiteLedger()
        let order = { (number: Int) in
            Order(
                patient: PatientIdentity(patientID: "P1", issuer: Identifying("I\(number)")), accessionNumber: "A\(number)", examDate: CalendarDate("19990312"),
                modality: "CT", status: "")
        }
        try ledger.write { tx in
            _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1"), studyDate: "19990312", modalities: ["CT"]))
            for number in 1...PatientFacts.issuerLimit { _ = try tx.insertOrder(order(number), saidAt: nil) }
        }
        #expect(whole(try tally(ledger)).severalOrders == 1)
        try ledger.write { _ = try $0.insertOrder(order(0), saidAt: nil) }
        let error = #expect(throws: LedgerError.self) { _ = try tally(ledger) }
        #expect(error?.code == .limit)
        #expect(error?.message.contains("more than 1000 issuers") == true && error?.message.contains("P1") == false)
    }

    @Test("A study whose list of modalities is broken ends the walk, and does not count as one without modalities")
    func brokenModalities() throws {
        let folder = LedgerFolder()
        let ledger = try SQLiteLedger(path: folder.ledger)
        try ledger.write { tx in
            _ = try tx.insertStudy(StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P1"), modalities: ["CT"]))
        }
        try DatabaseQueue(path: folder.ledger).write { db in
            try db.execute(sql: "UPDATE study SET header = json_set(header, '$.modalities', 'CT')")
        }
        let error = #expect(throws: LedgerError.self) { _ = try tally(ledger) }
        #expect(error?.code == .corrupt)
        try ledger.close()
    }

    @Test("A study of the legacy index is read back as it was written, and written again is the one study")
    func legacyStore() throws {
        let ledger = try SQLiteLedger()
        let patient = PatientIdentity(patientID: "P1", issuer: "SEV", name: "KIM^MINSU=金^民秀", birthDate: "19500312", sex: "M")
        var header = StudyHeader(
            studyInstanceUID: "1.2", patient: patient, studyDate: "19990312", studyTime: "093000", accessionNumber: "A1", studyDescription: "흉부",
            modalities: ["CT", "SR"])
        let first = LegacyStudy(header: header, instanceCount: 120, mediumLabel: "DLT001")
        header.studyDate = ""
        header.modalities = []
        let second = LegacyStudy(header: header)
        try ledger.write { tx in
            #expect(try tx.legacyStudy(uid: "1.2") == nil)
            try tx.writeLegacyStudy(first)
            #expect(try tx.legacyStudy(uid: "1.2") == first)
            try tx.writeLegacyStudy(second)
            #expect(try tx.legacyStudy(uid: "1.2") == second)
        }
        #expect(try tally(ledger).legacyStudies == 1)
    }
}

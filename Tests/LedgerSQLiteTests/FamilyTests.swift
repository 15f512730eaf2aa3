import Ledger
import LedgerSQLite
import Migration
import Testing

@Suite("Families of patient IDs in the ledger") struct FamilyTests {
    private static func header(_ uid: String, _ patient: String) -> StudyHeader {
        var header = StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: Identifying(patient)), studyDate: "19990312", modalities: ["CR"])
        header.bodyParts = ["KNEE"]
        header.lateralities = ["L", "R"]
        header.otherNames = "김^민수"
        return header
    }

    /// Whatever zeros stand before a number, it is that number.
    private static func family(_ patient: Identifying) -> [Identifying] {
        let number = String(patient.trimmed.drop { $0 == "0" })
        return ["00" + number, "0" + number, number].map { Identifying($0) }
    }

    private static func ledger() throws -> SQLiteLedger {
        let ledger = try SQLiteLedger()
        try ledger.write { tx in
            for (number, patient) in ["7", "07 ", "9", "", "x"].enumerated() { _ = try tx.insertStudy(header("1.\(number)", patient)) }
            for (number, patient) in ["007", "5", "9"].enumerated() { try tx.writeLegacyStudy(LegacyStudy(header: header("2.\(number)", patient))) }
            // It was read since.
            try tx.writeLegacyStudy(LegacyStudy(header: header("1.2", "9")))
            for patient in ["007", "7", "5", "6"] {
                _ = try tx.insertOrder(
                    Order(patient: PatientIdentity(patientID: Identifying(patient)), accessionNumber: "A" + patient, examDate: nil, modality: "CR"), saidAt: nil)
            }
        }
        return ledger
    }

    @Test("Each family comes once, with all its studies, read and unread, and all its orders; whose ID is blank is of none")
    func walk() throws {
        var found: [(String, [String], [String])] = []
        try Self.ledger().read { reader in
            try reader.walkFamilies(behind: "", Self.family) { family in
                found.append((family.leader.reveal(), family.studies.map(\.header.studyInstanceUID), family.orders.map(\.order.accessionNumber)))
                return true
            }
        }
        #expect(found.map(\.0) == ["007", "5", "9", "x"])
        #expect(found.map(\.1) == [["2.0", "1.1", "1.0"], ["2.1"], ["1.2", "2.2"], ["1.4"]])
        #expect(found.map(\.2) == [["A007", "A7"], ["A5"], [], []])
    }

    @Test("A walk stops when it is told to, and goes on behind the family where it stopped")
    func pages() throws {
        let ledger = try Self.ledger()
        var leaders: [String] = []
        var last = Identifying("")
        for _ in 1...6 {
            try ledger.read { reader in
                try reader.walkFamilies(behind: last, Self.family) { family in
                    leaders.append(family.leader.reveal())
                    last = family.leader
                    return false
                }
            }
        }
        #expect(leaders == ["007", "5", "9", "x"])
    }

    @Test("What is evidence is kept of a study of the legacy index, and of one that was read")
    func evidence() throws {
        try Self.ledger().read { reader in
            let studies = try reader.knownStudies(ofPatient: "9")
            #expect(studies.map(\.isLegacy) == [false, true])
            for study in studies { #expect(study.header == Self.header(study.header.studyInstanceUID, "9")) }
        }
    }
}

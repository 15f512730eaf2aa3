import Coordination
import Ledger
import Migration
import Testing

@Suite("The legacy archive's own index")
struct LegacyIndexTests {
    private func study(_ uid: String, patient: String = "P1") -> LegacyStudy {
        LegacyStudy(header: StudyHeader(studyInstanceUID: uid, patient: PatientIdentity(patientID: Identifying(patient)), studyDate: "20030210", modalities: ["CT"]))
    }

    private func counts(_ answer: Answer) -> [SentenceArgument]? {
        guard case .done(let sentence) = answer, sentence.code == SentenceCode.legacyStudiesImported.rawValue else { return nil }
        return sentence.arguments
    }

    @Test("Imported again it is updated by Study Instance UID, and what did not change is told as such")
    func update() throws {
        var bench = try Bench()
        #expect(counts(bench.act(.importLegacyStudies([study("1.1"), study("1.2")]))) == [.count(2), .count(0), .count(0)])
        #expect(counts(bench.act(.importLegacyStudies([study("1.1"), study("1.2", patient: "P2"), study("1.3")]))) == [.count(1), .count(1), .count(1)])
        #expect(try bench.ledger.write { try $0.legacyStudy(uid: "1.2") } == study("1.2", patient: "P2"))
        #expect(try bench.ledger.read { try $0.verifyChain() } == .whole(count: 2))
    }

    @Test("It is no study that was read: nothing is matched, held or sent for it")
    func noStudy() throws {
        var bench = try Bench()
        bench.act(.importOrders([Bench.order("ACC1")]))
        bench.act(.importLegacyStudies([study("1.1")]))
        #expect(try bench.ledger.read { try $0.studies(StudyFilter(), page: Page()) }.isEmpty)
    }

    @Test("More than an import may carry, or one without a UID, is refused and changes nothing")
    func refused() throws {
        var bench = try Bench()
        let many = (0...OperatorAction.importLimit).map { study("1.\($0)") }
        guard case .refused(let error) = bench.act(.importLegacyStudies(many)) else { return #expect(Bool(false)) }
        #expect(error.code == .tooMany)
        guard case .refused(let other) = bench.act(.importLegacyStudies([study("1.1"), study("")])) else { return #expect(Bool(false)) }
        #expect(other.code == .badValue)
        #expect(try bench.ledger.write { try $0.legacyStudy(uid: "1.1") } == nil)
        var dayless = study("1.2")
        for (date, isTaken) in [("20030231", false), ("2003", false), ("", true)] {
            dayless.header.studyDate = date
            #expect((counts(bench.act(.importLegacyStudies([dayless]))) != nil) == isTaken, "\(date)")
        }
    }
}

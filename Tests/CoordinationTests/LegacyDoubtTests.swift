import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What the legacy archive's own index has against a study that was read")
struct LegacyDoubtTests {
    private static let order = Bench.order("ACC1")

    /// The index's row of the standard study: three images of P1, and nothing else unless it is said.
    private static func listed(
        _ uid: String = "1.1", patient: String = "P1", issuer: String = "", name: String = "", birthDate: String = "", sex: String = "", count: Int? = 3,
        medium: String = "", day: String = "20030210"
    ) -> LegacyStudy {
        let identity = PatientIdentity(
            patientID: Identifying(patient), issuer: Identifying(issuer), name: Identifying(name), birthDate: Identifying(birthDate), sex: Identifying(sex))
        return LegacyStudy(
            header: StudyHeader(studyInstanceUID: uid, patient: identity, studyDate: day, modalities: ["CT"]), instanceCount: count, mediumLabel: medium)
    }

    /// A bench that knows the order of the standard study and has nothing to wait for; disc A is in the list.
    private func bench(_ policies: Policies = Policies()) throws -> (Bench, WorkerID) {
        var bench = try Bench(Bench.configuration(policies))
        bench.expect("A")
        bench.act(.importOrders([Self.order]))
        let worker = bench.enrol("gateway1")
        return (bench, worker)
    }

    /// What becomes of the standard study, whichever comes first: the index or the disc.
    private func verdict(_ listed: LegacyStudy, _ study: StudyInventory = Bench.study("1.1"), _ policies: Policies = Policies()) throws -> HoldReason? {
        let reasons = try [true, false].map { isIndexFirst in
            var (bench, worker) = try bench(policies)
            if isIndexFirst { bench.act(.importLegacyStudies([listed])) }
            bench.read("A", [study], by: worker)
            if !isIndexFirst { bench.act(.importLegacyStudies([listed])) }
            let record = try bench.study("1.1")
            #expect((record.progress.state == .ready) == (record.holdReason == nil))
            return record.holdReason
        }
        #expect(reasons[0] == reasons[1], "the outcome depends on what came first")
        return reasons[0]
    }

    @Test("Another patient ID, issuer, name, birth date or sex in the index holds the study, whichever comes first")
    func anotherPatient() throws {
        #expect(try verdict(Self.listed()) == nil)
        #expect(try verdict(Self.listed(patient: " P1 ", name: "KIM^CHULSOO", birthDate: "19600101", sex: "M")) == nil)
        #expect(try verdict(Self.listed(patient: "P2")) == .legacyPatient)
        #expect(try verdict(Self.listed(name: "Lee^Younghee")) == .legacyPatient)
        #expect(try verdict(Self.listed(birthDate: "19600102")) == .legacyPatient)
        #expect(try verdict(Self.listed(sex: "F")) == .legacyPatient)
        // What is empty, or in another script, says nothing.
        #expect(try verdict(Self.listed(patient: "", name: "金^哲洙")) == nil)
        var issued = Bench.study("1.1")
        issued.header.patient.issuer = "HOSP"
        #expect(try verdict(Self.listed(issuer: "LAB"), issued) == .legacyPatient)
        #expect(try verdict(Self.listed(issuer: "HOSP"), issued) == nil)
        #expect(try verdict(Self.listed("1.2", patient: "P2")) == nil)
    }

    @Test("Another number of images holds it, each way with a sentence of its own; a number that the index lacks says nothing")
    func counts() throws {
        #expect(try verdict(Self.listed(count: 4)) == .legacyListsMore)
        #expect(try verdict(Self.listed(count: 2)) == .legacyListsFewer)
        #expect(try verdict(Self.listed(count: nil)) == nil)
        #expect(try verdict(Self.listed(count: 0)) == nil)
        var (bench, worker) = try bench()
        bench.act(.importLegacyStudies([Self.listed(count: 4)]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.legacyListsMore, [.count(4), .count(3)]))
        bench.act(.importLegacyStudies([Self.listed(count: 2)]))
        #expect(try bench.study("1.1").progress.sentence == Sentence(.legacyListsFewer, [.count(2), .count(3)]))
        bench.act(.importLegacyStudies([Self.listed()]))
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("With the policy to ignore the index nothing is held for it, and another policy counts after a restart")
    func ignored() throws {
        let policies = Policies(legacyIndex: .ignore)
        #expect(try verdict(Self.listed(patient: "P2"), Bench.study("1.1"), policies) == nil)
        #expect(try verdict(Self.listed(count: 9), Bench.study("1.1"), policies) == nil)
        var (bench, worker) = try bench()
        bench.act(.importLegacyStudies([Self.listed(count: 9)]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").holdReason == .legacyListsMore)
        bench.configuration.policies.legacyIndex = .ignore
        bench.restart()
        bench.pass(.seconds(9))
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.configuration.policies.legacyIndex = .hold
        bench.restart()
        bench.pass(.seconds(9))
        #expect(try bench.study("1.1").holdReason == .legacyListsMore)
    }

    @Test("Images that the index lists are awaited from the disc that it names, or any of the day, and then a person decides")
    func waiting() throws {
        var (bench, worker) = try bench()
        bench.act(.importMedia([
            ExpectedMedium(label: "B", kind: .cd), ExpectedMedium(label: "C", kind: .cd, dateFrom: CalendarDate("20030101"), dateTo: CalendarDate("20031231")),
        ]))
        bench.act(.importLegacyStudies([Self.listed(count: 9, medium: "C")]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.waitingForListed, [.count(9), .count(3), .label("C")]))
        bench.read("C", [Bench.study("1.1", instances: 3, from: 4)], by: worker)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.waitingForListed, [.count(9), .count(6), .label("B")]))
        bench.act(.excludeMedium(label: "B", reason: "broken"))
        bench.tick()
        #expect(try bench.study("1.1").holdReason == .legacyListsMore)
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(try bench.study("1.1").flags.isEmpty)
        #expect(bench.lease(worker).items.reduce(0) { $0 + $1.instances.count } == 6)
    }

    @Test("A study without a patient ID waits for no medium: what waits is looked at again by patient")
    func blank() throws {
        var (bench, worker) = try bench(Policies(patientLevelFailed: .unspecifiedExam))
        bench.expect("B")
        bench.act(.importLegacyStudies([Self.listed(patient: "", count: 9)]))
        bench.read("A", [Bench.study("1.1", patient: "")], by: worker)
        #expect(try bench.study("1.1").holdReason == .legacyListsMore)
        bench.read("B", [Bench.study("1.1", patient: "", instances: 6, from: 4)], by: worker)
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("Files that could not be read count as known: what the policy for incomplete studies lets go is not held for them")
    func unreadable() throws {
        for (count, reason) in [(4, HoldReason?.none), (5, .legacyListsMore)] {
            var (bench, worker) = try bench(Policies(incomplete: .send))
            bench.act(.importLegacyStudies([Self.listed(count: count)]))
            bench.read("A", [Bench.study("1.1")], unreadable: [Bench.cut("IMAGES/4", study: "1.1", instance: "1.1.1.4")], by: worker)
            #expect(try bench.study("1.1").holdReason == reason, "\(count)")
        }
    }

    @Test("The index may know the number that the hospital merged the objects' one into, and the name that it gave before")
    func merged() throws {
        var (bench, worker) = try bench()
        let survivor = IdentityNotice(key: PatientKey(patientID: "P2"), name: .value("Park^Chulsoo"))
        func say(_ notice: HospitalNotice) { _ = bench.process(.message(HospitalMessage(sender: "ADT", notices: [notice]))) }
        bench.act(.importLegacyStudies([Self.listed(patient: "P2", name: "Park^Chulsoo")]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").holdReason == .legacyPatient)
        say(.merge(former: PatientKey(patientID: "P1"), survivor: survivor))
        #expect(try bench.study("1.1").holdReason == nil)
        #expect(try bench.study("1.1").plan?.patientID.reveal() == "P2")
        // Another survivor than the index says is another patient.
        bench.act(.importLegacyStudies([Self.listed(patient: "P3")]))
        #expect(try bench.study("1.1").holdReason == .legacyPatient)
    }

    @Test("After a person's decision, or a grant, a doubt that comes up is not lost: what is not sent yet stays back, and the study is flagged")
    func settled() throws {
        var (bench, worker) = try bench()
        bench.act(.importOrders([Bench.order("ACC7", patient: "P9")]))
        bench.read("A", [Bench.study("1.1"), Bench.study("1.2", patient: "P7")], by: worker)
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC7"))
        bench.act(.importLegacyStudies([Self.listed("1.2", patient: "P8")]))
        #expect(try bench.study("1.2").holdReason == .legacyPatient)
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC7"))
        #expect(try bench.study("1.2").holdReason == nil)
        // What the index says besides is no news; another difference is.
        bench.act(.importLegacyStudies([Self.listed("1.2", patient: "P8", day: "20030304")]))
        #expect(try bench.study("1.2").holdReason == nil)
        bench.act(.importLegacyStudies([Self.listed("1.2", patient: "P9", sex: "M")]))
        #expect(try bench.study("1.2").holdReason == .legacyPatient)
        bench.act(.assign(studyInstanceUID: "1.2", accessionNumber: "ACC7"))
        #expect(try bench.study("1.2").holdReason == nil)

        let item = try #require(bench.lease(worker).items.first { $0.studyInstanceUID == "1.1" })
        bench.act(.importLegacyStudies([Self.listed(patient: "P2")]))
        bench.verify(item, worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.study("1.1").flags.contains("legacy-patient"))
    }

    @Test("A study that was sent before the index listed more of it is flagged until the rest is read too, and the rest goes")
    func sentBefore() throws {
        var (bench, worker) = try bench()
        bench.expect("B")
        bench.act(.importOrders([Self.order]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.sendAll(worker)
        bench.act(.importLegacyStudies([Self.listed(count: 6)]))
        #expect(try bench.study("1.1").flags == ["legacy-lists-more"])
        bench.read("B", [Bench.study("1.1", instances: 3, from: 4)], by: worker)
        #expect(try bench.study("1.1").flags.isEmpty)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.study("1.1").progress.doneCount == 6)
    }

    @Test("Images beyond the index's number that come after the others were sent stay back")
    func moreThanListed() throws {
        var (bench, worker) = try bench()
        bench.expect("B")
        bench.act(.importLegacyStudies([Self.listed()]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.sendAll(worker)
        bench.read("B", [Bench.study("1.1", instances: 1, from: 4)], by: worker)
        #expect(try bench.study("1.1").progress.state == .held)
        #expect(try bench.study("1.1").holdReason == .legacyListsFewer)
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.doneCount == 4)
    }

    @Test("An operator is told of the disc that the index names for the rest of a requested study")
    func requested() throws {
        var (bench, worker) = try bench()
        bench.expect("B", "C")
        bench.act(.importLegacyStudies([Self.listed(count: 9, medium: "C")]))
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.act(.request(.study("1.1"), reason: "clinic"))
        let standing = try bench.ledger.read { reader in
            let request = try #require(try reader.request(RequestID(1)))
            return try RequestStanding(request, among: UnreadMedia(in: reader), in: reader)
        }
        #expect(standing.state == .waitingForMedia)
        #expect(standing.media.map(\.medium.label) == ["C"])
        #expect(standing.media.map(\.reason) == [.awaited])
    }
}

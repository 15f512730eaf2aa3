import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Patients who are merged or renamed while their studies are on their way")
struct CorrectionTests {
    private static let name = "00100010"
    private static let patientID = "00100020"

    /// A migration with one disc of studies of P1, whose orders are there.
    struct Scene {
        var bench: Bench
        var worker: WorkerID
        private var said = Instant(milliseconds: 1_000_000_000)

        init(_ profile: CorrectionProfile = .await, policies: Policies = Policies(), studies: [StudyInventory] = [Bench.study("1.1")]) throws {
            var configuration = Bench.standard
            configuration.corrections = CorrectionPolicy(profile: profile, every: .minutes(1), wait: .minutes(10))
            configuration.policies = policies
            bench = try Bench(configuration)
            bench.expect("CD1")
            bench.act(.importOrders([Bench.order("A1")]))
            worker = bench.enrol("gateway1")
            bench.read("CD1", studies, by: worker)
        }

        /// A message said after all others; why it is refused, nil: it is not.
        @discardableResult
        mutating func say(_ notice: HospitalNotice) -> ActionError.Code? {
            said = said + .seconds(1)
            guard case .refused(let error) = bench.process(.message(HospitalMessage(sender: "ADT", saidAt: said, notices: [notice]))) else { return nil }
            return error.code
        }

        mutating func merge(_ former: String = "P1", into survivor: String = "P2", name: String = "Lee^Younghee", birthDate: String? = nil) {
            let patient = IdentityNotice(
                key: PatientKey(patientID: Identifying(survivor)), name: .value(Identifying(name)), birthDate: birthDate.map { .value(Identifying($0)) } ?? .unsaid)
            say(.merge(former: PatientKey(patientID: Identifying(former)), survivor: patient))
        }

        mutating func rename(_ patient: String = "P1", to name: String) {
            say(.identity(IdentityNotice(key: PatientKey(patientID: Identifying(patient)), name: .value(Identifying(name)))))
        }

        func correction(_ uid: String = "1.1") throws -> CorrectionRecord? {
            let study = try bench.study(uid)
            return try bench.ledger.write { try $0.correction(of: study.id) }
        }

        /// Twice, apart: the destination lists nothing.
        mutating func findNothing() throws {
            for _ in 0..<2 {
                try find(.nothingThere)
                bench.now = bench.now + .minutes(1)
            }
        }

        /// Tells what was found out about the correction as it is now.
        mutating func find(_ finding: CorrectionReport.Finding) throws {
            guard let correction = try correction() else { return }
            _ = bench.process(.correction(CorrectionReport(on: correction, finding)))
        }

        func events(_ code: SentenceCode) throws -> Int {
            try bench.ledger.read { try $0.events(about: EventSubject(), page: Page()) }.count { $0.sentence.code == code.rawValue }
        }
    }

    private func value(_ tag: String, in item: LeaseItem?) -> String? { item?.coercions.first { $0.tag == tag }?.value.reveal() }

    @Test("What is not sent yet goes out under the surviving patient, though its objects bear the former number and name")
    func unsentMerge() throws {
        var scene = try Scene()
        #expect(try scene.bench.study("1.1").plan?.patientID == "P1")
        scene.merge()
        #expect(try scene.bench.study("1.1").outcome == .matched)
        let item = scene.bench.lease(scene.worker).items.first
        #expect(item?.expected == ExpectedStudy(patientID: "P2", accessionNumber: "A1"))
        #expect(value(Self.patientID, in: item) == "P2" && value(Self.name, in: item) == "Lee^Younghee")
        #expect(try scene.correction() == nil)
    }

    @Test("What is not sent yet goes out under the new name, though its objects bear the one of their time; a stranger's name forbids still")
    func unsentRenaming() throws {
        var scene = try Scene(studies: [Bench.study("1.1"), Bench.study("1.2", name: "Park^Minsu", date: "20040101")])
        scene.bench.act(.importOrders([Bench.order("A2", date: "20040101")]))
        scene.rename(to: "Lee^Chulsoo")
        #expect(try scene.bench.study("1.2").holdReason == .contradiction)
        let items = scene.bench.lease(scene.worker).items
        #expect(items.map(\.studyInstanceUID) == ["1.1"])
        #expect(value(Self.name, in: items.first) == "Lee^Chulsoo")
        #expect(scene.bench.process(.message(HospitalMessage(sender: "ADT", notices: []))) != .nothing)
    }

    @Test("A birth date that contradicts the survivor's forbids, merge or not")
    func contradiction() throws {
        var scene = try Scene()
        let survivor = IdentityNotice(key: PatientKey(patientID: "P2"), name: .value("Kim^Chulsoo"), birthDate: .value("19700101"))
        scene.say(.merge(former: PatientKey(patientID: "P1"), survivor: survivor))
        #expect(try scene.bench.study("1.1").holdReason == .contradiction)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
    }

    @Test("Studies under both numbers of one patient compete for an order, and a later disc under the former number finds its order")
    func bothNumbers() throws {
        var scene = try Scene(studies: [Bench.study("1.1"), Bench.study("1.2", patient: "P2")])
        scene.merge(name: "Kim^Chulsoo")
        #expect(try ["1.1", "1.2"].map { try scene.bench.study($0).holdReason } == [.competingStudies, .competingStudies])
        scene.bench.act(.importOrders([Bench.order("A3", patient: "P2", date: "20050505")]))
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.3", date: "20050505")], by: scene.worker)
        #expect(try scene.bench.study("1.3").plan?.patientID == "P2")
        #expect(try scene.bench.study("1.3").plan?.accessionNumber == "A3")
    }

    @Test("An unspecified exam goes out under the surviving patient, and so does what a person had decided on")
    func withoutOrder() throws {
        let policies = Policies(patientLevelFailed: .unspecifiedExam)
        var scene = try Scene(policies: policies, studies: [Bench.study("1.1", patient: "P5", birthDate: "19500505"), Bench.study("1.2", patient: "P6", date: "20040101")])
        scene.bench.act(.importOrders([Bench.order("A6", patient: "P7", date: "20060606")]))
        scene.merge("P5", into: "P8", name: "Kim^Chulsoo")
        let plan = try scene.bench.study("1.1").plan
        #expect(plan?.patientID == "P8" && plan?.accessionNumber.hasPrefix("UX") == true)
        #expect(try scene.bench.study("1.2").plan?.patientID == "P6")
        var held = try Scene(studies: [Bench.study("1.1", date: "20010101")])
        held.bench.act(.importOrders([Bench.order("A9", patient: "P1", name: "Park^Minsu", date: "20010101")]))
        #expect(try held.bench.study("1.1").holdReason == .contradiction)
        held.bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "A9"))
        held.merge(name: "Lee^Younghee")
        #expect(try held.bench.study("1.1").plan?.patientID == "P2")
        #expect(value(Self.patientID, in: held.bench.lease(held.worker).items.first) == "P2")
        #expect(try held.correction() == nil)
    }

    @Test("A lease that ended without an answer fences the new plan until its worker cannot be sending any more")
    func fence() throws {
        var scene = try Scene()
        #expect(scene.bench.lease(scene.worker).items.count == 1)
        scene.bench.pass(.seconds(32), beating: [scene.worker: []])
        #expect(try scene.bench.study("1.1").progress.state == .ready)
        scene.merge()
        #expect(try scene.bench.study("1.1").plan?.patientID == "P2")
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        scene.bench.pass(.seconds(58), beating: [scene.worker: []])
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        scene.bench.pass(.seconds(5), beating: [scene.worker: []])
        #expect(scene.bench.lease(scene.worker).items.first?.expected.patientID == "P2")
    }

    @Test("What is under way comes to its end; of which nothing arrived it is planned anew then, and otherwise it needs a correction")
    func underWay() throws {
        var scene = try Scene()
        let first = try #require(scene.bench.lease(scene.worker).items.first)
        scene.merge()
        #expect(try scene.bench.study("1.1").plan?.patientID == "P1")
        #expect(try scene.correction()?.state == .awaited)
        scene.bench.fail(first, .destinationRefused, scene.worker)
        #expect(try scene.bench.study("1.1").plan?.patientID == "P2")
        #expect(try scene.correction()?.state == .sending)
        scene.bench.pass(.seconds(10), beating: [scene.worker: []])
        let second = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(second.expected.patientID == "P2")
        scene.merge("P2", into: "P3")
        scene.bench.verify(second, scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .verified)
        let correction = try #require(try scene.correction())
        #expect(correction.sent.patientID == "P1" && correction.intended.patientID == "P3" && correction.state == .awaited)
    }

    @Test("What was sent is not sent again: the destination is asked until it has it right, and what is read later follows")
    func awaited() throws {
        var scene = try Scene()
        scene.bench.sendAll(scene.worker)
        scene.merge()
        let study = try scene.bench.study("1.1")
        #expect(study.progress.state == .verified && study.plan?.patientID == "P1")
        #expect(study.flags == ["patient-changed"])
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        let due = scene.bench.now + .minutes(1)
        #expect(try scene.correction()?.askAt == due)
        #expect(try scene.bench.ledger.read { try $0.corrections(dueAt: due + .seconds(-1), limit: 9) }.isEmpty)
        scene.bench.now = due
        #expect(try scene.bench.ledger.read { try $0.corrections(dueAt: due, limit: 9) }.map(\.study.id) == [study.id])
        for _ in 0..<3 { try scene.find(.asSent("3 instances lie under another patient")) }
        #expect(try scene.events(.correctionAsSent) == 1)
        #expect(try scene.correction()?.askAt == due + .minutes(1))
        scene.bench.expect("CD2")
        scene.bench.read("CD2", [Bench.study("1.1", instances: 2, from: 4)], by: scene.worker)
        #expect(try scene.bench.study("1.1").holdReason == .patientChanged)
        #expect(try scene.bench.study("1.1").flags == ["patient-changed"])
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
        #expect(try scene.bench.study("1.1").holdReason == nil && scene.bench.study("1.1").flags.isEmpty)
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(item.expected.patientID == "P2" && item.instances.count == 2)
        scene.bench.verify(item, scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .verified)
        #expect(try scene.bench.ledger.read { try $0.corrections(includingCorrected: false, page: Page()) }.isEmpty)
    }

    @Test("When the hospital says again what was sent, the flag goes with the correction")
    func flagWithdrawn() throws {
        var scene = try Scene()
        scene.bench.sendAll(scene.worker)
        scene.rename(to: "Lee^Chulsoo")
        #expect(try scene.bench.study("1.1").flags == ["patient-changed"])
        scene.rename(to: "Kim^Chulsoo")
        #expect(try scene.correction() == nil && scene.bench.study("1.1").flags.isEmpty)
    }

    @Test("After the bound a person decides; a person may await it anew")
    func bound() throws {
        var scene = try Scene()
        scene.bench.sendAll(scene.worker)
        scene.rename(to: "Lee^Chulsoo")
        #expect(try scene.correction()?.state == .awaited)
        scene.bench.now = scene.bench.now + .minutes(10)
        try scene.find(.notAsked("nobody answers"))
        #expect(try scene.correction()?.state == .open)
        #expect(try scene.correction()?.askAt == nil)
        #expect(try scene.bench.ledger.read { try $0.progress() }.openCorrections == 1)
        scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .awaited)
        try scene.find(.asIntended)
        #expect(try scene.bench.study("1.1").plan?.coercions.first { $0.tag == Self.name }?.value == "Lee^Chulsoo")
    }

    @Test("An answer about what the correction was before settles nothing, and a merge that is turned round needs none")
    func outdatedAnswer() throws {
        var scene = try Scene()
        scene.bench.sendAll(scene.worker)
        scene.merge(name: "Kim^Chulsoo")
        let before = try #require(try scene.correction())
        scene.merge("P2", into: "P3", name: "Kim^Chulsoo")
        #expect(try scene.correction()?.intended.patientID == "P3")
        #expect(scene.bench.process(.correction(CorrectionReport(on: before, .asIntended))) == .nothing)
        #expect(try scene.correction()?.state == .awaited)
        scene.merge("P3", into: "P1", name: "Kim^Chulsoo")
        #expect(try scene.correction() == nil)
        #expect(try scene.bench.study("1.1").plan?.patientID == "P1")
    }

    @Test("The rest of what was sent in part is held for a person, who may let it follow what was sent")
    func sentInPart() throws {
        var scene = try Scene()
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        let verdict = VerdictGroup(instances: InstanceRanges([0]), verdict: .verified)
        _ = scene.bench.report(ResultItem(grant: item.grant, verdicts: [verdict]), scene.worker)
        scene.merge()
        let study = try scene.bench.study("1.1")
        #expect(study.holdReason == .patientChanged && study.progress.state == .held)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        #expect(try scene.correction()?.state == .awaited)
        scene.bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "A1"))
        let rest = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(rest.expected.patientID == "P1" && rest.instances.count == 2)
        scene.bench.verify(rest, scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .verified)
        #expect(try scene.correction()?.state == .awaited)
    }

    @Test("Delete and send again: on approval, once all is at hand, and under the survivor")
    func deleteAndSendAgain() throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.correction()?.approvedBy == "operator")
        #expect(try scene.bench.medium("CD1").state == .expected)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        try scene.find(.asSent("as it was"))
        #expect(try scene.correction()?.state == .approved)
        #expect(try scene.correction()?.sentence.text() == "approved, and nothing is deleted or rejected yet: 0 of 3 instances are in the workers' custody")
        guard case .refused = scene.bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "A1")) else { return #expect(Bool(false), "assigned") }
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        #expect(try scene.bench.study("1.1").progress.state == .held)
        try scene.find(.asSent("as it was"))
        #expect(try scene.correction()?.state == .deleting)
        #expect(try scene.bench.ledger.read { try $0.progress() }.openCorrections == 1)
        try scene.find(.notDeleted("the destination lists it still"))
        #expect(try scene.correction()?.state == .deleting)
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
        try scene.findNothing()
        #expect(try scene.correction()?.state == .sending)
        let item = try #require(scene.bench.lease(scene.worker).items.first)
        #expect(item.expected.patientID == "P2" && item.instances.count == 3)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .sending)
        scene.bench.verify(item, scene.worker)
        try scene.find(.asSent("the study lies under another patient as well"))
        #expect(try scene.correction()?.state == .sending)
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
        #expect(try scene.bench.study("1.1").progress.state == .verified)
        #expect(try scene.bench.study("1.1").plan?.patientID == "P2")
    }

    @Test("A study that came right by itself before it was deleted is not sent again")
    func rightBeforeDeletion() throws {
        var scene = try Scene(.deleteAndSendAgain)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))
        scene.bench.read("CD1", [Bench.study("1.1")], by: scene.worker)
        try scene.find(.asSent("as it was"))
        try scene.find(.asIntended)
        #expect(try scene.correction()?.state == .corrected)
        let study = try scene.bench.study("1.1")
        #expect(study.progress.state == .verified && study.progress.doneCount == 3 && study.plan?.patientID == "P2")
        #expect(scene.bench.lease(scene.worker).items.isEmpty)
    }

    @Test("Nothing is approved where the profile is await, nor what needs no correction, nor what is being sent")
    func refused() throws {
        func code(_ answer: Answer) -> ActionError.Code? { if case .refused(let error) = answer { error.code } else { nil } }
        var scene = try Scene()
        #expect(code(scene.bench.act(.awaitCorrection(studyInstanceUID: "1.1"))) == .unknown)
        #expect(code(scene.bench.act(.awaitCorrection(studyInstanceUID: "9.9"))) == .unknown)
        scene.bench.sendAll(scene.worker)
        scene.merge()
        #expect(code(scene.bench.act(.approveCorrection(studyInstanceUID: "1.1"))) == .notNow)
        var sending = try Scene(.deleteAndSendAgain)
        _ = sending.bench.lease(sending.worker)
        sending.merge()
        #expect(code(sending.bench.act(.approveCorrection(studyInstanceUID: "1.1"))) == .notNow)
    }

    @Test("An order's sent study and one of its patient's former number are in nobody's way: the accession number is one patient's")
    func sharedAccession() throws {
        var scene = try Scene(studies: [Bench.study("1.1"), Bench.study("1.2", date: "20040101")])
        scene.bench.sendAll(scene.worker)
        scene.bench.act(.importOrders([Bench.order("A1", patient: "P1"), Bench.order("A2", date: "20040101")]))
        scene.merge(name: "Kim^Chulsoo")
        #expect(try scene.bench.study("1.1").flags == ["patient-changed"])
    }

    @Test("Numbers are merged with each other up to a bound, and former names are kept up to one")
    func bounds() throws {
        var scene = try Scene()
        for number in 1...255 { #expect(scene.say(.merge(former: PatientKey(patientID: Identifying("X\(number)")), survivor: IdentityNotice(key: PatientKey(patientID: "P1")))) == nil) }
        let survivor = IdentityNotice(key: PatientKey(patientID: "P1"))
        #expect(scene.say(.merge(former: PatientKey(patientID: "Y1"), survivor: survivor)) != nil)
        #expect(try scene.bench.ledger.write { try $0.merges(ofPatient: "Y1") }.isEmpty)
        #expect(try scene.bench.ledger.write { try $0.merges(into: "P1", limit: 1000) }.count == 255)
        for number in 1...20 { scene.rename("P7", to: "Name^\(number)") }
        let names = try scene.bench.ledger.write { try $0.identity(of: PatientKey(patientID: "P7")) }?.formerNames
        #expect(names?.count == IdentityRecord.nameLimit)
    }
}

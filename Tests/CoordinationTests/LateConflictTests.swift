import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What law 12 forbids and comes up only after the first grant of a study")
struct LateConflictTests {
    /// A bench that has read `first` of study 1.1 from disc A and granted it; disc B may follow.
    private func bench(_ first: StudyInventory) throws -> (bench: Bench, worker: WorkerID, item: LeaseItem) {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [first], by: worker)
        return (bench, worker, try #require(bench.lease(worker).items.first))
    }

    private static let ofOne = Bench.study("1.1", patient: "P1", instances: 2)
    private static let ofTwo = Bench.study("1.1", patient: "P2", instances: 2, from: 3)

    @Test(
        "What joins a granted study under another patient is not granted, whichever was read first, before or after the first result",
        arguments: [[ofOne, ofTwo], [ofTwo, ofOne]], [true, false])
    func otherPatient(studies: [StudyInventory], isAnsweredFirst: Bool) throws {
        var (bench, worker, item) = try bench(studies[0])
        if isAnsweredFirst {
            bench.verify(item, worker)
            bench.read("B", [studies[1]], by: worker)
        } else {
            bench.read("B", [studies[1]], by: worker)
            #expect(try bench.study("1.1").progress.state == .leased)
            #expect(bench.lease(worker).items.isEmpty)
            bench.verify(item, worker)
        }
        #expect(bench.lease(worker).items.isEmpty)
        let study = try bench.study("1.1")
        #expect(study.progress.state == .held)
        #expect(study.holdReason == .studyTwoPatients)
        #expect(study.flags == ["study-two-patients"])
        #expect(study.progress.doneCount == 2)
        bench.tick(after: .minutes(10))
        #expect(bench.lease(worker).items.isEmpty)
    }

    @Test("A failure of another kind does not hide that two patients share the study: trying again does not let the rest go")
    func conflictOutlastsFailure() throws {
        var (bench, worker, item) = try bench(Self.ofOne)
        bench.read("B", [Self.ofTwo], by: worker)
        bench.fail(item, .characterSet, worker)
        #expect(try bench.study("1.1").holdReason == .studyTwoPatients)
        guard case .refused(let refusal) = bench.act(.retry(studyInstanceUID: "1.1")) else {
            Issue.record("the study was tried again")
            return
        }
        #expect(refusal.code == .notNow)
        #expect(bench.lease(worker).items.isEmpty)
    }

    @Test("What joined an unspecified exam under another patient does not follow under that patient's own identity")
    func restOfUnspecified() throws {
        var bench = try Bench()
        bench.expect("A", "B")
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.ofOne], by: worker)
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        bench.verify(try #require(bench.lease(worker).items.first), worker)
        bench.read("B", [Self.ofTwo], by: worker)
        #expect(try bench.study("1.1").holdReason == .studyTwoPatients)
        guard case .refused(let refusal) = bench.act(.fileAsUnspecified(studyInstanceUID: "1.1")) else { return #expect(Bool(false)) }
        #expect(refusal.code == .notNow)
        #expect(refusal.message.contains("2 instances of study 1.1 have arrived under their own identity"))
        #expect(bench.lease(worker).items.isEmpty)
    }

    @Test("What a person settled does not hide what comes up later: each conflict is settled by itself, and stays settled", arguments: [true, false])
    func second(isListed: Bool) throws {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2", patient: "P2", date: "20010101")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Self.ofOne], by: worker)
        bench.read("B", [Self.ofTwo], by: worker)
        #expect(try bench.study("1.1").holdReason == .studyTwoPatients)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        #expect(try bench.study("1.1").holdReason == nil)
        if isListed {
            let listed = StudyHeader(studyInstanceUID: "1.1", patient: PatientIdentity(patientID: "P7"), studyDate: "20030210", modalities: ["CT"])
            bench.act(.importLegacyStudies([LegacyStudy(header: listed, instanceCount: nil, mediumLabel: "")]))
        } else {
            bench.act(.importOrders([Bench.order("ACC1", patient: "P7", date: "20010101")]))
        }
        #expect(try bench.study("1.1").holdReason == (isListed ? .legacyPatient : .accessionTwoPatients))
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1", use: OrderUse(patient: PatientKey(patientID: "P1"))))
        #expect(try bench.study("1.1").holdReason == nil)
        #expect(try bench.study("1.1").decision?.settled == [.studyTwoPatients, isListed ? .legacyPatient : .accessionTwoPatients])
        #expect(bench.lease(worker).items.count == 2)
    }

    @Test("A third patient in a study that a person let go holds it again, before and after the first grant; what was known and is read again does not",
        arguments: [true, false], [true, false])
    func thirdPatient(isGranted: Bool, isNew: Bool) throws {
        var (bench, worker, item) = try bench(Self.ofOne)
        bench.expect("C")
        bench.read("B", [Self.ofTwo], by: worker)
        bench.verify(item, worker)
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"))
        if isGranted { bench.verify(try #require(bench.lease(worker).items.first), worker) }
        bench.read("C", [isNew ? Bench.study("1.1", patient: "P3", instances: 1, from: 5) : Self.ofTwo], by: worker)
        let study = try bench.study("1.1")
        #expect(study.holdReason == (isNew ? .studyTwoPatients : nil))
        #expect(bench.lease(worker).items.contains { $0.studyInstanceUID == "1.1" } == (!isNew && !isGranted))
    }

    @Test("A third content of an object of a study that a person let go, or one in another study, holds it again; what was known and is read again does not",
        arguments: ["changed", "third", "other study"])
    func thirdContent(what: String) throws {
        var (bench, worker, item) = try bench(Bench.study("1.1"))
        bench.expect("C")
        bench.fail(item, .notAccepted, worker)
        bench.read("B", [Bench.study("1.1", content: "changed")], by: worker)
        #expect(bench.refusal(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1"), by: "ann") == nil)
        #expect(try bench.study("1.1").holdReason == nil && bench.study("1.1").decision?.settled == [.uidConflict])
        var other = Bench.study("1.2", patient: "P2")
        other.instances.append(Bench.instance("1.1.1.1", content: "other"))
        bench.read("C", [what == "other study" ? other : Bench.study("1.1", content: what)], by: worker)
        #expect(try bench.study("1.1").holdReason == (what == "changed" ? nil : .uidConflict) || bench.study("1.1").flags == ["uid-conflict"])
        bench.pass(.minutes(5), beating: [worker: []])
        #expect(bench.lease(worker).items.contains { $0.studyInstanceUID == "1.1" } == (what == "changed"))
    }

    @Test("A second content that turns up after all was sent holds the study and is not erased before a person has seen it")
    func otherContent() throws {
        var (bench, worker, item) = try bench(Bench.study("1.1"))
        bench.verify(item, worker)
        _ = bench.beat(worker, [])
        let grant = bench.read("B", [Bench.study("1.1", content: "changed")], by: worker)
        #expect(try bench.study("1.1").progress.state == .held)
        #expect(try bench.study("1.1").holdReason == .uidConflict)
        #expect(bench.beat(worker, [])?.orders.isEmpty == true)
        guard case .refused(let refusal) = bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2")) else {
            return #expect(Bool(false))
        }
        #expect(refusal.code == .notNow)
        guard case .done = bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1")) else { return #expect(Bool(false)) }
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(bench.beat(worker, [])?.orders == [.erase(mediumGrant: grant, studyInstanceUID: "1.1")])
    }

    @Test("A second content that turns up while the first is under way is neither granted nor erased when that ends")
    func otherContentMeanwhile() throws {
        var (bench, worker, item) = try bench(Bench.study("1.1"))
        bench.read("B", [Bench.study("1.1", instances: 4, content: "changed")], by: worker)
        bench.verify(item, worker)
        #expect(try bench.study("1.1").progress.state == .held)
        #expect(bench.lease(worker).items.isEmpty)
        #expect(bench.beat(worker, [])?.orders.contains { if case .erase = $0 { true } else { false } } == false)
    }

    @Test("A study that shares an object's UID with one found later keeps what it has reached; its rest is held when the grant fails")
    func otherStudy() throws {
        for isVerified in [true, false] {
            var (bench, worker, item) = try bench(Bench.study("1.1"))
            var other = Bench.study("1.2", patient: "P2")
            other.instances.append(Bench.instance("1.1.1.1", content: "other"))
            bench.read("B", [other], by: worker)
            if isVerified { bench.verify(item, worker) } else { bench.fail(item, .destinationRefused, worker) }
            #expect(try bench.study("1.1").progress.state == (isVerified ? .verified : .held))
            #expect(try bench.study("1.1").holdReason == (isVerified ? nil : .uidConflict))
            #expect(try bench.study("1.1").flags == ["uid-conflict"])
            #expect(try bench.study("1.2").holdReason == .uidConflict)
            bench.tick(after: .minutes(10))
            #expect(bench.lease(worker).items.isEmpty)
        }
    }

    @Test("A person may let the rest of a held study follow what has arrived, under the same changes")
    func rest() throws {
        var (bench, worker, item) = try bench(Self.ofOne)
        bench.read("B", [Self.ofTwo], by: worker)
        bench.verify(item, worker)
        guard case .done = bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1")) else { return #expect(Bool(false)) }
        let rest = try #require(bench.lease(worker).items.first)
        #expect(rest.coercions == item.coercions)
        bench.verify(rest, worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("An accession number that becomes two patients' holds the rest until one of the orders is cancelled")
    func accession() throws {
        var (bench, worker, item) = try bench(Self.ofOne)
        bench.act(.importOrders([Bench.order("ACC1", patient: "P9", date: "19990101")]))
        bench.fail(item, .destinationRefused, worker)
        #expect(try bench.study("1.1").holdReason == .accessionTwoPatients)
        #expect(try bench.study("1.1").progress.state == .held)
        bench.act(.importOrders([Bench.order("ACC1", patient: "P9", date: "19990101", status: "cancelled")]))
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(bench.lease(worker).items.count == 1)
    }
}

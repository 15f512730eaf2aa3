import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Why studies are held, and what lets them go")
struct HoldTests {
    /// A bench that has read disc A with these studies and knows these orders.
    private func bench(
        _ studies: [StudyInventory], _ orders: [Order], unreadable: [UnreadableFile] = [], policies: Policies = Policies()
    ) throws -> (Bench, WorkerID) {
        var bench = try Bench(Bench.configuration(policies))
        bench.expect("A", "B")
        bench.act(.excludeMedium(label: "B", reason: "not needed"))
        bench.act(.importOrders(orders))
        let worker = bench.enrol("gateway1")
        bench.read("A", studies, unreadable: unreadable, by: worker)
        return (bench, worker)
    }

    private func holdReason(_ studies: [StudyInventory], _ orders: [Order]) throws -> HoldReason? {
        let (bench, _) = try bench(studies, orders)
        return try bench.study("1.1").holdReason
    }

    @Test("Each outcome of matching that is for a person holds the study with its reason")
    func matchingReasons() throws {
        let order = Bench.order("ACC1")
        #expect(try holdReason([Bench.study("1.1")], [order, Bench.order("ACC2")]) == .severalOrders)
        #expect(try holdReason([Bench.study("1.1"), Bench.study("1.2")], [order]) == .competingStudies)
        #expect(try holdReason([Bench.study("1.1", name: "Lee^Younghee")], [order]) == .contradiction)
        #expect(try holdReason([Bench.study("1.1", birthDate: "19700101")], [order]) == .contradiction)
        #expect(try holdReason([Bench.study("1.1", patient: " ")], [order]) == .patientIDBlank)
        #expect(try holdReason([Bench.study("1.1", patient: "P2")], [order]) == .patientUnknown)
        #expect(try holdReason([Bench.study("1.1")], [order]) == nil)
    }

    @Test("An exam without an order is filed as unspecified under a number of the reserved range, for the patient of the orders")
    func unspecified() throws {
        let orders = [Bench.order("ACC1", name: "Kim^Chulsoo=金^哲洙", date: "20020101")]
        var (bench, worker) = try bench([Bench.study("1.1"), Bench.study("1.2")], orders)
        let items = bench.lease(worker).items
        #expect(items.map(\.expected.accessionNumber) == ["UX00000001", "UX00000002"])
        let item = try #require(items.first)
        #expect(item.coercions.contains { $0.tag == "00321060" && $0.value.reveal() == "Unspecified Exam" })
        #expect(item.coercions.contains { $0.tag == "00100010" && $0.value.reveal() == "Kim^Chulsoo=金^哲洙" })
        #expect(try bench.study("1.1").outcome == .examLevelFailed)
        #expect(try bench.study("1.1").progress.sentence?.code == "part-granted")
    }

    @Test("By policy an exam without an order is held, and an unknown patient is filed as unspecified under his own identity")
    func policies() throws {
        let policies = Policies(examLevelFailed: .hold, patientLevelFailed: .unspecifiedExam)
        var (bench, worker) = try bench(
            [Bench.study("1.1"), Bench.study("1.2", patient: "P2")], [Bench.order("ACC1", date: "20020101")], policies: policies)
        #expect(try bench.study("1.1").holdReason == .noOrder)
        let item = try #require(bench.lease(worker).items.first)
        #expect(item.studyInstanceUID == "1.2")
        #expect(item.expected.patientID.reveal() == "P2")
        #expect(item.coercions.map(\.tag) == ["00080050", "00100021", "00321060"])
        #expect(item.coercions.contains { $0.tag == "00100021" && $0.value.reveal() == "LEGACY" })
    }

    @Test("One SOP Instance UID in two studies holds both")
    func uidConflictAcrossStudies() throws {
        let one = Bench.study("1.1")
        var two = Bench.study("1.2", patient: "P2")
        two.instances.append(Bench.instance("1.1.1.1", content: "other"))
        let (bench, _) = try bench([one, two], [Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")])
        #expect(try bench.study("1.1").holdReason == .uidConflict)
        #expect(try bench.study("1.2").holdReason == .uidConflict)
    }

    @Test("One SOP Instance UID with two contents in one study, on two discs, holds it; equal copies do not")
    func uidConflictInOneStudy() throws {
        for (content, expected) in [("changed", HoldReason.uidConflict), ("", nil)] {
            var (bench, worker) = try bench([Bench.study("1.1")], [Bench.order("ACC1")])
            bench.expect("C")
            bench.read("C", [Bench.study("1.1", content: content)], by: worker)
            #expect(try bench.study("1.1").holdReason == expected)
            #expect(try bench.study("1.1").size.instances == 3)
        }
    }

    @Test("One Study Instance UID under two patients is held, whichever was read first")
    func twoPatients() throws {
        let studies = [Bench.study("1.1", instances: 2), Bench.study("1.1", patient: "P2", instances: 2, from: 3)]
        for order in [studies, studies.reversed()] {
            let (bench, _) = try bench(order, [Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")])
            #expect(try bench.study("1.1").holdReason == .studyTwoPatients)
            #expect(try bench.study("1.1").header.patient.patientID.reveal() == "P1")
        }
    }

    @Test("A study of two patients is not filed as unspecified, whether or not the first of them has an order; an order says whose it is", arguments: [true, false])
    func twoPatientsUnspecified(hasOrder: Bool) throws {
        let studies = [Bench.study("1.1", instances: 2), Bench.study("1.1", patient: "P2", instances: 2, from: 3)]
        var (bench, worker) = try bench(studies, hasOrder ? [Bench.order("ACC1", date: "19990101")] : [])
        guard case .refused(let refusal) = bench.act(.fileAsUnspecified(studyInstanceUID: "1.1")) else { return #expect(Bool(false)) }
        #expect(refusal.code == .notNow)
        #expect(try bench.study("1.1").holdReason == .studyTwoPatients)
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.importOrders([Bench.order("ACC2", patient: "P2")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"))
        let items = bench.lease(worker).items
        #expect(items.map { $0.expected.patientID.reveal() } == ["P2"])
        #expect(items.allSatisfy { $0.coercions.contains { $0.tag == "00100020" && $0.value.reveal() == "P2" } })
    }

    @Test("One patient ID with two names, birth dates or sexes in one study is two patients, on one disc or two; an empty one is not", arguments: [
        (Bench.study("1.1", name: "Lee^Younghee", from: 4), true), (Bench.study("1.1", birthDate: "19611231", from: 4), true),
        (Bench.study("1.1", sex: "F", from: 4), true), (Bench.study("1.1", name: "", birthDate: "", sex: "", from: 4), false),
        (Bench.study("1.1", name: "KIM^CHULSOO=金^哲洙", from: 4), false),
    ])
    func twoIdentities(other: StudyInventory, isHeld: Bool) throws {
        for studies in [[Bench.study("1.1"), other], [other, Bench.study("1.1")]] {
            let (together, _) = try bench(studies, [Bench.order("ACC1")])
            #expect(try together.study("1.1").holdReason == (isHeld ? .studyTwoPatients : nil))
            var (apart, worker) = try bench([studies[0]], [Bench.order("ACC1")])
            apart.expect("C")
            apart.read("C", [studies[1]], by: worker)
            #expect(try apart.study("1.1").holdReason == (isHeld ? .studyTwoPatients : nil))
        }
    }

    @Test("An accession number of two patients' orders holds what would get it, until one of the orders is cancelled")
    func accessionOfTwoPatients() throws {
        var (bench, _) = try bench([Bench.study("1.1")], [Bench.order("ACC1"), Bench.order("ACC1", patient: "P2", date: "19990101")])
        #expect(try bench.study("1.1").holdReason == .accessionTwoPatients)
        bench.act(.importOrders([Bench.order("ACC1", patient: "P2", date: "19990101", status: "cancelled")]))
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A study of which a file was cut is held as incomplete by policy, and goes when a copy gives the file")
    func incompleteUntilRepaired() throws {
        let cut = Bench.cut("IMAGES/3", study: "1.1", instance: "1.1.1.3")
        var (bench, worker) = try bench([Bench.study("1.1", instances: 2)], [Bench.order("ACC1")], unreadable: [cut])
        #expect(try bench.study("1.1").holdReason == .incomplete)
        bench.expect("C")
        bench.read("C", [Bench.study("1.1", instances: 1, from: 3)], by: worker)
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.study("1.1").progress.doneCount == 3)
    }

    @Test("A match by patient ID, day and modality alone waits while an unread disc could hold the same patient and day")
    func waitsForMedia() throws {
        var bench = try Bench()
        let range = (CalendarDate("20030101"), CalendarDate("20031231"))
        bench.act(
            .importMedia([
                ExpectedMedium(label: "A", kind: .cd), ExpectedMedium(label: "B", kind: .cd, dateFrom: range.0, dateTo: range.1),
                ExpectedMedium(label: "C", kind: .cd, dateFrom: CalendarDate("19990101"), dateTo: CalendarDate("19991231")),
            ]))
        bench.act(.importOrders([Bench.order("ACC1", name: "", birthDate: "")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        #expect(try bench.study("1.1").holdReason == .waitingForMedia)
        #expect(try bench.study("1.1").progress.sentence == Sentence(.waitingForMedia, [.label("B")]))
        bench.read("B", [], by: worker)
        bench.tick()
        #expect(try bench.study("1.1").progress.state == .ready)
    }

    @Test("A later claimant of an order that is in use is held, and the study that uses it is flagged and keeps its state")
    func laterClaimant() throws {
        var (bench, worker) = try bench([Bench.study("1.1")], [Bench.order("ACC1")])
        bench.sendAll(worker)
        bench.expect("C")
        bench.read("C", [Bench.study("1.2")], by: worker)
        #expect(try bench.study("1.2").holdReason == .competingStudies)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.study("1.1").flags == ["competing-studies"])
        #expect(try bench.ledger.read { try $0.progress() }.flagged == [HoldTally(reason: .competingStudies, count: 1)])
        // Whoever claimed it does so no more.
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.2"))
        #expect(try bench.study("1.1").flags.isEmpty)
        #expect(try bench.ledger.read { try $0.progress() }.flaggedStudies == 0)
    }

    @Test("A person links a held study to an order, or files it as unspecified; matching does not overrule that")
    func personalDecisions() throws {
        var (bench, worker) = try bench(
            [Bench.study("1.1"), Bench.study("1.2", patient: "P9")], [Bench.order("ACC1"), Bench.order("ACC2")])
        #expect(try bench.study("1.1").holdReason == .severalOrders)
        guard case .done = bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2")) else { return #expect(Bool(false)) }
        guard case .done = bench.act(.fileAsUnspecified(studyInstanceUID: "1.2")) else { return #expect(Bool(false)) }
        bench.act(.importOrders([Bench.order("ACC3")]))
        let items = bench.lease(worker).items
        #expect(items.map(\.expected.accessionNumber).sorted() == ["ACC2", "UX00000001"])
        guard case .refused(let late) = bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC1")) else {
            return #expect(Bool(false))
        }
        #expect(late.code == .notNow)
        guard case .refused(let none) = bench.act(.assign(studyInstanceUID: "1.3", accessionNumber: "ACC1")) else {
            return #expect(Bool(false))
        }
        #expect(none.code == .unknown)
    }

    @Test(
        "A study of which a part is still leased is not decided by hand; once that lease has ended, by a result or without one, it is",
        arguments: [OperatorAction.assign(studyInstanceUID: "1.1", accessionNumber: "ACC2"), .fileAsUnspecified(studyInstanceUID: "1.1")],
        [true, false])
    func decisionWaitsForLease(action: OperatorAction, isAnswered: Bool) throws {
        var (bench, worker) = try bench([Bench.study("1.1", instances: 2)], [Bench.order("ACC1"), Bench.order("ACC2", date: "19990101")])
        bench.expect("C")
        bench.read("C", [Bench.study("1.1", instances: 2, from: 3)], by: worker)
        let items = bench.lease(worker).items
        #expect(items.map(\.expected.accessionNumber) == ["ACC1", "ACC1"])
        bench.fail(items[0], .notAccepted, worker)
        #expect(try bench.study("1.1").progress.state == .exception)
        guard case .refused(let refusal) = bench.act(action) else {
            Issue.record("the study was decided while a part of it is leased")
            return
        }
        #expect(refusal.code == .notNow)
        #expect(refusal.message.contains("still being sent in part"))
        #expect(try bench.study("1.1").decision == nil)
        if isAnswered { bench.fail(items[1], .notAccepted, worker) } else { bench.pass(.seconds(36), beating: [worker: []]) }
        guard case .done = bench.act(action) else {
            Issue.record("the study is not decided although nothing of it is leased")
            return
        }
        #expect(try bench.study("1.1").progress.state == .ready)
        bench.pass(.minutes(2), beating: [worker: []])
        let again = bench.lease(worker).items.map(\.expected.accessionNumber)
        #expect(again.count == 2 && !again.contains("ACC1"))
    }

    @Test("An order imported again is updated, and what it changes is decided anew")
    func orderUpdate() throws {
        var (bench, worker) = try bench([Bench.study("1.1")], [Bench.order("ACC1", date: "20030211")])
        #expect(try bench.study("1.1").outcome == .examLevelFailed)
        guard case .done(let sentence) = bench.act(.importOrders([Bench.order("ACC1")])) else { return #expect(Bool(false)) }
        #expect(sentence == Sentence(.ordersImported, [.count(0), .count(1), .count(0), .count(0)]))
        #expect(try bench.study("1.1").outcome == .matched)
        #expect(bench.lease(worker).items.first?.expected.accessionNumber == "ACC1")
        #expect(try bench.ledger.read { try $0.orders(page: Page()) }.count == 1)
    }
}

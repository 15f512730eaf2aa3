import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("Leases, results, retries and custody")
struct LeaseTests {
    private func bench(
        _ studies: Int = 1, retries: Retries = Retries()
    ) throws -> (bench: Bench, worker: WorkerID, medium: GrantNumber) {
        var bench = try Bench(MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242", retries: retries))
        bench.expect("A", "B")
        bench.act(.importOrders((1...studies).map { Bench.order("ACC\($0)", patient: "P\($0)") }))
        let worker = bench.enrol("gateway1")
        let medium = bench.read("A", (1...studies).map { Bench.study("1.\($0)", patient: "P\($0)") }, by: worker)
        return (bench, worker, medium)
    }

    @Test("Only the worker that has a part in its custody is leased it, and nobody is leased it twice")
    func custodyRules() throws {
        var (bench, worker, _) = try bench()
        let other = bench.enrol("gateway2")
        #expect(bench.lease(other).items.isEmpty)
        #expect(bench.lease(worker).items.count == 1)
        #expect(bench.lease(worker).items.isEmpty)
        #expect(bench.lease(worker).sentence == Sentence(.noWork))
    }

    @Test("Grant numbers only grow, over media, parts and restarts")
    func growingNumbers() throws {
        var (bench, worker, medium) = try bench(3)
        let first = bench.lease(worker, 2).items.map(\.grant)
        bench.restart()
        let second = bench.lease(worker, 2).items.map(\.grant)
        let all = [medium] + first + second
        #expect(all.count == 4)
        #expect(all == all.sorted() && Set(all).count == all.count)
    }

    @Test("A result said twice is answered alike and changes nothing the second time")
    func resultTwice() throws {
        var (bench, worker, _) = try bench()
        let item = try #require(bench.lease(worker).items.first)
        #expect(bench.verify(item, worker) == .ok)
        let events = try bench.eventCodes().count
        #expect(bench.verify(item, worker) == .ok)
        #expect(try bench.eventCodes().count == events)
        #expect(bench.fail(item, .worker, worker) == .stale)
    }

    @Test("What the destination remarked on an instance that arrived is recorded")
    func remark() throws {
        var (bench, worker, _) = try bench()
        let item = try #require(bench.lease(worker).items.first)
        let verdict = VerdictGroup(instances: item.instances, verdict: .verified, detail: "status B000")
        #expect(bench.report(ResultItem(grant: item.grant, verdicts: [verdict]), worker) == .ok)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(try bench.eventCodes().filter { $0 == "destination-remarked" }.count == 1)
    }

    @Test("A revoked worker is refused as such after a restart too")
    func revokedForGood() throws {
        var (bench, worker, _) = try bench()
        bench.act(.revoke(worker: "gateway1"))
        bench.restart()
        guard case .error(let error) = bench.hello(worker) else {
            Issue.record("the worker was greeted")
            return
        }
        #expect(error.code == .revoked)
    }

    @Test("A grant that nobody names for its term ends; no attempt is counted; its late result is stale and recorded once")
    func expiry() throws {
        var (bench, worker, _) = try bench()
        let item = try #require(bench.lease(worker).items.first)
        bench.pass(.seconds(25), beating: [worker: [item.grant]])
        #expect(try bench.study("1.1").progress.state == .leased)
        bench.pass(.seconds(36), beating: [worker: []])
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(try bench.study("1.1").progress.attempts == 0)
        #expect(bench.verify(item, worker) == .stale)
        #expect(bench.verify(item, worker) == .stale)
        #expect(try bench.eventCodes().filter { $0 == "result-stale" }.count == 1)
        let again = try #require(bench.lease(worker).items.first)
        #expect(again.grant > item.grant)
        #expect(again.mayHaveBeenSent)
    }

    @Test("A part that its worker leases again and again without a word of it becomes an exception; a silent or draining worker's does not")
    func poisonPart() throws {
        for kind in ["awake", "silent", "draining"] {
            var (bench, worker, _) = try bench()
            for _ in 1...5 {
                #expect(bench.lease(worker).items.count == 1)
                if kind == "draining" { bench.act(.drain(worker: "gateway1")) }
                bench.pass(.seconds(36), beating: kind == "silent" ? [:] : [worker: []])
                if kind == "draining" { bench.act(.resume(worker: "gateway1")) }
            }
            let study = try bench.study("1.1")
            #expect(study.progress.state == (kind == "awake" ? .exception : .ready))
            guard kind == "awake" else { continue }
            #expect(study.progress.category == .worker)
            #expect(study.progress.sentence == Sentence(.leasesUnanswered, [.worker("gateway1"), .count(5)]))
            #expect(bench.lease(worker).items.isEmpty)
            bench.act(.retry(studyInstanceUID: "1.1"))
            for _ in 1...4 {
                #expect(bench.lease(worker).items.count == 1)
                bench.pass(.seconds(36), beating: [worker: []])
            }
            bench.verify(try #require(bench.lease(worker).items.first), worker)
            #expect(try bench.study("1.1").progress.state == .verified)
        }
    }

    @Test("A part is not granted with other changes before the old term and the association timeout are over")
    func fenceOfOtherChanges() throws {
        var (bench, worker, _) = try bench()
        _ = bench.lease(worker)
        bench.pass(.seconds(31), beating: [worker: []])
        // The first grant expired unanswered. The same changes may be sent again at once …
        bench.fail(try #require(bench.lease(worker).items.first), .characterSet, worker)
        bench.act(.importOrders([Bench.order("ACC9", date: "20010101")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC9"))
        // … other ones only when nobody can be sending the old ones any more.
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(bench.lease(worker).items.isEmpty)
        bench.pass(.seconds(58), beating: [worker: []])
        #expect(bench.lease(worker).items.isEmpty)
        bench.pass(.seconds(3), beating: [worker: []])
        #expect(bench.lease(worker).items.first?.expected.accessionNumber == "ACC9")
    }

    @Test("A stale result of a send with other changes makes a verified study be verified again")
    func staleWithOtherChanges() throws {
        var (bench, worker, _) = try bench()
        bench.expect("C")
        let other = bench.enrol("gateway2")
        bench.read("C", [Bench.study("1.1", patient: "P1", instances: 4)], by: other)
        let old = try #require(bench.lease(worker).items.first)
        let second = try #require(bench.lease(other).items.first)
        bench.fail(second, .characterSet, other)
        bench.pass(.seconds(31), beating: [worker: [], other: []])
        bench.act(.importOrders([Bench.order("ACC9", date: "20010101")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC9"))
        bench.pass(.seconds(62), beating: [worker: [], other: []])
        bench.verify(try #require(bench.lease(worker).items.first), worker)
        #expect(try bench.study("1.1").progress.doneCount == 3)
        #expect(bench.verify(old, worker) == .stale)
        #expect(try bench.study("1.1").progress.doneCount == 0)
        #expect(bench.lease(worker).items.first?.mayHaveBeenSent == true)
    }

    @Test("A stale result of a send with other changes has the medium of a study asked for again that was verified and erased")
    func staleAfterErasure() throws {
        var (bench, worker, medium) = try bench()
        let old = try #require(bench.lease(worker).items.first)
        bench.pass(.seconds(31), beating: [worker: []])
        bench.fail(try #require(bench.lease(worker).items.first), .characterSet, worker)
        bench.act(.importOrders([Bench.order("ACC9", date: "20010101")]))
        bench.act(.assign(studyInstanceUID: "1.1", accessionNumber: "ACC9"))
        bench.pass(.seconds(62), beating: [worker: []])
        bench.verify(try #require(bench.lease(worker).items.first), worker)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(bench.beat(worker, [])?.orders.contains(.erase(mediumGrant: medium, studyInstanceUID: "1.1")) == true)
        #expect(bench.verify(old, worker) == .stale)
        #expect(try bench.study("1.1").progress.state == .ready)
        #expect(try bench.medium("A").state == .expected)
        bench.read("A", [Bench.study("1.1", patient: "P1")], by: worker)
        bench.verify(try #require(bench.lease(worker).items.first), worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("What was erased before a stale result came is not taken up again with a worker that was lost and comes back", arguments: [true, false])
    func erasedIsGone(isGreeting: Bool) throws {
        var (bench, worker, medium) = try bench(2)
        let old = try #require(bench.lease(worker, 1).items.first)
        let uid = old.studyInstanceUID
        bench.pass(.seconds(31), beating: [worker: []])
        bench.fail(try #require(bench.lease(worker, 1).items.first), .characterSet, worker)
        bench.act(.importOrders([Bench.order("ACC9", patient: old.expected.patientID.reveal(), date: "20010101")]))
        bench.act(.assign(studyInstanceUID: uid, accessionNumber: "ACC9"))
        bench.pass(.seconds(62), beating: [worker: []])
        let items = bench.lease(worker).items
        bench.verify(try #require(items.first { $0.studyInstanceUID == uid }), worker)
        #expect(bench.beat(worker, [])?.orders.contains(.erase(mediumGrant: medium, studyInstanceUID: uid)) == true)
        #expect(bench.verify(old, worker) == .stale)
        bench.pass(.minutes(6))
        #expect(bench.driver.snapshot.workers.first?.isLost == true)
        if isGreeting { _ = bench.hello(worker, custody: [medium]) } else { _ = bench.beat(worker, []) }
        #expect(bench.driver.snapshot.workers.first?.isLost == false)
        // The other study is there again, this one is not.
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.1", "1.2"].filter { $0 != uid })
        #expect(try bench.medium("A").state == .expected)
        bench.read("A", [Bench.study(uid, patient: old.expected.patientID.reveal())], by: worker)
        bench.verify(try #require(bench.lease(worker).items.first { $0.studyInstanceUID == uid }), worker)
        #expect(try bench.study(uid).progress.state == .verified)
    }

    @Test("Instances that a result does not name are leased again, and only those; no attempt is counted")
    func interrupted() throws {
        var (bench, worker, _) = try bench()
        let item = try #require(bench.lease(worker).items.first)
        let group = VerdictGroup(instances: InstanceRanges([0, 2]), verdict: .verified)
        #expect(bench.report(ResultItem(grant: item.grant, verdicts: [group]), worker) == .ok)
        #expect(try bench.study("1.1").progress.attempts == 0)
        let rest = try #require(bench.lease(worker).items.first)
        #expect(rest.instances == InstanceRanges([1]))
        bench.verify(rest, worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A verdict on an instance that was not granted costs the line and changes nothing")
    func foreignVerdict() throws {
        var (bench, worker, _) = try bench()
        let item = try #require(bench.lease(worker).items.first)
        let group = VerdictGroup(instances: InstanceRanges([0, 7]), verdict: .verified)
        let reply = bench.say(.result(ResultRequest(items: [ResultItem(grant: item.grant, verdicts: [group])])), worker)
        guard case .error(let error) = reply else { return #expect(Bool(false)) }
        #expect(error.code == .badValue)
        #expect(bench.verify(item, worker) == .ok)
    }

    @Test("A failed study is tried again after growing delays, then becomes an exception with its category")
    func retriesThenException() throws {
        let retries = Retries(delays: [.seconds(5), .seconds(20)], attempts: 3)
        var (bench, worker, _) = try bench(retries: retries)
        for delay in [Int64(5), 20] {
            bench.fail(try #require(bench.lease(worker).items.first), .destinationRefused, worker)
            #expect(try bench.study("1.1").progress.state == .failed)
            bench.tick(after: .seconds(delay - 1))
            #expect(bench.lease(worker).items.isEmpty)
            bench.tick(after: .seconds(1))
        }
        bench.fail(try #require(bench.lease(worker).items.first), .destinationRefused, worker)
        let study = try bench.study("1.1")
        #expect(study.progress.state == .exception)
        #expect(study.progress.category == .destinationRefused)
        #expect(study.progress.sentence == Sentence(.gaveUp, [.text("destination-refused"), .count(3), .text("status A700")]))
        bench.tick(after: .minutes(100))
        #expect(bench.lease(worker).items.isEmpty)
        bench.act(.retry(studyInstanceUID: "1.1"))
        bench.verify(try #require(bench.lease(worker).items.first), worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("What no retry helps becomes an exception at once; a character set fault is held", arguments: [
        (ExceptionCategory.presentBefore, StudyState.exception), (.notAccepted, .exception), (.characterSet, .held),
    ])
    func atOnce(category: ExceptionCategory, state: StudyState) throws {
        var (bench, worker, _) = try bench()
        bench.fail(try #require(bench.lease(worker).items.first), category, worker)
        #expect(try bench.study("1.1").progress.state == state)
        #expect(bench.lease(worker).items.isEmpty)
    }

    @Test("A destination in trouble burns one study's attempt, not everybody's, and is probed by one part at a time")
    func destinationTrouble() throws {
        var (bench, worker, _) = try bench(4)
        let items = bench.lease(worker, 3).items
        for item in items { bench.fail(item, .destinationUnreachable, worker) }
        let attempts = try (1...4).map { try bench.study("1.\($0)").progress.attempts }
        #expect(attempts.reduce(0, +) == 1)
        #expect(bench.driver.snapshot.trouble?.category == .destinationUnreachable)
        let reply = bench.lease(worker)
        #expect(reply.items.isEmpty)
        #expect(reply.sentence?.code == "destination-trouble")
        bench.tick(after: .seconds(5))
        let probe = bench.lease(worker).items
        #expect(probe.count == 1)
        #expect(bench.lease(worker).items.isEmpty)
        bench.verify(try #require(probe.first), worker)
        #expect(bench.driver.snapshot.trouble == nil)
        #expect(bench.lease(worker).items.isEmpty == false)
    }

    @Test("A worker that is lost loses its custody: its medium is asked for again, and another worker reads it")
    func lostWorker() throws {
        var (bench, worker, medium) = try bench(2)
        let other = bench.enrol("gateway2")
        bench.verify(try #require(bench.lease(worker, 1).items.first), worker)
        _ = bench.lease(worker)
        bench.pass(.seconds(310), beating: [other: []])
        #expect(try bench.ledger.read { try $0.worker(worker)?.state } == .lost)
        #expect(try bench.medium("A").state == .expected)
        #expect(try bench.medium("A").sentence?.code == "custody-lost")
        #expect(try bench.study("1.2").progress.state == .ready)
        #expect(bench.lease(other).items.isEmpty)
        let again = bench.read("A", [Bench.study("1.1", patient: "P1"), Bench.study("1.2", patient: "P2")], by: other)
        bench.tick(after: .minutes(2))
        let items = bench.lease(other).items
        #expect(items.map(\.studyInstanceUID) == ["1.2"])
        #expect(items.first?.mayHaveBeenSent == true)
        bench.verify(try #require(items.first), other)
        #expect(try bench.study("1.2").progress.state == .verified)
        #expect(try bench.medium("A").state == .drained)
        // The lost worker comes back with its old spool: it is told to erase what was read again.
        _ = bench.hello(worker, custody: [medium])
        #expect(bench.beat(worker, [])?.orders.contains(.erase(mediumGrant: medium, studyInstanceUID: "1.2")) == true)
        #expect(again > medium)
    }

    @Test("A lost worker that comes back with its spool before its medium was read again keeps what it has")
    func returningWorker() throws {
        var (bench, worker, medium) = try bench()
        bench.pass(.seconds(310))
        #expect(try bench.medium("A").state == .expected)
        _ = bench.hello(worker, custody: [medium])
        #expect(try bench.medium("A").state == .read)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A worker with a new spool, or without some grants, loses that custody at once")
    func newSpool() throws {
        var (bench, worker, medium) = try bench()
        _ = bench.hello(worker, custody: [medium])
        #expect(try bench.medium("A").state == .read)
        let item = try #require(bench.lease(worker).items.first)
        _ = bench.hello(worker, spool: "another", custody: [])
        #expect(try bench.medium("A").state == .expected)
        #expect(bench.verify(item, worker) == .stale)
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A draining worker gets no new lease and no new medium, and works again when resumed")
    func drainAndResume() throws {
        var (bench, worker, _) = try bench(2)
        let item = try #require(bench.lease(worker, 1).items.first)
        bench.act(.drain(worker: "gateway1"))
        #expect(bench.beat(worker, [item.grant])?.orders == [.drain])
        #expect(bench.lease(worker).sentence?.code == "worker-draining")
        #expect(bench.insert("B", into: worker).sentence.code == "worker-draining")
        #expect(bench.verify(item, worker) == .ok)
        bench.act(.resume(worker: "gateway1"))
        #expect(bench.beat(worker, [])?.orders.contains(.resume) == true)
        #expect(bench.lease(worker).items.count == 1)
    }

    @Test("A revoked worker is refused from its next line on, and its custody ends")
    func revoked() throws {
        var (bench, worker, _) = try bench()
        bench.act(.revoke(worker: "gateway1"))
        guard case .error(let error) = bench.say(.lease(LeaseRequest(count: 1)), worker) else { return #expect(Bool(false)) }
        #expect(error.code == .revoked)
        #expect(try bench.medium("A").state == .expected)
        bench.restart()
        guard case .error = bench.say(.lease(LeaseRequest(count: 1)), worker) else { return #expect(Bool(false)) }
        let again = bench.enrol("gateway1")
        #expect(again != worker)
    }

    @Test("An equal copy of an instance is granted once, and from the other disc when the first one's custody is lost")
    func severalPlaces() throws {
        var (bench, worker, _) = try bench()
        let other = bench.enrol("gateway2")
        bench.read("B", [Bench.study("1.1", instances: 4)], by: other)
        #expect(bench.lease(worker).items.map(\.instances) == [InstanceRanges(upTo: 3)])
        let second = try #require(bench.lease(other).items.first)
        #expect(second.instances == InstanceRanges([3]))
        _ = bench.hello(worker, custody: [])
        #expect(bench.lease(other).items.isEmpty)
        #expect(bench.report(ResultItem(grant: second.grant, verdicts: [VerdictGroup(instances: InstanceRanges([3]), verdict: .verified)]), other) == .ok)
        let rest = try #require(bench.lease(other).items.first)
        #expect(rest.instances == InstanceRanges(upTo: 3))
        bench.verify(rest, other)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A jump of the clock by more than a term counts as a restart: live leases get one more full term")
    func clockJump() throws {
        var (bench, worker, _) = try bench()
        let item = try #require(bench.lease(worker).items.first)
        bench.tick(after: .minutes(60))
        #expect(bench.verify(item, worker) == .ok)
    }
}

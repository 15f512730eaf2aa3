import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("A ledger that was put back from a copy")
struct RestorationTests {
    /// Two studies read by one worker, of which the first is leased; the ledger as it is then is the copy.
    private func copied() throws -> (bench: Bench, worker: WorkerID, medium: GrantNumber, lease: LeaseItem) {
        var bench = try Bench()
        bench.now = Instant(milliseconds: 1_795_262_400_000)
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")]))
        let worker = bench.enrol("gateway1")
        let medium = bench.read("A", [Bench.study("1.1"), Bench.study("1.2", patient: "P2")], by: worker)
        let lease = try #require(bench.lease(worker, 1).items.first)
        return (bench, worker, medium, lease)
    }

    private func restore(_ bench: inout Bench, numbers: [CounterName: Int64] = [:]) throws {
        let now = bench.now
        try bench.ledger.write { tx in
            try Restoration.enter(in: tx, numbers: numbers, lastEventAt: now, configuration: bench.configuration, now: now)
        }
        bench.restart()
    }

    @Test("Grant numbers and reserved accession numbers that were given out after the copy are not given out again, twice restored or not")
    func numbers() throws {
        var (bench, worker, medium, _) = try copied()
        bench.now = bench.now + .minutes(60)
        try restore(&bench, numbers: [.grant: 70_000, .unspecifiedExam: 12])
        let first = try bench.ledger.write { try $0.value(of: .grant) }
        #expect(first >= 70_000 + bench.now.milliseconds)
        #expect(try bench.ledger.write { try $0.value(of: .unspecifiedExam) } == 12 + Restoration.skippedExams)
        // Again, by a clock that was put back a day.
        bench.now = Instant(milliseconds: bench.now.milliseconds - 86_400_000)
        try restore(&bench, numbers: [.grant: first + 5])
        #expect(try bench.ledger.write { try $0.value(of: .grant) } > first + 1_000_000)
        bench.pass(.seconds(91), beating: [worker: []])
        _ = bench.hello(worker, custody: [medium])
        let item = try #require(bench.lease(worker, 1).items.first)
        #expect(item.grant.number > first)
        // A number that every JSON reader knows exactly (RFC 8259 §6).
        #expect(item.grant.number < 1 << 53)
    }

    @Test("No lease of the copy lives on, and nothing is leased while workers may send under grants that the copy never saw")
    func quiet() throws {
        var (bench, worker, medium, lease) = try copied()
        try restore(&bench)
        _ = bench.hello(worker, custody: [medium])
        #expect(bench.beat(worker, [lease.grant, GrantNumber(lease.grant.number + 3)])?.live == [])
        let reply = bench.lease(worker)
        #expect(reply.items.isEmpty)
        #expect(reply.sentence?.code == "after-restoration")
        #expect(bench.verify(lease, worker) == .stale)
        bench.pass(.seconds(89), beating: [worker: []])
        #expect(bench.lease(worker).items.isEmpty)
        bench.pass(.seconds(2), beating: [worker: []])
        let items = bench.lease(worker).items
        #expect(items.count == 2)
        #expect(items.map(\.mayHaveBeenSent) == [true, true])
        #expect(try bench.eventCodes().contains("ledger-restored"))
        for item in items { bench.verify(item, worker) }
        #expect(try bench.study("1.2").progress.state == .verified)
    }

    @Test("What a worker erased after the copy costs no attempt: its medium is asked for again; what it still has is leased")
    func erased() throws {
        var (bench, worker, medium, _) = try copied()
        try restore(&bench)
        bench.pass(.seconds(91), beating: [worker: []])
        _ = bench.hello(worker, custody: [medium])
        let items = bench.lease(worker).items
        bench.fail(items[0], .unreadable, worker)
        bench.verify(items[1], worker)
        #expect(try bench.study(items[0].studyInstanceUID).progress.attempts == 0)
        #expect(try bench.study(items[0].studyInstanceUID).progress.state == .ready)
        #expect(try bench.study(items[1].studyInstanceUID).progress.state == .verified)
        #expect(try bench.medium("A").state == .expected)
        #expect(bench.lease(worker).items.isEmpty)
        bench.read("A", [Bench.study("1.1"), Bench.study("1.2", patient: "P2")], by: worker)
        // Read after the restoration: what is unreadable now is a failure like any other.
        let again = try #require(bench.lease(worker).items.first)
        bench.fail(again, .unreadable, worker)
        #expect(try bench.study(again.studyInstanceUID).progress.attempts == 1)
        #expect(try bench.medium("A").state != .expected)
    }

    @Test("Of two copies of a disc, both lost one after the other, the one is asked for again that is needed", arguments: [true, false])
    func bothCopiesLost(isFirstLostFirst: Bool) throws {
        var bench = try Bench()
        bench.expect("A", "B")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let workers = [bench.enrol("gateway1"), bench.enrol("gateway2")]
        bench.read("A", [Bench.study("1.1")], by: workers[0])
        bench.read("B", [Bench.study("1.1")], by: workers[1])
        for worker in isFirstLostFirst ? workers : workers.reversed() { _ = bench.hello(worker, custody: []) }
        let states = [try bench.medium("A").state, try bench.medium("B").state]
        #expect(states.contains(.expected), "\(states)")
        for (label, worker) in zip(["A", "B"], workers) where try bench.medium(label).state == .expected {
            bench.read(label, [Bench.study("1.1")], by: worker)
        }
        bench.sendAll(workers[0], workers[1])
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("What a worker staged after the copy is called stale after its HELLO, once")
    func unknownCustody() throws {
        var (bench, worker, medium, _) = try copied()
        let unknown = GrantNumber(4711)
        _ = bench.hello(worker, custody: [medium, unknown])
        #expect(bench.beat(worker, [])?.stale == [])
        try restore(&bench)
        _ = bench.hello(worker, custody: [medium, unknown])
        #expect(bench.beat(worker, [])?.stale == [unknown])
        #expect(bench.beat(worker, [])?.stale == [])
    }

    @Test("An invitation of the copy that nobody has used invites nobody any more: after the copy somebody may have")
    func invitations() throws {
        var (bench, _, _, _) = try copied()
        let digest = [UInt8](repeating: 77, count: 32)
        bench.act(.invite(name: "gateway2", site: "", secretDigest: digest, expires: bench.now + .minutes(30)))
        try restore(&bench)
        guard case .reply(.error(let error)) = bench.process(.enrolment(secretDigest: digest, identity: "another")) else {
            return #expect(Bool(false), "gateway2 was enrolled")
        }
        #expect(error.code == .invitationExpired)
    }

    @Test("A restart gives each live lease a full term, and not all of them end in one tick")
    func spread() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders((1...40).map { Bench.order("ACC\($0)", patient: "P\($0)") }))
        let worker = bench.enrol("gateway1")
        bench.read("A", (1...40).map { Bench.study("1.\($0)", patient: "P\($0)") }, by: worker)
        let count = [bench.lease(worker), bench.lease(worker), bench.lease(worker)].reduce(0) { $0 + $1.items.count }
        #expect(count == 40)
        bench.restart()
        bench.tick()
        let live = { (bench: Bench) in bench.driver.snapshot.workers.reduce(0) { $0 + $1.grants.count } }
        var ended: [Int] = []
        for _ in 0..<38 {
            let before = live(bench)
            bench.tick()
            _ = bench.beat(worker, [])
            ended.append(before - live(bench))
        }
        #expect(ended.prefix(29).allSatisfy { $0 == 0 })
        #expect(ended.reduce(0, +) == 40)
        #expect(ended.allSatisfy { $0 <= 10 })
    }
}

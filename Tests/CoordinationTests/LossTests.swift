import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What is lost is asked for again, whoever had it")
struct LossTests {
    /// One study on a disc and on its copy, which was burnt anew; both read by one worker, nothing sent.
    private func bench() throws -> (bench: Bench, worker: WorkerID) {
        var bench = try Bench()
        bench.act(.importMedia([ExpectedMedium(label: "A", kind: .cd), ExpectedMedium(label: "A2", kind: .cd, copyOf: "A")]))
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        bench.read("A2", [Bench.study("1.1")], fingerprint: Bench.hex("burnt anew"), by: worker)
        return (bench, worker)
    }

    @Test("Two copies that are lost together: one of them is asked for, read, and the study is sent")
    func copies() throws {
        var (bench, worker) = try bench()
        _ = bench.hello(worker, spool: "another")
        let expected = try ["A", "A2"].filter { try bench.medium($0).state == .expected }
        let label = try #require(expected.first)
        bench.read(label, [Bench.study("1.1")], fingerprint: label == "A2" ? Bench.hex("burnt anew") : nil, by: worker)
        bench.sendAll(worker)
        #expect(try bench.study("1.1").progress.state == .verified)
    }

    @Test("A copy that was lost long ago is asked for when the last one is lost, at another worker")
    func lastCopy() throws {
        var (bench, first) = try bench()
        let second = bench.enrol("gateway2")
        _ = bench.hello(first, spool: "another")
        let label = try #require(try ["A", "A2"].first { try bench.medium($0).state == .expected })
        bench.read(label, [Bench.study("1.1")], fingerprint: label == "A2" ? Bench.hex("burnt anew") : nil, by: second)
        _ = bench.hello(second, spool: "another")
        #expect(try ["A", "A2"].contains { try bench.medium($0).state == .expected })
    }

    @Test("What an earlier enrolment left in a spool is to be erased: it takes the room that reading its disc again needs")
    func strangeSpool() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let old = bench.enrol("gateway1")
        let grant = bench.read("A", [Bench.study("1.1")], by: old)
        bench.act(.revoke(worker: "gateway1"))
        let new = bench.enrol("gateway1")
        _ = bench.hello(new, custody: [grant])
        let erase = WorkerOrder.erase(mediumGrant: grant, studyInstanceUID: "1.1")
        #expect(bench.beat(new, [])?.orders.contains(erase) == true)
        #expect(bench.beat(new, [])?.orders.contains(erase) == false)
        let own = bench.read("A", [Bench.study("1.1")], by: new)
        _ = bench.hello(new, custody: [own])
        #expect(bench.beat(new, [])?.orders.contains(erase) == false)
    }

    @Test("What another enrolment has in its custody is not to be erased, though the same spool holds it")
    func strangeButHeld() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let first = bench.enrol("gateway1")
        let grant = bench.read("A", [Bench.study("1.1")], by: first)
        let second = bench.enrol("gateway2")
        _ = bench.hello(second, custody: [grant])
        #expect(bench.beat(second, [])?.orders.contains(.erase(mediumGrant: grant, studyInstanceUID: "1.1")) == false)
    }

    @Test("However much there is to erase, a full worker is told all of it before it is told any of it again")
    func manyErasures() throws {
        var bench = try Bench()
        bench.expect("A")
        // More than the beats of a term can carry.
        let count = 800
        bench.act(.importOrders((1...count).map { Bench.order("ACC\($0)", patient: "P\($0)") }))
        let worker = bench.enrol("gateway1")
        bench.read("A", (1...count).map { Bench.study("1.\($0)", patient: "P\($0)") }, by: worker)
        while case let items = bench.lease(worker), !items.items.isEmpty { for item in items.items { bench.verify(item, worker) } }
        let request = BeatRequest(grants: [], drives: [], spoolBytes: 9, spoolLimit: 10, paused: Sentence(.spoolFull, [.bytes(10)]))
        var told: [String] = []
        for _ in 0..<4 {
            bench.now = bench.now + bench.configuration.terms.beat
            guard case .beat(let reply) = bench.say(.beat(request), worker) else { break }
            told += reply.orders.compactMap { if case .erase(_, let study) = $0 { study } else { nil } }
        }
        #expect(told.count == count)
        #expect(Set(told).count == count)
    }

    @Test("A worker whose spool is full is told again what to erase: the order may have gone to a connection that it had given up")
    func toldAgain() throws {
        var (bench, worker) = try bench()
        bench.sendAll(worker)
        let request = BeatRequest(grants: [], drives: [], spoolBytes: 9, spoolLimit: 10, paused: Sentence(.spoolFull, [.bytes(10)]))
        func erasures() -> Int {
            guard case .beat(let reply) = bench.say(.beat(request), worker) else { return -1 }
            return reply.orders.filter { if case .erase = $0 { true } else { false } }.count
        }
        #expect(erasures() == 2)
        #expect(erasures() == 0)
        bench.now = bench.now + bench.configuration.terms.grant
        #expect(erasures() == 2)
    }
}

import Coordination
import Ledger
import LedgerSQLite
import LineProtocol
import Migration
import Testing

@Suite("The driver: one commit for all events that wait, each in its own savepoint")
struct DriverTests {
    /// A ledger whose commits can be made to fail.
    final class FragileLedger: Ledger, @unchecked Sendable {
        // @unchecked Sendable because each test uses it from one thread only.
        let inner: SQLiteLedger
        var isBroken = false

        init() throws { inner = try SQLiteLedger() }

        func write<Result>(_ body: (any LedgerTransaction) throws -> Result) throws -> Result {
            try inner.write { tx in
                let result = try body(tx)
                if isBroken { throw LedgerError(.unavailable, "the disk is full") }
                return result
            }
        }

        func read<Result>(_ body: (any LedgerReader) throws -> Result) throws -> Result { try inner.read(body) }
    }

    @Test("An event that fails undoes its own changes only")
    func isolation() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let media = [ExpectedMedium(label: "B", kind: .cd), ExpectedMedium(label: "", kind: .cd)]
        let answers = bench.driver.process(
            [
                .action(.importMedia([ExpectedMedium(label: "C", kind: .cd)]), by: "operator"),
                .action(.importMedia(media), by: "operator"),
                .line(worker, .lease(LeaseRequest(count: 99)), payloadDigest: []),
                .line(worker, .lease(LeaseRequest(count: 1)), payloadDigest: []),
            ], now: bench.now)
        guard case .done = answers[0], case .refused = answers[1], case .reply(.error) = answers[2], case .reply(.lease) = answers[3]
        else { return #expect(Bool(false), "answers are \(answers)") }
        let labels = try bench.ledger.read { try $0.media(state: nil, page: Page()) }.map(\.medium.label)
        #expect(labels == ["A", "C"])
    }

    @Test("When the commit fails every event is answered ledger-unavailable, and the engine is what it was")
    func commitFailure() throws {
        let ledger = try FragileLedger()
        var bench = Bench(ledger: ledger)
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let before = bench.driver.snapshot
        ledger.isBroken = true
        let answers = bench.driver.process(
            [.line(worker, .lease(LeaseRequest(count: 1)), payloadDigest: []), .action(.drain(worker: "gateway1"), by: "operator"), .tick],
            now: bench.now)
        guard case .reply(.error(let error)) = answers[0], case .refused(let refusal) = answers[1] else { return #expect(Bool(false)) }
        #expect(error.code == .ledgerUnavailable)
        #expect(refusal.code == .ledgerUnavailable)
        let after = bench.driver.snapshot
        #expect((after.now, after.workers, after.trouble, after.faults) == (before.now, before.workers, before.trouble, before.faults))
        let since = bench.now
        #expect(after.ledgerTrouble?.since == since)
        bench.tick()
        #expect(bench.driver.snapshot.ledgerTrouble?.since == since)
        ledger.isBroken = false
        #expect(bench.lease(worker).items.count == 1)
        bench.tick()
        #expect(bench.driver.snapshot.ledgerTrouble == nil)
    }

    @Test("A batch that writes nothing does not end the word that nothing can be recorded")
    func beatWhileBroken() throws {
        let ledger = try FragileLedger()
        var bench = Bench(ledger: ledger)
        let worker = bench.enrol("gateway1")
        ledger.isBroken = true
        bench.tick()
        let trouble = try #require(bench.driver.snapshot.ledgerTrouble)
        ledger.isBroken = false
        _ = bench.beat(worker, [])
        #expect(bench.driver.snapshot.ledgerTrouble == trouble)
        bench.tick()
        #expect(bench.driver.snapshot.ledgerTrouble == nil)
    }

    @Test("What goes wrong with one grant at a tick is named, and holds up no other")
    func poisonedTick() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1"), Bench.order("ACC2", patient: "P2")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1"), Bench.study("1.2", patient: "P2")], by: worker)
        let items = bench.lease(worker).items
        #expect(bench.driver.snapshot.faults.isEmpty)
        try bench.ledger.write { tx in
            // Positions that no ledger reads back: as good as a damaged row.
            guard case .part(let id, _, _)? = try tx.grant(items[0].grant)?.subject, var part = try tx.part(id) else { return }
            part.wanted = InstanceRanges(Array(-5...3))
            try tx.updatePart(part)
        }
        bench.pass(.seconds(31), beating: [worker: []])
        #expect(bench.driver.snapshot.faults.count == 1)
        #expect(bench.driver.snapshot.faults.first?.contains("grant \(items[0].grant) of gateway1") == true)
        #expect(try bench.study("1.1").progress.state == .leased)
        #expect(try bench.study("1.2").progress.state == .ready)
    }

    @Test("A beat alone writes nothing")
    func beatWritesNothing() throws {
        let path = "/tmp/skein-beat-\(UInt64.random(in: 0...UInt64.max)).sqlite"
        var bench = Bench(ledger: try SQLiteLedger(path: path))
        defer { for suffix in ["", "-wal", "-shm", "-head"] { removeFile(path + suffix) } }
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = try #require(bench.insert("A", into: worker).grant)
        _ = bench.beat(worker, [grant])
        let before = fileSize(path + "-wal")
        for _ in 0..<50 { _ = bench.beat(worker, [grant]) }
        #expect(fileSize(path + "-wal") == before)
    }

    @Test("Events before the first start are not lost: the engine starts by itself and knows its workers")
    func startsByItself() throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        bench.restart()
        #expect(bench.beat(worker, []) != nil)
        #expect(bench.driver.snapshot.workers.map(\.name) == ["gateway1"])
    }

    @Test("After a restart a worker is connected when it has greeted, not because it was known; and not when it is silent for a term")
    func connected() throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        let term = bench.configuration.terms.grant
        let connected = { (bench: Bench) in bench.driver.snapshot.workers.map { $0.isConnected(within: term, at: bench.now) } }
        #expect(connected(bench) == [true])
        bench.restart()
        bench.tick()
        #expect(connected(bench) == [false])
        bench.hello(worker)
        #expect(connected(bench) == [true])
        bench.pass(.seconds(term.milliseconds / 1000 + 1))
        #expect(connected(bench) == [false])
    }
}

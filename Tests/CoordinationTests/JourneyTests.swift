import Coordination
import Foundation
import Ledger
import LedgerSQLite
import LineProtocol
import Migration
import Testing

@Suite("The way of a study")
struct JourneyTests {
    @Test("A disc is read, its study finds its order, is leased, and is verified")
    func fromDiscToVerified() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        let grant = bench.read("A", [Bench.study("1.1")], by: worker)

        var study = try bench.study("1.1")
        #expect(study.progress.state == .ready)
        #expect(study.outcome == .matched)
        #expect(try bench.medium("A").state == .read)

        let lease = bench.lease(worker, 4)
        let item = try #require(lease.items.first)
        #expect(lease.items.count == 1)
        #expect(item.mediumGrant == grant)
        #expect(item.instances == InstanceRanges(upTo: 3))
        #expect(item.expected.accessionNumber == "ACC1")
        #expect(item.mayHaveBeenSent == false)
        #expect(item.coercions.contains { $0.tag == "00080050" && $0.value.reveal() == "ACC1" })
        #expect(try bench.study("1.1").progress.state == .leased)

        #expect(bench.verify(item, worker) == .ok)
        study = try bench.study("1.1")
        #expect(study.progress.state == .verified)
        #expect(study.progress.doneCount == 3)
        #expect(try bench.medium("A").state == .drained)
        #expect(try bench.ledger.read { try $0.verifyChain() } == .whole(count: Int64(bench.eventCodes().count)))
    }

    @Test("What is verified is to be erased from the spool, until the worker no longer names it")
    func erasure() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        let grant = bench.read("A", [Bench.study("1.1")], by: worker)
        bench.sendAll(worker)
        let erase = WorkerOrder.erase(mediumGrant: grant, studyInstanceUID: "1.1")
        #expect(bench.beat(worker, [])?.orders.contains(erase) == true)
        #expect(bench.beat(worker, [])?.orders.contains(erase) == false)
        _ = bench.hello(worker, custody: [grant])
        #expect(bench.beat(worker, [])?.orders.contains(erase) == true)
        _ = bench.hello(worker, custody: [])
        #expect(bench.beat(worker, [])?.orders.contains(erase) == false)
    }

    @Test("The ledger can be closed and opened again after every step, and the journey goes on")
    func restartAtEachStep() throws {
        let path = NSTemporaryDirectory() + "skein-\(UUID().uuidString).sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        func reopened(_ bench: Bench) throws -> Bench {
            try bench.close()
            var next = bench
            next.ledger = try SQLiteLedger(path: path)
            next.restart()
            return next
        }
        var bench = Bench(ledger: try SQLiteLedger(path: path))
        bench.expect("A")
        bench = try reopened(bench)
        bench.act(.importOrders([Bench.order("ACC1")]))
        bench = try reopened(bench)
        let worker = bench.enrol("gateway1")
        bench = try reopened(bench)
        let grant = try #require(bench.insert("A", into: worker).grant)
        bench = try reopened(bench)
        _ = bench.piece(0, of: grant, InventoryPiece(studies: [Bench.study("1.1")], unreadable: []), from: worker)
        bench = try reopened(bench)
        guard case .inventory(let reply) = bench.end(grant, from: worker) else { return #expect(Bool(false), "the end was refused") }
        #expect(reply.isClosed)
        bench = try reopened(bench)
        let item = try #require(bench.lease(worker, 1).items.first)
        bench = try reopened(bench)
        // Live leases get one more full term at each restart (law 10).
        bench.pass(.seconds(29))
        #expect(bench.verify(item, worker) == .ok)
        bench = try reopened(bench)
        #expect(try bench.study("1.1").progress.state == .verified)
        #expect(bench.verify(item, worker) == .ok)
    }

    @Test("CT, MR and XA go first, the newest first, then the rest, the newest first")
    func orderOfWork() throws {
        var bench = try Bench(Bench.configuration(Policies(patientLevelFailed: .unspecifiedExam)))
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let studies = [
            Bench.study("1.1", date: "20010101", modality: "CR"), Bench.study("1.2", date: "20020101", modality: "MR"),
            Bench.study("1.3", date: "20040101", modality: "US"), Bench.study("1.4", date: "20030101", modality: "XA"),
        ]
        bench.read("A", studies, by: worker)
        #expect(bench.lease(worker).items.map(\.studyInstanceUID) == ["1.4", "1.2", "1.3", "1.1"])
    }

    @Test("At level acknowledged a study ends as sent and is never called verified")
    func acknowledgedLevel() throws {
        var bench = try Bench(MigrationConfiguration(destination: "dicom://PACS@127.0.0.1:4242", level: .acknowledged))
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let item = try #require(bench.lease(worker, 1).items.first)
        let group = VerdictGroup(instances: item.instances, verdict: .acknowledged)
        #expect(bench.report(ResultItem(grant: item.grant, verdicts: [group]), worker) == .ok)
        #expect(try bench.study("1.1").progress.state == .sent)
        #expect(bench.lease(worker, 1).items.isEmpty)
    }
}

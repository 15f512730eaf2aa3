import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What a source that several gateways reach is spared: too many readers at once")
struct SourceLimitTests {
    /// Two folders on one store, `RAID1` and `RAID2`, and a disc, `CD`; two workers.
    private func bench(readers: Int) throws -> (bench: Bench, workers: [WorkerID]) {
        var configuration = Bench.standard
        configuration.sources = [SourceCap(shelf: "NAS", readers: readers)]
        var bench = try Bench(configuration)
        bench.act(
            .importMedia([
                ExpectedMedium(label: "RAID1", kind: .folder, shelf: "NAS"), ExpectedMedium(label: "RAID2", kind: .folder, shelf: "NAS"),
                ExpectedMedium(label: "CD", kind: .cd, shelf: "NAS"),
            ]))
        bench.act(.importOrders((1...6).map { Bench.order("A\($0)", patient: "P\($0)") }))
        let workers = [bench.enrol("gateway1"), bench.enrol("gateway2")]
        return (bench, workers)
    }

    private let inUse = Sentence(.readersInUse, [.text("NAS"), .count(1)])

    private func studies(_ range: ClosedRange<Int>) -> [StudyInventory] { range.map { Bench.study("1.\($0)", patient: "P\($0)") } }

    @Test("No more of its media are read at once; a disc of the same shelf, in a drive, does not count")
    func media() throws {
        var (bench, workers) = try bench(readers: 1)
        let first = bench.insert("RAID1", isOnline: true, into: workers[0])
        #expect(first.grant != nil)
        #expect(bench.insert("RAID2", isOnline: true, into: workers[1]) == MediumReply(grant: nil, sentence: inUse))
        #expect(bench.insert("CD", into: workers[1]).grant != nil)
        // Presented again by its own reader it is not in its own way.
        #expect(bench.insert("RAID1", isOnline: true, into: workers[0]).grant != nil)
        bench.restart()
        bench.tick()
        #expect(bench.insert("RAID2", isOnline: true, into: workers[1]) == MediumReply(grant: nil, sentence: inUse))
        bench.pass(.seconds(40), beating: [workers[1]: []])
        #expect(bench.insert("RAID2", isOnline: true, into: workers[1]).grant != nil)
    }

    @Test("What stays online is read when it is sent: LEASE grants as many as may read, and says what the others wait for")
    func leases() throws {
        var (bench, workers) = try bench(readers: 1)
        bench.read("RAID1", studies(1...2), isOnline: true, by: workers[0])
        bench.read("RAID2", studies(3...4), isOnline: true, by: workers[1])
        let reply = bench.lease(workers[0])
        #expect(reply.items.count == 1)
        #expect(reply.sentence == inUse)
        #expect(bench.driver.snapshot.waiting == inUse)
        #expect(bench.lease(workers[1]) == LeaseReply(items: [], delay: .seconds(1), sentence: inUse))
        bench.verify(try #require(reply.items.first), workers[0])
        #expect(bench.lease(workers[1]).items.count == 1)
    }

    @Test("What was staged from a disc goes on, however much of the source comes before it in the order of work")
    func staged() throws {
        var (bench, workers) = try bench(readers: 1)
        bench.act(.importOrders((10...40).map { Bench.order("A\($0)", patient: "P\($0)") }))
        bench.read("RAID1", studies(10...40), isOnline: true, by: workers[0])
        bench.read("CD", [Bench.study("1.1", patient: "P1", modality: "CR")], by: workers[0])
        bench.act(.fileAsUnspecified(studyInstanceUID: "1.1"))
        bench.read("RAID2", studies(3...3), isOnline: true, by: workers[1])
        #expect(bench.lease(workers[1]).items.count == 1)
        let reply = bench.lease(workers[0])
        #expect(reply.items.map(\.studyInstanceUID) == ["1.1"])
        #expect(reply.sentence == inUse)
    }

    @Test("A lease that ended without an answer counts until its worker can read no more, over a restart too", arguments: [false, true])
    func unanswered(isRestarted: Bool) throws {
        var (bench, workers) = try bench(readers: 1)
        bench.read("RAID1", studies(1...1), isOnline: true, by: workers[0])
        bench.read("RAID2", studies(3...3), isOnline: true, by: workers[1])
        #expect(bench.lease(workers[0]).items.count == 1)
        bench.pass(.seconds(32), beating: [workers[1]: []])
        #expect(bench.driver.snapshot.workers[0].grants.isEmpty)
        if isRestarted {
            bench.restart()
            bench.tick()
        }
        #expect(bench.lease(workers[1]).sentence == inUse)
        bench.pass(.seconds(61), beating: [workers[1]: []])
        #expect(bench.lease(workers[1]).items.count == 1)
    }
}

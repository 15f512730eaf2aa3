import Coordination
import Ledger
import LineProtocol
import Migration
import Testing

@Suite("What a PACS asks of a fleet: known titles, and not too many associations")
struct DestinationLimitTests {
    /// Workers with a disc of `studies` studies each.
    private func bench(
        workers: Int, studies: Int = 3, titles: [String] = [], cap: AssociationCap? = nil
    ) throws -> (bench: Bench, workers: [WorkerID]) {
        var configuration = Bench.standard
        configuration.callingTitles = titles
        configuration.associations = cap
        var bench = try Bench(configuration)
        var ids: [WorkerID] = []
        for number in 1...workers {
            bench.expect("D\(number)")
            bench.act(.importOrders((1...studies).map { Bench.order("A\(number)\($0)", patient: "P\(number)-\($0)") }))
            let worker = bench.enrol("gateway\(number)")
            bench.read("D\(number)", (1...studies).map { Bench.study("1.\(number).\($0)", patient: "P\(number)-\($0)") }, by: worker)
            ids.append(worker)
        }
        return (bench, ids)
    }

    private func title(_ item: LeaseItem?) -> String? { item?.destination.split(separator: "calling=").last.map(String.init) }

    @Test("Each worker calls under a title of its own while it holds leases; when none is left LEASE waits and says so")
    func pool() throws {
        var (bench, workers) = try bench(workers: 3, titles: ["SKEIN1", "SKEIN2"])
        let first = try #require(bench.lease(workers[0], 1).items.first)
        let second = try #require(bench.lease(workers[1], 1).items.first)
        #expect([title(first), title(second)] == ["SKEIN1", "SKEIN2"])
        #expect(first.destination == "dicom://PACS@127.0.0.1:4242?calling=SKEIN1")
        let reply = bench.lease(workers[2])
        #expect(reply.items.isEmpty)
        #expect(reply.sentence == Sentence(.titlesInUse, [.count(2)]))
        #expect(bench.driver.snapshot.waiting == reply.sentence)
        bench.verify(second, workers[1])
        #expect(title(bench.lease(workers[2], 1).items.first) == "SKEIN2")
        #expect(title(bench.lease(workers[0], 1).items.first) == "SKEIN1")
        #expect(bench.lease(workers[1]).items.isEmpty)
    }

    @Test("A title stays with its worker over a restart, and is given to no other while its worker may still be sending")
    func unanswered() throws {
        var (bench, workers) = try bench(workers: 2, titles: ["SKEIN1"])
        #expect(bench.lease(workers[0], 1).items.count == 1)
        bench.restart()
        #expect(bench.lease(workers[1]).items.isEmpty)
        bench.pass(.seconds(40), beating: [workers[1]: []])
        // The lease has ended without an answer, but an association may go on for a minute.
        #expect(bench.driver.snapshot.workers[0].grants.isEmpty)
        #expect(bench.lease(workers[1]).items.isEmpty)
        bench.pass(.seconds(61), beating: [workers[1]: []])
        #expect(title(bench.lease(workers[1], 1).items.first) == "SKEIN1")
        bench.restart()
        #expect(bench.driver.snapshot.workers.isEmpty)
        bench.tick()
        #expect(bench.driver.snapshot.workers.map(\.callingTitle) == [nil, "SKEIN1"])
    }

    @Test("All workers together hold no more leases than the associations allow, and each lease says how many it may open")
    func cap() throws {
        var (bench, workers) = try bench(workers: 2, cap: AssociationCap(atDestination: 7, perLease: 2))
        let first = bench.lease(workers[0]).items
        let second = bench.lease(workers[1]).items
        #expect([first.count, second.count] == [3, 0])
        // The first worker's last part is granted: nothing of its own waits.
        #expect(bench.lease(workers[0]).sentence == Sentence(.noWork))
        #expect(bench.lease(workers[1]).sentence == Sentence(.associationsInUse, [.count(7)]))
        #expect(bench.driver.snapshot.waiting?.code == "associations-in-use")
        for item in first.prefix(2) { bench.verify(item, workers[0]) }
        #expect(bench.lease(workers[1]).items.count == 2)
        bench.pass(.seconds(31), beating: [workers[0]: [first[2].grant], workers[1]: []])
        // Two leases ended without an answer: their associations may still be open.
        #expect(bench.lease(workers[1]).items.isEmpty)
        bench.pass(.seconds(62), beating: [workers[0]: [first[2].grant], workers[1]: []])
        #expect(bench.lease(workers[1]).items.count == 2)
    }

    @Test("A LEASE that the cap cuts short says so, and so does the status; one that nothing is left behind by does not")
    func cut() throws {
        var (bench, workers) = try bench(workers: 1, studies: 3, cap: AssociationCap(atDestination: 4, perLease: 2))
        let reply = bench.lease(workers[0])
        #expect(reply.items.count == 2)
        #expect(reply.sentence == Sentence(.associationsInUse, [.count(4)]))
        #expect(bench.driver.snapshot.waiting == reply.sentence)
        bench.verify(reply.items[0], workers[0])
        let rest = bench.lease(workers[0])
        #expect(rest.items.count == 1)
        #expect(rest.sentence == Sentence(.noWork))
    }

    @Test("Leases that ended without an answer count over a restart of the coordinator, for as long as they would have without one")
    func capOverRestart() throws {
        var (bench, workers) = try bench(workers: 2, cap: AssociationCap(atDestination: 4, perLease: 2))
        #expect(bench.lease(workers[0], 2).items.count == 2)
        bench.pass(.seconds(31), beating: [workers[1]: []])
        #expect(bench.driver.snapshot.workers[0].grants.isEmpty)
        bench.restart()
        bench.tick()
        #expect(bench.lease(workers[1]).items.isEmpty)
        bench.pass(.seconds(55), beating: [workers[1]: []])
        #expect(bench.lease(workers[1]).items.isEmpty)
        bench.pass(.seconds(6), beating: [workers[1]: []])
        #expect(bench.lease(workers[1]).items.count == 2)
    }

    @Test("The title of a revoked worker stays its own, and its associations count, while it may be sending, a restart or not", arguments: [false, true])
    func revoked(isRestarted: Bool) throws {
        var (bench, workers) = try bench(workers: 2, titles: ["SKEIN1"], cap: AssociationCap(atDestination: 2, perLease: 1))
        #expect(bench.lease(workers[0], 2).items.count == 2)
        bench.act(.revoke(worker: "gateway1"))
        if isRestarted {
            bench.restart()
            bench.tick()
        }
        #expect(bench.lease(workers[1]).sentence == Sentence(.associationsInUse, [.count(2)]))
        bench.configuration.associations = nil
        bench.restart()
        bench.tick()
        #expect(bench.lease(workers[1]).sentence == Sentence(.titlesInUse, [.count(1)]))
        bench.pass(.seconds(95), beating: [workers[1]: []])
        #expect(title(bench.lease(workers[1], 1).items.first) == "SKEIN1")
    }

    @Test("Without work nobody is given a title, and nothing is said to wait")
    func noWork() throws {
        var (bench, workers) = try bench(workers: 1, titles: ["SKEIN1"], cap: AssociationCap(atDestination: 1, perLease: 2))
        bench.sendAll(workers[0])
        let other = bench.enrol("gateway9")
        // What the last part waited for is old news after a term.
        bench.pass(.seconds(31), beating: [workers[0]: [], other: []])
        #expect(bench.lease(other).sentence == Sentence(.noWork))
        #expect(bench.driver.snapshot.waiting == nil)
    }
}

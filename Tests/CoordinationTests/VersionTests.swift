import Coordination
import LineProtocol
import Migration
import Testing

@Suite("Protocol versions, resume points and new certificates")
struct VersionTests {
    private static func hello(_ versions: [Int]) -> Request {
        .hello(HelloRequest(versions: versions, program: "bench 1", spool: "spool", custody: []))
    }

    @Test("The highest common version is spoken", arguments: [([1], 1), ([2], 2), ([1, 2], 2), ([2, 1], 2), ([9, 2, 1], 2), ([9, 1], 1), ([3, 2, 1], 3), ([4, 3, 2], 3)])
    func common(offered: [Int], spoken: Int) throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        guard case .hello(let reply) = bench.say(Self.hello(offered), worker) else { throw Unexpected() }
        #expect(reply.version == spoken)
        #expect(bench.driver.snapshot.workers.first?.version == spoken)
    }

    struct Unexpected: Error {}

    @Test(
        "A worker of which no version is spoken is told which side to update",
        arguments: [([4], "update the coordinator"), ([Int.max], "update the coordinator"), ([0], "update the worker"), ([-1, 0], "update the worker"), ([], "names none")])
    func none(offered: [Int], words: String) throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        guard case .error(let error) = bench.say(Self.hello(offered), worker) else { throw Unexpected() }
        #expect(error.code == .unsupportedVersion)
        #expect(error.message.hasPrefix("the coordinator speaks versions 1, 2 and 3 of the line protocol"))
        #expect(error.message.hasSuffix(words))
        // The worker is as it was.
        #expect(bench.driver.snapshot.workers.first?.version == 1)
    }

    private static func progress(_ grant: GrantNumber, done: InstanceRanges?) -> Request {
        .beat(
            BeatRequest(
                grants: [GrantProgress(grant: grant, items: 2, bytes: 10, done: done)], drives: [], spoolBytes: 0, spoolLimit: 1))
    }

    @Test("A resume point is shown until the coordinator starts anew, and a beat without one takes it back")
    func resumePoint() throws {
        var bench = try Bench()
        bench.expect("A")
        bench.act(.importOrders([Bench.order("ACC1")]))
        let worker = bench.enrol("gateway1")
        bench.read("A", [Bench.study("1.1")], by: worker)
        let grant = try #require(bench.lease(worker).items.first?.grant)
        _ = bench.say(Self.progress(grant, done: InstanceRanges([0, 1])), worker)
        #expect(bench.driver.snapshot.workers.first?.grants.map(\.done) == [InstanceRanges([0, 1])])
        bench.restart()
        _ = bench.hello(worker)
        #expect(bench.driver.snapshot.workers.first?.grants.allSatisfy(\.done.isEmpty) == true)
        _ = bench.say(Self.progress(grant, done: nil), worker)
        #expect(bench.driver.snapshot.workers.first?.grants.allSatisfy(\.done.isEmpty) == true)
    }

    @Test("A resume point of more pairs than a beat may carry refuses the beat, and changes nothing")
    func longResumePoint() throws {
        var bench = try Bench()
        bench.expect("A")
        let worker = bench.enrol("gateway1")
        let grant = try #require(bench.insert("A", into: worker).grant)
        let many = InstanceRanges((0...LineLimits.resumePairs).map { 2 * $0 })
        guard case .error(let error) = bench.say(Self.progress(grant, done: many), worker) else { throw Unexpected() }
        #expect(error == LineError(.badValue, "BEAT: done of grant \(grant) has more than \(LineLimits.resumePairs) pairs"))
        #expect(bench.driver.snapshot.workers.first?.grants.map(\.items) == [0])
        let enough = InstanceRanges((0..<LineLimits.resumePairs).map { 2 * $0 })
        guard case .beat(let reply) = bench.say(Self.progress(grant, done: enough), worker) else { throw Unexpected() }
        #expect(reply.live == [grant])
    }

    @Test("A line of a preview changes nothing in the ledger, and is the shell's to answer, but not from a revoked worker")
    func preview() throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        let events = try bench.eventCodes()
        let request = PreviewRequest(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2", position: 0, matter: .piece(number: 0, [1]))
        let line = Event.line(worker, .preview(request), payloadDigest: [])
        #expect(bench.process(line) == .nothing)
        #expect(try bench.eventCodes() == events)
        bench.act(.revoke(worker: "gateway1"))
        guard case .reply(.error(let error)) = bench.process(line) else { throw Unexpected() }
        #expect(error.code == .revoked)
    }

    @Test("A new certificate is recorded before it is signed, and a revoked worker gets none")
    func renewal() throws {
        var bench = try Bench()
        let worker = bench.enrol("gateway1")
        let line = Event.line(worker, .renew(RenewRequest(signingRequest: "…")), payloadDigest: [])
        #expect(bench.process(line) == .renewed(name: "gateway1"))
        #expect(try bench.eventCodes().contains("certificate-renewed"))
        bench.act(.revoke(worker: "gateway1"))
        guard case .reply(.error(let error)) = bench.process(line) else { throw Unexpected() }
        #expect(error.code == .revoked)
    }
}

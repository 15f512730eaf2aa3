import Holding
import LineProtocol
import Migration
import Testing

@Suite struct PartTests {
    @Test func `without custody no part is asked for; with it, as many as may be sent at a time`() {
        #expect(Bench.connected(custody: 0).asked.isEmpty)
        #expect(Bench.connected(parts: 3, custody: 1).asked == [.lease(3)])
    }

    @Test func `a send may start until the term counted from the question, less the margin`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        let askedAt = bench.now
        bench.now = bench.now + .seconds(5)
        // A quarter of the term of 30 s is less than the margin of 10 s.
        let until = askedAt + Bench.term + Interval(milliseconds: -7_500)
        #expect(bench.reply(Bench.lease(5)) == [.startPart(Bench.item(5, study: "1.2.5"), sendUntil: until)])
    }

    @Test func `a long term keeps the whole margin`() {
        var bench = Bench(parts: 1)
        bench.tell(.custodyChanged(count: 1))
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 1, worker: "w", term: .minutes(5), beat: .seconds(100))))
        bench.answerBeat()
        let until = bench.now + .minutes(5) + Interval(milliseconds: -HoldingConfiguration.margin.milliseconds)
        #expect(bench.reply(Bench.lease(5)) == [.startPart(Bench.item(5, study: "1.2.5"), sendUntil: until)])
    }

    @Test func `a beat confirms the term from the moment at which it was sent`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        #expect(bench.asked == [.beat([GrantNumber(5)])])
        let sentAt = bench.now
        bench.now = bench.now + .seconds(3)
        let until = sentAt + Bench.term + Interval(milliseconds: -7_500)
        #expect(bench.answerBeat() == [.extendPart(GrantNumber(5), sendUntil: until)])
    }

    @Test func `a beat that does not name a part as live leaves its term as it was`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        #expect(bench.answerBeat(live: []).isEmpty)
        #expect(bench.holder.partCount == 1)
    }

    @Test func `a stale part is stopped once, and its result is said all the same`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        #expect(bench.answerBeat(stale: [GrantNumber(5)]) == [.stopPart(GrantNumber(5))])
        bench.pass(Bench.beat)
        #expect(bench.answerBeat(stale: [GrantNumber(5)]).isEmpty)
        #expect(bench.tell(.partEnded(Bench.result(5))).said.first == .result([Bench.result(5)]))
        let taken = bench.reply(.result(ResultReply(items: [ResultItemReply(grant: GrantNumber(5), word: .stale)])))
        #expect(taken.contains(.resultTaken(GrantNumber(5), isStale: true)))
    }

    @Test func `a grant that was called stale is not extended by a beat that was answered late`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        bench.answerBeat(stale: [GrantNumber(5)])
        bench.pass(Bench.beat)
        #expect(bench.answerBeat(live: [GrantNumber(5)]).isEmpty)
    }

    @Test func `results are kept while the coordinator is away and said again identically`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        #expect(bench.tell(.partEnded(Bench.result(5))).said.first == .result([Bench.result(5)]))
        bench.tell(.disconnected)
        bench.pass(.minutes(60))
        bench.tell(.connected)
        let said = bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat))).said
        #expect(said.contains(.result([Bench.result(5)])))
        #expect(said.first == .beat([GrantNumber(5)]))
    }

    @Test func `a result is said once while its answer is awaited`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.tell(.partEnded(Bench.result(5)))
        #expect(!bench.pass(.seconds(1)).said.contains(.result([Bench.result(5)])))
    }

    @Test func `results that the ledger could not take are said again after a while`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.tell(.partEnded(Bench.result(5)))
        bench.asked.removeAll { if case .lease = $0 { true } else { false } }
        #expect(bench.tell(.replied(.error(LineError(.ledgerUnavailable, "disk full")))).said.isEmpty)
        bench.asked = []
        #expect(bench.pass(HoldingConfiguration.retryDelay).said.contains(.result([Bench.result(5)])))
    }

    @Test func `results are gathered into lines of at most sixteen items and 64 KiB`() throws {
        var bench = Bench.connected(parts: 16, custody: 1)
        bench.reply(.lease(LeaseReply(items: (1...16).map { Bench.item($0, study: "1.\($0)") }, delay: .seconds(1), sentence: nil)))
        bench.tell(.disconnected)
        let wide = InstanceRanges((0..<2_000).map { $0 * 2 })
        for grant in Int64(1)...16 {
            bench.tell(.partEnded(ResultItem(grant: GrantNumber(grant), verdicts: [VerdictGroup(instances: wide, verdict: .verified)])))
        }
        bench.tell(.connected)
        let said = bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat))).said
        let lines = said.compactMap { saying -> [ResultItem]? in if case .result(let items) = saying { items } else { nil } }
        #expect(lines.flatMap { $0 }.map(\.grant.number) == Array(1...16))
        #expect(lines.count > 1)
        for line in lines {
            #expect(try LineCodec().encode(.result(ResultRequest(items: line))).count < LineLimits.lineByteCount)
        }
    }

    @Test func `an empty answer is asked again after its delay, a full one as soon as there is room`() {
        var bench = Bench.connected(parts: 2, custody: 1)
        bench.reply(.lease(LeaseReply(items: [], delay: .seconds(5), sentence: Sentence("no-work"))))
        #expect(bench.pass(.seconds(4)).said.isEmpty)
        #expect(bench.pass(.seconds(1)).said == [.lease(2)])
        bench.reply(Bench.lease(5, 6))
        #expect(bench.pass(.seconds(1)).said.isEmpty)
        #expect(bench.tell(.partEnded(Bench.result(5))).said.contains(.lease(1)))
    }

    @Test func `a part that is granted twice is worked on once`() {
        var bench = Bench.connected(parts: 2, custody: 1)
        let actions = bench.reply(Bench.lease(5, 5))
        #expect(actions.filter { if case .startPart = $0 { true } else { false } }.count == 1)
    }

    @Test func `a drained worker takes no disc and finishes what it has`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        bench.answerBeat(orders: [.drain])
        #expect(bench.tell(.mediumPresented(Bench.medium("A"))) == [.refuseMedium(drive: "drive1", Sentence("worker-drained"))])
        #expect(bench.tell(.partEnded(Bench.result(5))).said == [.result([Bench.result(5)])])
    }

    @Test func `a line of results that is refused is said again one by one, and only the wrong one is given up`() {
        var bench = Bench.connected(parts: 3, custody: 1)
        bench.reply(Bench.lease(5, 6, 7))
        // Nothing more is asked for.
        bench.tell(.custodyChanged(count: 0))
        bench.tell(.disconnected)
        for grant in Int64(5)...7 { bench.tell(.partEnded(Bench.result(grant))) }
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 1, worker: "w", term: Bench.term, beat: Bench.beat)))
        bench.answerBeat()
        #expect(bench.asked.first == .result([Bench.result(5), Bench.result(6), Bench.result(7)]))
        let refused = Reply.error(LineError(.badValue, "positions"))
        #expect(bench.reply(refused).said == [.result([Bench.result(5)]), .result([Bench.result(6)]), .result([Bench.result(7)])])
        #expect(bench.reply(.result(ResultReply(items: [ResultItemReply(grant: GrantNumber(5), word: .ok)]))) == [.resultTaken(GrantNumber(5), isStale: false)])
        #expect(bench.reply(refused) == [.resultTaken(GrantNumber(6), isStale: true)])
        #expect(bench.reply(.result(ResultReply(items: [ResultItemReply(grant: GrantNumber(7), word: .ok)]))) == [.resultTaken(GrantNumber(7), isStale: false)])
    }
}

import Holding
import LineProtocol
import Migration
import Testing

@Suite struct EndTests {
    private func drained(custody: Int) -> Bench {
        var bench = Bench.connected()
        bench.pass(Bench.beat)
        bench.answerBeat(orders: [.drain])
        bench.tell(.custodyChanged(count: custody))
        return bench
    }

    @Test func `a drained worker with nothing left ends when the drain was not taken back for a while`() {
        var bench = drained(custody: 0)
        bench.tell(.disconnected)
        #expect(bench.pass(.seconds(59)).isEmpty)
        #expect(bench.pass(.seconds(1)) == [.end(.drained)])
    }

    @Test func `a drained worker with something in custody stays`() {
        var bench = drained(custody: 1)
        bench.tell(.disconnected)
        #expect(bench.pass(.minutes(60)).isEmpty)
    }

    @Test func `a drain that is taken back leaves the worker at work`() {
        var bench = drained(custody: 0)
        bench.pass(Bench.beat)
        bench.answerBeat(orders: [.resume])
        bench.tell(.custodyChanged(count: 1))
        #expect(bench.asked == [.lease(4)])
    }

    @Test func `a drained worker asks for no part`() {
        var bench = drained(custody: 1)
        #expect(bench.asked.isEmpty)
        #expect(bench.pass(.seconds(5)).said.isEmpty)
    }

    @Test func `a worker that is told to stop while it has nothing ends at once`() {
        var bench = Bench.connected()
        #expect(bench.tell(.stopRequested) == [.end(.stopped)])
    }

    @Test func `a worker that is told to stop finishes its instances, says its results, then ends`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        #expect(bench.tell(.stopRequested) == [.stopPart(GrantNumber(5))])
        #expect(bench.tell(.partEnded(Bench.result(5))).said == [.result([Bench.result(5)])])
        let actions = bench.reply(.result(ResultReply(items: [ResultItemReply(grant: GrantNumber(5), word: .ok)])))
        #expect(actions == [.resultTaken(GrantNumber(5), isStale: false), .end(.stopped)])
    }

    @Test func `stopping gives up what is being read, and says so`() {
        var bench = Bench.connected()
        bench.read("A", grant: 7)
        let actions = bench.tell(.stopRequested)
        #expect(actions == [.dropMedium(GrantNumber(7)), .say(.abandon(GrantNumber(7), Sentence("worker-stopped")))])
        #expect(bench.reply(.inventory(InventoryReply(pieces: 0, isClosed: false))) == [.end(.stopped)])
    }

    @Test func `a stop does not wait for ever for a coordinator that does not answer`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.tell(.stopRequested)
        bench.tell(.partEnded(Bench.result(5)))
        #expect(!bench.pass(.seconds(9)).contains(.end(.stopped)))
        #expect(bench.pass(.seconds(1)).contains(.end(.stopped)))
    }

    @Test func `a stop without a coordinator ends as soon as no part is under work`() {
        var bench = Bench.connected(parts: 1, custody: 1)
        bench.reply(Bench.lease(5))
        bench.tell(.disconnected)
        #expect(bench.tell(.stopRequested) == [.stopPart(GrantNumber(5))])
        #expect(bench.tell(.partEnded(Bench.result(5))) == [.end(.stopped)])
    }

    @Test func `a lease that comes after the stop is given back untried`() {
        var bench = Bench.connected(parts: 2, custody: 1)
        bench.reply(Bench.lease(5))
        #expect(bench.asked == [.lease(1)])
        bench.tell(.stopRequested)
        let actions = bench.reply(Bench.lease(6))
        #expect(actions.said == [.result([ResultItem(grant: GrantNumber(6), verdicts: [])])])
    }
}

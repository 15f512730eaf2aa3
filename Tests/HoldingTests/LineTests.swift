import Holding
import LineProtocol
import Migration
import Testing

@Suite struct LineTests {
    @Test func `nothing is said before a connection, then HELLO, then a beat`() {
        var bench = Bench()
        #expect(bench.pass(.seconds(60)).isEmpty)
        #expect(bench.tell(.connected) == [.say(.hello(reading: []))])
        #expect(bench.pass(.seconds(1)).isEmpty)
        let actions = bench.reply(.hello(HelloReply(version: 1, worker: "gateway1", term: Bench.term, beat: Bench.beat)))
        #expect(actions == [.say(.beat([]))])
    }

    @Test func `beats follow each other at the interval that the coordinator named`() {
        var bench = Bench.connected()
        #expect(bench.pass(.seconds(9)).isEmpty)
        #expect(bench.pass(.seconds(1)) == [.say(.beat([]))])
        #expect(bench.pass(.seconds(9)).isEmpty)
    }

    @Test func `a request without an answer for the reply timeout means a dead connection`() {
        var bench = Bench.connected()
        bench.pass(Bench.beat)
        #expect(!bench.pass(.seconds(29)).contains(.reconnect))
        #expect(bench.pass(.seconds(1)).first == .reconnect)
        #expect(!bench.holder.isConnected)
    }

    @Test(arguments: [LineError.Code.revoked, .notAuthenticated, .unsupportedVersion])
    func `a coordinator that will not work with this worker ends it`(code: LineError.Code) {
        var bench = Bench()
        bench.tell(.connected)
        let error = LineError(code, "no")
        #expect(bench.reply(.error(error)) == [.end(.refused(error))])
        #expect(bench.pass(.seconds(60)).isEmpty)
    }

    @Test(arguments: [LineError.Code.helloMissing, .malformedLine, .unknownVerb, .lineTooLong])
    func `an error about the conversation itself makes it begin anew`(code: LineError.Code) {
        var bench = Bench.connected()
        bench.pass(Bench.beat)
        #expect(bench.reply(.error(LineError(code, "?"))) == [.reconnect])
    }

    @Test func `the version that the coordinator named is known while it is connected, and one that is not ours is none`() {
        var bench = Bench.connected()
        #expect(bench.holder.version == 1)
        bench.tell(.disconnected)
        #expect(bench.holder.version == nil)
        bench.tell(.connected)
        #expect(bench.reply(.hello(HelloReply(version: 7, worker: "w", term: Bench.term, beat: Bench.beat))) == [.reconnect])
    }

    @Test func `a reply to nothing, or of the wrong kind, makes the conversation begin anew`() {
        var unasked = Bench.connected()
        #expect(unasked.tell(.replied(.result(ResultReply(items: [])))) == [.reconnect])
        var wrong = Bench.connected(custody: 1)
        wrong.tell(.mediumPresented(Bench.medium("A")))
        while case .lease? = wrong.asked.first { wrong.reply(Bench.lease()) }
        #expect(wrong.reply(.stale(GrantNumber(1))).contains(.reconnect))
    }

    @Test func `custody that the coordinator's ledger has never seen is dropped`() {
        var bench = Bench.connected(custody: 2)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        let actions = bench.answerBeat(live: [], stale: [GrantNumber(5), GrantNumber(7)])
        #expect(actions.contains(.dropMedium(GrantNumber(7))))
        #expect(!actions.contains(.dropMedium(GrantNumber(5))))
        #expect(actions.contains(.stopPart(GrantNumber(5))))
    }

    @Test func `an order to move a study into the holding store is passed on, but not while the study is being sent`() {
        var bench = Bench.connected(custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        let actions = bench.answerBeat(orders: [
            .evict(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2.5"), .evict(mediumGrant: GrantNumber(1), studyInstanceUID: "9.9"),
        ])
        #expect(actions.contains(.evict(mediumGrant: GrantNumber(1), studyInstanceUID: "9.9")))
        #expect(!actions.contains(.evict(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2.5")))
    }

    @Test func `nothing is asked for while the disk of the spool is full, and again when it has room`() {
        var bench = Bench.connected(custody: 1)
        bench.tell(.diskFull(true))
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        bench.pass(.seconds(5))
        #expect(!bench.asked.contains { if case .lease = $0 { true } else { false } })
        bench.tell(.diskFull(false))
        #expect(bench.asked.contains { if case .lease = $0 { true } else { false } })
    }

    @Test func `an erase order is passed on, but not for a study that is being sent`() {
        var bench = Bench.connected(custody: 1)
        bench.reply(Bench.lease(5))
        bench.pass(Bench.beat)
        let orders: [WorkerOrder] = [
            .erase(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2.5"), .erase(mediumGrant: GrantNumber(1), studyInstanceUID: "9.9"),
        ]
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        let actions = bench.answerBeat(orders: orders)
        #expect(actions.contains(.erase(mediumGrant: GrantNumber(1), studyInstanceUID: "9.9")))
        #expect(!actions.contains(.erase(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2.5")))
    }

    @Test func `time that goes back is not believed`() {
        var bench = Bench.connected()
        bench.pass(Bench.beat)
        bench.answerBeat()
        bench.now = Instant(milliseconds: 1)
        #expect(bench.tell(.tick).isEmpty)
    }

    @Test func `a certificate that is due is asked for once at a time, and again after an error`() {
        var bench = Bench.connected()
        bench.pass(Bench.beat)
        #expect(bench.answerBeat(orders: [.renew]) == [.say(.renew)])
        #expect(bench.pass(Bench.beat) == [.say(.beat([]))])
        // The reply to RENEW comes before that to the beat after it.
        #expect(bench.reply(.error(LineError(.internal, "no"))).isEmpty)
        #expect(bench.answerBeat(orders: [.renew]) == [.say(.renew)])
        let answer = RenewReply(authorities: ["a"], certificate: "c")
        #expect(bench.reply(.renew(answer)) == [.takeCertificate(answer)])
    }

    @Test func `a renewal that was owed when the connection broke is not said to the next one unasked`() {
        var bench = Bench.connected()
        bench.pass(Bench.beat)
        bench.answerBeat(orders: [.renew])
        bench.tell(.disconnected)
        #expect(bench.tell(.connected) == [.say(.hello(reading: []))])
    }
}

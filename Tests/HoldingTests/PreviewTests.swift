import Holding
import LineProtocol
import Migration
import Testing

@Suite struct PreviewTests {
    private static let order = WorkerOrder.preview(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2", instances: InstanceRanges([0, 3]))
    private static let make = HoldingAction.makePreviews(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2", instances: InstanceRanges([0, 3]))

    private func line(_ matter: PreviewRequest.Matter) -> PreviewRequest {
        PreviewRequest(mediumGrant: GrantNumber(1), studyInstanceUID: "1.2", position: 0, matter: matter)
    }

    private var lines: [PreviewRequest] {
        [line(.piece(number: 0, [1])), line(.piece(number: 1, [2])), line(.end(PreviewEnd(pieces: 2, byteCount: 2, digest: "00")))]
    }

    /// A bench that was ordered previews, all else answered.
    private func bench() -> Bench {
        var bench = Bench.connected(custody: 1)
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        bench.pass(Bench.beat)
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        #expect(bench.answerBeat(orders: [Self.order]).contains(Self.make))
        while case .lease? = bench.asked.first { bench.reply(Bench.lease()) }
        return bench
    }

    @Test func `the lines of a preview are said one at a time, and the next preview is made when it is taken`() {
        var bench = bench()
        #expect(bench.tell(.previewMade(lines)).said == [.preview(lines[0])])
        #expect(bench.tell(.tick).said.isEmpty)
        #expect(bench.reply(.preview(PreviewReply(pieces: 1, isClosed: false))).said == [.preview(lines[1])])
        #expect(bench.reply(.preview(PreviewReply(pieces: 2, isClosed: false))).said == [.preview(lines[2])])
        #expect(bench.reply(.preview(PreviewReply(pieces: 2, isClosed: true))) == [.previewAnswered(isWanted: true)])
        let failed = [line(.failed(Sentence(.previewFailed, [.text("no-pixels")])))]
        #expect(bench.tell(.previewMade(failed)).said == [.preview(failed[0])])
        #expect(bench.reply(.preview(PreviewReply(pieces: 0, isClosed: true))) == [.previewAnswered(isWanted: true)])
    }

    @Test func `what is not wanted any more is not said to its end`() {
        var bench = bench()
        bench.tell(.previewMade(lines))
        #expect(bench.reply(.stale(GrantNumber(1))) == [.previewAnswered(isWanted: false)])
        #expect(bench.tell(.tick).said.isEmpty)
    }

    @Test(arguments: [LineError.Code.previewMismatch, .ledgerUnavailable, .badValue, .internal])
    func `what is refused is given up, and the next one is made`(code: LineError.Code) {
        var bench = bench()
        bench.tell(.previewMade(lines))
        #expect(bench.reply(.error(LineError(code, "no"))) == [.previewAnswered(isWanted: true)])
        #expect(bench.tell(.previewMade(lines)).said == [.preview(lines[0])])
    }

    @Test func `what was ordered is forgotten with the connection, in the middle of a preview too`() {
        var bench = bench()
        bench.tell(.previewMade(lines))
        #expect(bench.tell(.disconnected) == [.dropPreviews])
        #expect(bench.tell(.previewMade(lines)).isEmpty)
        bench.tell(.connected)
        bench.reply(.hello(HelloReply(version: 3, worker: "gateway1", term: Bench.term, beat: Bench.beat)))
        #expect(!bench.answerBeat().contains(.dropPreviews))
        #expect(bench.tell(.disconnected) == [])
    }
}

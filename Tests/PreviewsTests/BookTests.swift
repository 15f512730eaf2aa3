import LineProtocol
import Migration
@testable import Previews
import Testing

@Suite struct BookTests {
    private func order(_ study: String, _ positions: some Sequence<Int>) -> [WorkerOrder] {
        [.preview(mediumGrant: Bench.grant, studyInstanceUID: study, instances: InstanceRanges(positions))]
    }

    @Test func `a study that a person looks at goes before those that are made ahead, and nothing is ordered before that is done`() {
        var bench = Bench()
        let many = LineLimits.previewsPerOrder
        bench.want(Bench.choice("1", count: 2), isOfPerson: false)
        bench.want(Bench.choice("2", count: many))
        #expect(bench.orders("another").isEmpty)
        #expect(bench.orders() == order("2", 0..<many))
        for position in 0..<many {
            #expect(bench.orders().isEmpty)
            guard case .picture(let key, let instance, _, _) = bench.say("2", position, noise(4, 4)) else {
                Issue.record("no picture")
                return
            }
            #expect(instance == Bench.content("2.1.\(position)"))
            bench.book.finish(key, of: Bench.worker)
        }
        #expect(bench.orders() == order("1", 0..<2))
        #expect(bench.book.count == 2)
    }

    @Test func `a person's interest takes what is made ahead with it, and is counted once`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 2), isOfPerson: false)
        bench.want(Bench.choice("2", count: 2), isOfPerson: false)
        bench.want(Bench.choice("2", count: 2))
        #expect(bench.book.count == 4)
        #expect(bench.orders() == order("2", 0..<2) + order("1", 0..<2))
    }

    @Test func `the orders of a beat have at most as many images as one may have`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 20))
        bench.want(Bench.choice("2", count: 20))
        let counts = bench.orders().map { if case .preview(_, _, let instances) = $0 { instances.count } else { 0 } }
        #expect(counts == [20, LineLimits.previewsPerOrder - 20])
    }

    @Test func `what is silent is ordered again, three times, and is then given up for a while`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 1))
        for _ in 0..<Int(PreviewLimits.tries) {
            #expect(bench.orders() == order("1", [0]))
            bench.now = bench.now + PreviewLimits.patience
        }
        #expect(bench.orders().isEmpty)
        #expect(bench.book.count == 0)
        #expect(bench.book.isGivenUp(Bench.content("1.1.0"), at: bench.now))
        bench.now = bench.now + PreviewLimits.rest
        #expect(!bench.book.isGivenUp(Bench.content("1.1.0"), at: bench.now))
    }

    @Test func `a worker that connects anew, killed in the middle of a picture, is told again at once`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 2))
        _ = bench.orders()
        let png = noise(64, 64)
        #expect(bench.say("1", 0, .piece(number: 0, Array(png.prefix(1000)))) == .reply(.preview(PreviewReply(pieces: 1, isClosed: false))))
        bench.book.greeted(Bench.worker)
        #expect(bench.say("1", 0, .piece(number: 1, Array(png.dropFirst(1000)))).isStale)
        #expect(bench.orders() == order("1", 0..<2))
        #expect(bench.say("1", 0, png, piecesOf: 1000).isPicture)
    }

    @Test func `a moment that lies behind the clock's, which was put back, holds nothing up`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 1))
        _ = bench.orders()
        bench.now = Instant(milliseconds: 5)
        #expect(bench.orders() == order("1", [0]))
    }

    @Test func `what was asked for long ago is forgotten`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 3))
        bench.now = bench.now + PreviewLimits.wantLife
        bench.book.expire(at: bench.now)
        #expect(bench.book.count == 0 && bench.orders().isEmpty)
    }

    @Test func `no more is waited for, and from no more workers at once, than may be`() {
        var bench = Bench()
        for number in 0...PreviewLimits.workersAtOnce { bench.want(Bench.choice("\(number)", count: 1, of: "worker\(number)")) }
        for number in 0..<PreviewLimits.workersAtOnce { #expect(!bench.orders("worker\(number)").isEmpty) }
        #expect(bench.orders("worker\(PreviewLimits.workersAtOnce)").isEmpty)
        bench.want(Bench.choice("x", count: PreviewLimits.wants))
        #expect(bench.book.count == PreviewLimits.wants)
    }

    // MARK: Hostile lines

    @Test func `what was not ordered is stale: another study, grant, position, worker`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 1))
        let piece = PreviewRequest.Matter.piece(number: 0, noise(2, 2))
        #expect(bench.say("1", 0, piece).isStale)
        _ = bench.orders()
        for (study, position, worker) in [("2", 0, Bench.worker), ("1", 1, Bench.worker), ("1", 0, "another"), ("../../etc", -1, Bench.worker)] {
            #expect(bench.say(study, position, piece, worker).isStale)
        }
        let other = PreviewRequest(mediumGrant: GrantNumber(8), studyInstanceUID: "1", position: 0, matter: piece)
        #expect(bench.book.take(other, from: Bench.worker, at: bench.now).isStale)
    }

    /// What is said in the place of a good picture of two pieces and its end; the last line is refused.
    @Test(arguments: ["count", "length", "digest", "order", "gap", "no beginning", "end alone", "too long", "no picture"])
    func `a picture that does not add up is refused, ordered again, and then given up`(fault: String) {
        let png = noise(100, 100)
        let (first, second) = (Array(png.prefix(5000)), Array(png.dropFirst(5000)))
        let good = PreviewEnd(pieces: 2, byteCount: png.count, digest: PictureDigest.of(png))
        let long = [UInt8](repeating: 0, count: LineLimits.previewPieceByteCount)
        let lines: [PreviewRequest.Matter] =
            switch fault {
            case "count": [.piece(number: 0, first), .piece(number: 1, second), .end(PreviewEnd(pieces: 3, byteCount: png.count, digest: good.digest))]
            case "length": [.piece(number: 0, first), .piece(number: 1, second), .end(PreviewEnd(pieces: 2, byteCount: -1, digest: good.digest))]
            case "digest": [.piece(number: 0, first), .piece(number: 1, second), .end(PreviewEnd(pieces: 2, byteCount: png.count, digest: "00"))]
            case "order": [.piece(number: 1, second)]
            case "gap": [.piece(number: 0, first), .piece(number: 2, second)]
            case "no beginning": [.piece(number: 0, second)]
            case "end alone": [.end(good)]
            case "too long": [.piece(number: 0, first)] + (1...24).map { .piece(number: $0, long) }
            default:
                [.piece(number: 0, first), .end(PreviewEnd(pieces: 1, byteCount: first.count, digest: PictureDigest.of(first)))]
            }
        var bench = Bench()
        bench.want(Bench.choice("1", count: 1))
        for _ in 0..<Int(PreviewLimits.tries) {
            #expect(bench.orders() == order("1", [0]))
            for line in lines.dropLast() { #expect(bench.say("1", 0, line).code == nil) }
            #expect(bench.say("1", 0, lines[lines.count - 1]).code == .previewMismatch)
            #expect(bench.say("1", 0, .piece(number: 0, first)).isStale)
        }
        #expect(bench.orders().isEmpty)
        #expect(bench.book.isGivenUp(Bench.content("1.1.0"), at: bench.now))
    }

    @Test func `a reason that is none is refused, and does not end the picture`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 1))
        _ = bench.orders()
        let long = String(repeating: "x", count: LineLimits.previewFaultLength + 1)
        for sentence in [
            Sentence(.noWork), Sentence(.previewFailed), Sentence(.previewFailed, [.text(long)]), Sentence(.previewFailed, [.patient("4711")]),
            Sentence(.previewFailed, [.text("a"), .text("b")]),
        ] { #expect(bench.say("1", 0, .failed(sentence)).code == .badValue) }
        let failed = Sentence(.previewFailed, [.text("unsupported: …")])
        let key = PreviewBook.Key(studyInstanceUID: "1", mediumGrant: Bench.grant, position: 0)
        #expect(bench.say("1", 0, .failed(failed)) == .failure(key, Bench.content("1.1.0"), failed))
    }

    @Test func `a picture that cannot be made at the moment is ordered again, and holds nothing else up; in the end its worker's reason is told`() {
        var bench = Bench()
        bench.want(Bench.choice("1", count: 1))
        let trouble = Sentence(.previewNotNow, [.text("cannot read: Input/output error")])
        for _ in 0..<Int(PreviewLimits.tries) {
            #expect(bench.orders() == order("1", [0]))
            #expect(bench.say("1", 0, .failed(trouble)) == .reply(.preview(PreviewReply(pieces: 0, isClosed: true))))
        }
        #expect(bench.orders().isEmpty)
        #expect(bench.book.isGivenUp(Bench.content("1.1.0"), at: bench.now) && bench.book.trouble(with: Bench.content("1.1.0")) == trouble)
    }

    @Test(arguments: 1...40)
    func `whatever is said in whatever order, only whole ordered pictures are taken, and memory is bounded`(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        var bench = Bench()
        let pictures = (0..<4).map { noise(80, 80, seed: seed &+ UInt64($0)) }
        bench.want(Bench.choice("1", count: 4))
        var taken: [Int: [UInt8]] = [:]
        for _ in 0..<600 {
            let position = Int.random(in: 0..<5, using: &generator)
            let png = pictures[position % 4]
            let half = png.count / 2
            let end = PreviewEnd(pieces: Int.random(in: 1...3, using: &generator), byteCount: png.count, digest: PictureDigest.of(png))
            let matters: [PreviewRequest.Matter] = [
                .piece(number: 0, Array(png[..<half])), .piece(number: 1, Array(png[half...])), .piece(number: Int.random(in: -1...3, using: &generator), png),
                .end(end), .end(PreviewEnd(pieces: 2, byteCount: png.count, digest: PictureDigest.of(png))),
            ]
            bench.now = bench.now + .seconds(Int64.random(in: 0...40, using: &generator))
            if Bool.random(using: &generator) { _ = bench.orders() }
            if Int.random(in: 0..<50, using: &generator) == 0 { bench.book.greeted(Bench.worker) }
            if bench.book.count < 4 { bench.want(Bench.choice("1", count: 4)) }
            if case .picture(let key, let instance, let bytes, _) = bench.say("1", position, matters[Int.random(in: 0..<5, using: &generator)]) {
                #expect(instance == Bench.content("1.1.\(key.position)") && key.position < 4)
                taken[key.position] = bytes
                bench.book.finish(key, of: Bench.worker)
            }
        }
        for (position, bytes) in taken { #expect(bytes == pictures[position]) }
        #expect(bench.book.count <= 4)
    }
}

import LineProtocol
import Migration

/// Which pictures are waited for, who was told to make them, and what has come of them. A value without clock, files or threads.
struct PreviewBook: Sendable {
    /// An image in a worker's custody.
    struct Key: Hashable, Sendable {
        let studyInstanceUID: String
        let mediumGrant: GrantNumber
        let position: Int
    }

    /// A picture that is waited for.
    private struct Want: Sendable {
        let key: Key
        let content: ImageContent
        /// Grows with each want: who came first is first.
        let number: Int
        let askedAt: Instant
        var isOfPerson: Bool
        var isTold = false
        var tries: Int64 = 0
        /// Why its worker could not make it when it was told last.
        var trouble: Sentence?
    }

    /// What a worker was told and has not done yet.
    private struct Hand: Sendable {
        /// When it was told, or last said anything of it.
        var heardAt: Instant
        /// The pieces of the picture that it is saying.
        var assembly: Assembly?
    }

    private struct Assembly: Sendable {
        let key: Key
        var pieces = 0
        var bytes: [UInt8] = []
    }

    /// A picture that never came.
    private struct Silence: Sendable {
        /// When it was given up.
        let since: Instant
        /// What its worker said of it last.
        let sentence: Sentence?
    }

    /// What becomes of a line.
    enum Taking: Equatable {
        /// It is answered so.
        case reply(Reply)
        /// A picture is whole: it is kept, then ``PreviewBook/finish(_:of:)``, and the line is answered.
        case picture(Key, ImageContent, [UInt8], pieces: Int)
        /// There is none: likewise.
        case failure(Key, ImageContent, Sentence)
    }

    /// The wants of each worker, by its identity, in the order in which they came.
    private var wants: [String: [Want]] = [:]
    private var hands: [String: Hand] = [:]
    /// Pictures that never came.
    private var givenUp: [ImageContent: Silence] = [:]
    private var lastNumber = 0
    /// How many pictures are waited for.
    private(set) var count = 0

    // MARK: Wants

    /// Waits for a picture.
    ///
    /// - Returns: false when as many are waited for as may be.
    mutating func want(_ image: PreviewImage, of study: String, from holder: PreviewHolder, isOfPerson: Bool, at now: Instant) -> Bool {
        let key = Key(studyInstanceUID: study, mediumGrant: holder.mediumGrant, position: holder.position)
        if let index = wants[holder.identity]?.firstIndex(where: { $0.key == key }) {
            if isOfPerson { wants[holder.identity]?[index].isOfPerson = true }
            return true
        }
        guard count < PreviewLimits.wants else { return false }
        lastNumber += 1
        count += 1
        wants[holder.identity, default: []].append(
            Want(key: key, content: image.content, number: lastNumber, askedAt: now, isOfPerson: isOfPerson))
        return true
    }

    /// Whether the picture of this content was ordered as often as it is, and never came.
    func isGivenUp(_ content: ImageContent, at now: Instant) -> Bool {
        givenUp[content].map { isWithin(PreviewLimits.rest, $0.since, now) } ?? false
    }

    /// What was said last of a picture that was given up; nil where nothing was.
    func trouble(with content: ImageContent) -> Sentence? { givenUp[content]?.sentence }

    /// Forgets what nobody waits for any more.
    mutating func expire(at now: Instant) {
        givenUp = givenUp.filter { isWithin(PreviewLimits.rest, $0.value.since, now) }
        for worker in wants.keys.sorted() { remove(of: worker) { now.since($0.askedAt) >= PreviewLimits.wantLife } }
    }

    private mutating func remove(of worker: String, where isOver: (Want) -> Bool) {
        guard let all = wants[worker] else { return }
        let rest = all.filter { !isOver($0) }
        count -= all.count - rest.count
        wants[worker] = rest.isEmpty ? nil : rest
        if !rest.contains(where: \.isTold) { hands[worker] = nil }
    }

    /// Whether `moment` lies less than `interval` behind `now`; not when the system's clock was put back behind it.
    private func isWithin(_ interval: Interval, _ moment: Instant, _ now: Instant) -> Bool { moment <= now && now.since(moment) < interval }

    // MARK: Orders

    /// A worker has connected anew: it has forgotten what it was told.
    mutating func greeted(_ worker: String) {
        hands[worker] = nil
        for index in wants[worker]?.indices ?? 0..<0 { wants[worker]?[index].isTold = false }
    }

    /// What a worker is to be told with the reply to its beat: an order for each study, those that persons wait for first; nothing more before that is done.
    mutating func orders(for worker: String, at now: Instant) -> [WorkerOrder] {
        if let hand = hands[worker] {
            guard !isWithin(PreviewLimits.patience, hand.heardAt, now) else { return [] }
            greeted(worker)
        }
        giveUp(of: worker, at: now)
        guard hands.count < PreviewLimits.workersAtOnce, let all = wants[worker] else { return [] }
        let told = all.sorted(by: Self.isBefore).prefix(LineLimits.previewsPerOrder)
        for index in all.indices where told.contains(where: { $0.number == all[index].number }) {
            wants[worker]?[index].isTold = true
            wants[worker]?[index].tries += 1
        }
        hands[worker] = Hand(heardAt: now)
        return Self.orders(of: told.map(\.key))
    }

    /// One order for each study that was read under a grant, in the order in which they come.
    private static func orders(of keys: [Key]) -> [WorkerOrder] {
        var parts: [(first: Key, positions: [Int])] = []
        for key in keys {
            let index = parts.firstIndex { $0.first.studyInstanceUID == key.studyInstanceUID && $0.first.mediumGrant == key.mediumGrant }
            if let index { parts[index].positions.append(key.position) } else { parts.append((key, [key.position])) }
        }
        return parts.map {
            .preview(mediumGrant: $0.first.mediumGrant, studyInstanceUID: $0.first.studyInstanceUID, instances: InstanceRanges($0.positions))
        }
    }

    private static func isBefore(_ one: Want, _ other: Want) -> Bool {
        one.isOfPerson == other.isOfPerson ? one.number < other.number : one.isOfPerson
    }

    private mutating func giveUp(of worker: String, at now: Instant) {
        for want in wants[worker] ?? [] where want.tries >= PreviewLimits.tries && !want.isTold {
            givenUp[want.content] = Silence(since: now, sentence: want.trouble)
        }
        remove(of: worker) { $0.tries >= PreviewLimits.tries && !$0.isTold }
    }

    // MARK: Lines

    /// Takes a line of `worker`: what it was not told to say is stale.
    mutating func take(_ request: PreviewRequest, from worker: String, at now: Instant) -> Taking {
        let key = Key(studyInstanceUID: request.studyInstanceUID, mediumGrant: request.mediumGrant, position: request.position)
        guard let want = wants[worker]?.first(where: { $0.key == key && $0.isTold }) else { return .reply(.stale(request.mediumGrant)) }
        hands[worker, default: Hand(heardAt: now)].heardAt = now
        switch request.matter {
        case .piece(let number, let bytes): return .reply(take(bytes, number, key, worker))
        case .end(let end):
            let assembly = hands[worker]?.assembly
            hands[worker]?.assembly = nil
            guard let assembly, assembly.key == key, assembly.pieces == end.pieces else {
                let there = assembly.map { $0.key == key ? $0.pieces : 0 } ?? 0
                return .reply(refuse(key, worker, "the end says \(end.pieces) pieces; \(there) are there"))
            }
            guard assembly.bytes.count == end.byteCount, PictureDigest.of(assembly.bytes) == end.digest else {
                return .reply(refuse(key, worker, "the length or the digest of the end is not that of the \(end.pieces) pieces"))
            }
            if let fault = PNGCheck.fault(in: assembly.bytes) { return .reply(refuse(key, worker, fault)) }
            return .picture(key, want.content, assembly.bytes, pieces: assembly.pieces)
        case .failed(let sentence):
            hands[worker]?.assembly = nil
            return take(sentence, want, worker)
        }
    }

    /// Why there is no picture: for good, or at the moment, and then it is ordered again.
    private mutating func take(_ sentence: Sentence, _ want: Want, _ worker: String) -> Taking {
        let code = SentenceCode(rawValue: sentence.code)
        guard code == .previewFailed || code == .previewNotNow, sentence.arguments.count == 1, case .text(let text) = sentence.arguments[0],
            text.count <= LineLimits.previewFaultLength
        else {
            let message = "PREVIEW: failed is preview-failed or preview-not-now with a text of at most \(LineLimits.previewFaultLength) characters"
            return .reply(.error(LineError(.badValue, message)))
        }
        guard code == .previewNotNow else { return .failure(want.key, want.content, sentence) }
        if let index = wants[worker]?.firstIndex(where: { $0.key == want.key }) { wants[worker]?[index].trouble = sentence }
        postpone(want.key, of: worker)
        return .reply(.preview(PreviewReply(pieces: 0, isClosed: true)))
    }

    private mutating func take(_ bytes: [UInt8], _ number: Int, _ key: Key, _ worker: String) -> Reply {
        // The first piece begins a picture, whatever was there before it.
        if number == 0 { hands[worker]?.assembly = Assembly(key: key) }
        guard var assembly = hands[worker]?.assembly, assembly.key == key, assembly.pieces == number else {
            return refuse(key, worker, "piece \(number) of position \(key.position) is not the next one")
        }
        guard assembly.bytes.count + bytes.count <= LineLimits.previewByteCount else {
            return refuse(key, worker, "a preview has at most \(LineLimits.previewByteCount) bytes")
        }
        if number == 0, !PNGCheck.isBeginning(bytes) { return refuse(key, worker, "the first piece is not the beginning of a PNG") }
        hands[worker]?.assembly = nil
        assembly.pieces += 1
        assembly.bytes += bytes
        hands[worker]?.assembly = assembly
        return .preview(PreviewReply(pieces: assembly.pieces, isClosed: false))
    }

    /// What was said is of no use: it is ordered again later, as often as ``PreviewLimits/tries`` says.
    private mutating func refuse(_ key: Key, _ worker: String, _ message: String) -> Reply {
        postpone(key, of: worker)
        return .error(LineError(.previewMismatch, "PREVIEW: \(message)"))
    }

    /// The picture could not be kept, or was none: it is ordered again later.
    mutating func postpone(_ key: Key, of worker: String) {
        hands[worker]?.assembly = nil
        if let index = wants[worker]?.firstIndex(where: { $0.key == key }) { wants[worker]?[index].isTold = false }
        remove(of: worker) { _ in false }
    }

    /// Nothing more is waited for of this image.
    mutating func finish(_ key: Key, of worker: String) { remove(of: worker) { $0.key == key } }
}

internal import Dispatch
public import Ledger
public import LineProtocol
public import Migration
internal import Synchronization

/// Previews of studies: asks workers for them, takes them in and keeps them.
///
/// Nothing of it is in the ledger: what is lost is made again.
public final class PreviewOffice: Sendable {
    /// The store is used on `queue` alone.
    private struct Shelves: @unchecked Sendable { let store: PreviewStore }

    private let ledger: any Ledger
    private let book = Mutex(PreviewBook())
    private let shelves: Shelves
    private let policy: PreviewPolicy
    /// Lines are taken in their order, and files written one after the other; no engine and no event loop waits for a disk.
    private let queue = DispatchQueue(label: "previews")
    private let cursor = Mutex(Cursor())

    /// How far the upkeep has looked.
    private struct Cursor {
        var heldStudy: StudyID?
        var keptStudy = ""
    }

    /// Previews of the studies of `ledger`, kept in the folder `path` as `policy` says. The folder is made with the first picture.
    public init(in path: String, of ledger: any Ledger, by policy: PreviewPolicy = PreviewPolicy()) {
        self.ledger = ledger
        self.policy = policy
        shelves = Shelves(store: PreviewStore(in: path, limit: policy.byteCount))
    }

    private func onQueue<Result: Sendable>(_ body: @escaping @Sendable (PreviewStore) -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { [shelves] in continuation.resume(returning: body(shelves.store)) }
        }
    }

    // MARK: Persons

    /// How the previews of a study stand, at most `limit` of them; what is missing is asked of those of `workers` that have it.
    ///
    /// - Returns: nil when the ledger has no such study.
    /// - Throws: `LedgerError`.
    public func standing(of study: String, limit: Int, among workers: [PreviewWorker], at now: Instant) async throws -> PreviewStanding? {
        guard let choice = try ledger.read({ try PreviewChoice(of: study, limit: limit, in: $0) }) else { return nil }
        let shelf = await onQueue { store in
            store.touch(study, at: now)
            return store.shelf(of: study)
        }
        let images = choice.images.map { image in
            if let picture = shelf?.picture(of: image.content) { return PreviewStanding.Image(image, picture) }
            let failures = shelf?.failures(of: image.content) ?? []
            let untried = image.holders.filter { holder in !failures.contains { $0.mediumGrant == holder.mediumGrant } }
            if untried.isEmpty, let last = failures.last { return PreviewStanding.Image(image, .failed, last.sentence) }
            return ask(for: image, of: untried, study, among: workers, at: now)
        }
        return PreviewStanding(studyInstanceUID: study, imageCount: choice.imageCount, images: images)
    }

    private func ask(
        for image: PreviewImage, of holders: [PreviewHolder], _ study: String, among workers: [PreviewWorker], at now: Instant
    ) -> PreviewStanding.Image {
        let known = holders.map { holder in (holder, workers.first { $0.identity == holder.identity }) }
        guard let (holder, _) = known.first(where: { $1?.isConnected == true && $1?.makesPreviews == true }) else {
            return PreviewStanding.Image(image, .unavailable, Self.reason(image, known.first { $1?.isConnected == true } ?? known.first))
        }
        return book.withLock { book in
            if book.isGivenUp(image.content, at: now) {
                let silence = Sentence(.previewUnanswered, [.worker(holder.name), .count(PreviewLimits.tries)])
                return PreviewStanding.Image(image, .failed, book.trouble(with: image.content) ?? silence)
            }
            guard book.want(image, of: study, from: holder, isOfPerson: true, at: now) else {
                return PreviewStanding.Image(image, .unavailable, Sentence(.previewsCrowded, [.count(Int64(PreviewLimits.wants))]))
            }
            return PreviewStanding.Image(image, .awaited, Sentence(.previewAwaited, [.worker(holder.name)]))
        }
    }

    private static func reason(_ image: PreviewImage, _ nearest: (holder: PreviewHolder, worker: PreviewWorker?)?) -> Sentence {
        guard let nearest else { return Sentence(.previewNotHeld, image.labels.map { .label($0) }) }
        let code: SentenceCode = nearest.worker?.isConnected == true ? .previewHolderOlder : .previewHolderAway
        return Sentence(code, [.worker(nearest.holder.name)])
    }

    /// A picture's bytes, a PNG; nil when it is not here.
    public func picture(of content: ImageContent, in study: String) async -> [UInt8]? {
        await onQueue { $0.picture(of: content, in: study) }
    }

    // MARK: Workers

    /// What a worker is told with the reply to its beat.
    public func orders(for worker: String, at now: Instant) -> [WorkerOrder] { book.withLock { $0.orders(for: worker, at: now) } }

    /// A worker has connected anew.
    public func greeted(_ worker: String) { book.withLock { $0.greeted(worker) } }

    /// Takes a line of a worker; `whenDone` is called when what it ends is kept.
    public func take(_ request: PreviewRequest, from worker: String, at now: Instant, whenDone: @escaping @Sendable (Reply) -> Void) {
        queue.async { [self] in whenDone(carryOut(request, from: worker, at: now)) }
    }

    private func carryOut(_ request: PreviewRequest, from worker: String, at now: Instant) -> Reply {
        switch book.withLock({ $0.take(request, from: worker, at: now) }) {
        case .reply(let reply): return reply
        case .picture(let key, let content, let bytes, let pieces):
            return settle(key, worker, pieces) { try shelves.store.keep(bytes, of: content, in: key.studyInstanceUID, at: now) }
        case .failure(let key, let content, let sentence):
            let failure = PreviewShelf.Failure(content: content, mediumGrant: key.mediumGrant, sentence: sentence)
            return settle(key, worker, 0) { try shelves.store.keep(failure, in: key.studyInstanceUID, at: now) }
        }
    }

    private func settle(_ key: PreviewBook.Key, _ worker: String, _ pieces: Int, _ keep: () throws -> Void) -> Reply {
        do {
            try keep()
            book.withLock { $0.finish(key, of: worker) }
            return .preview(PreviewReply(pieces: pieces, isClosed: true))
        } catch {
            book.withLock { $0.postpone(key, of: worker) }
            return .error(LineError(.ledgerUnavailable, "PREVIEW: the picture cannot be kept now; it is ordered again"))
        }
    }

    // MARK: Upkeep

    /// One step of the upkeep: asks ahead for held studies, and removes what is not needed any more.
    ///
    /// - Throws: `LedgerError`.
    public func keep(among workers: [PreviewWorker], at now: Instant) async throws {
        book.withLock { $0.expire(at: now) }
        try await removeSettled(at: now)
        if policy.isAhead { try await askAhead(among: workers, at: now) }
    }

    /// Removes the previews of studies that have arrived or are not there, and those that nobody has looked at for long.
    private func removeSettled(at now: Instant) async throws {
        let last = cursor.withLock(\.keptStudy)
        let share = await onQueue { store in
            let next = store.studies.filter { $0 > last }.prefix(PreviewLimits.studiesOfAStep)
            return next.compactMap { store.shelf(of: $0) }
        }
        cursor.withLock { $0.keptStudy = share.count < PreviewLimits.studiesOfAStep ? "" : share.last?.studyInstanceUID ?? "" }
        let over = try ledger.read { reader in
            try share.filter { shelf in
                guard now.since(shelf.usedAt) < policy.life, let study = try reader.study(uid: shelf.studyInstanceUID) else { return true }
                return study.progress.state == .verified || study.progress.state == .verifiedIncomplete
            }
        }
        guard !over.isEmpty else { return }
        await onQueue { store in for shelf in over { store.remove(shelf.studyInstanceUID) } }
    }

    /// Asks for the previews of studies that a person will look at, as long as there is room for them.
    private func askAhead(among workers: [PreviewWorker], at now: Instant) async throws {
        let able = Set(workers.filter { $0.isConnected && $0.makesPreviews }.map(\.identity))
        let (kept, byteCount) = await onQueue { (Set($0.studies), $0.byteCount) }
        let hasRoom = byteCount < policy.byteCount / 100 * PreviewLimits.aheadPercent && kept.count < PreviewLimits.studies / 100 * Int(PreviewLimits.aheadPercent)
        guard !able.isEmpty, hasRoom, book.withLock({ $0.count < PreviewLimits.wants / 2 }) else { return }
        let last = cursor.withLock(\.heldStudy)
        let (choices, next) = try ledger.read { reader in
            let page = Page(after: last, limit: PreviewLimits.studiesOfAStep)
            let rows = try reader.studies(StudyFilter(state: .held), page: page)
            let waiting = rows.map(\.study).filter { $0.holdReason?.passesByItself != true && !kept.contains($0.header.studyInstanceUID) }
            let choices = try waiting.compactMap { try PreviewChoice(of: $0.header.studyInstanceUID, limit: PreviewLimits.imagesAhead, in: reader) }
            return (choices, rows.count < page.limit ? nil : rows.last?.study.id)
        }
        cursor.withLock { $0.heldStudy = next }
        book.withLock { book in
            for choice in choices {
                for image in choice.images where !book.isGivenUp(image.content, at: now) {
                    guard let holder = image.holders.first(where: { able.contains($0.identity) }) else { continue }
                    _ = book.want(image, of: choice.studyInstanceUID, from: holder, isOfPerson: false, at: now)
                }
            }
        }
    }
}

public import Ledger
import Migration

/// How far a request is. Computed from what the ledger knows, never kept.
public enum RequestState: String, Sendable, Codable, CaseIterable {
    /// Studies of it are being sent, or are next.
    case underWay = "under way"
    /// Nothing of it moves before a medium is read, or more of it lies on one.
    case waitingForMedia = "waiting for media"
    /// What is left of it a person must settle, or is on no medium that is left.
    case waitingForPerson = "waiting for a person"
    /// All its known studies have arrived, or are left out with a reason, and the legacy index lists no others.
    case finished
    /// No study of it is known.
    case nothingKnown = "nothing known"
    /// It was cancelled, or its time is over.
    case ended
}

/// A medium that is to be read for a request.
public struct RequestedMedium: Hashable, Sendable {
    /// Why it is to be read, the most certain first.
    public enum Reason: Int, Sendable, Comparable, CaseIterable {
        /// Studies of the request were read from it, and nobody has them any more.
        case neededAgain
        /// The legacy archive's own index says that studies of the request lie on it.
        case listed
        /// Studies of the request wait until it is read.
        case awaited
        /// Its range of dates contains an exam of the request of which nothing was read.
        case possible

        public static func < (left: Reason, right: Reason) -> Bool { left.rawValue < right.rawValue }
    }

    /// The medium.
    public var medium: MediumRecord
    /// Why.
    public var reason: Reason
    /// How many studies, or exams of which nothing was read, that is about.
    public var count: Int
}

/// Where a request stands: its studies, and the media that are to be read for it.
public struct RequestStanding: Hashable, Sendable {
    /// The request.
    public var request: RequestRecord
    /// Its state.
    public var state: RequestState
    /// The studies of it that were read, in the order of their numbers.
    public var studies: [StudyRecord]
    /// The media to be read for it, in the order in which they are to be inserted: by reason, those with most of it first, by label.
    public var media: [RequestedMedium]
    /// Studies that the legacy index lists and that were not read, although no medium that could hold them is left to be read.
    public var missing: Int
    /// What of it is to be digitised from film.
    public var films: [FilmRecord]
    /// Unread media without a range of dates: any of them may hold more.
    public var undatedMedia: Int
    /// All unread media, any of which may hold some of it; 0 where something says which.
    public var unknownAmong: Int

    /// Media told of one request: bounds an answer.
    public static var mediaLimit: Int { 200 }
    /// Legacy studies looked at for one request.
    static var legacyLimit: Int { 1000 }

    /// Looks where `request` stands in `ledger`, where `unread` is still to be read.
    public init(_ request: RequestRecord, among unread: UnreadMedia, in ledger: any LedgerLookup) throws {
        self.request = request
        studies = try ledger.studies(of: request)
        var search = RequestedMediaSearch(request, studies, among: unread, in: ledger)
        try search.run()
        media = search.found
        missing = search.missing
        films = try ledger.films(of: request.id).filter { $0.closedAt == nil }
        undatedMedia = unread.undatedCount
        unknownAmong = !search.isSomewhere.any && (search.isInformed || !studies.isEmpty) ? 0 : unread.count
        state = .ended
        if request.endedAt == nil { state = openState(stuck: search.stuck, isSomewhere: search.isSomewhere.any || search.isSomewhere.undated) }
    }

    /// - Parameters:
    ///   - stuck: studies of which nobody has what is still to be sent.
    ///   - isSomewhere: whether a study that was not read may be on media that say nothing of it.
    private func openState(stuck: Set<StudyID>, isSomewhere: Bool) -> RequestState {
        let isMoving = studies.contains { ($0.progress.state.isMoving || $0.isAboutToMove) && !stuck.contains($0.id) }
        if isMoving { return .underWay }
        let isAwaiting = studies.contains { $0.holdReason == .waitingForMedia } || media.contains { $0.reason != .possible }
        if isAwaiting || isSomewhere { return .waitingForMedia }
        if missing > 0 || studies.contains(where: \.isWaiting) { return .waitingForPerson }
        if !studies.isEmpty { return .finished }
        return media.isEmpty ? .nothingKnown : .waitingForMedia
    }
}

extension StudyRecord {
    /// Whether it is held and needs neither a person nor a medium.
    fileprivate var isAboutToMove: Bool { progress.state == .held && holdReason != .waitingForMedia && holdReason?.passesByItself == true }
}

extension StudyState {
    /// Whether it goes on by itself.
    var isMoving: Bool {
        switch self {
        case .inventoried, .matched, .ready, .leased, .failed: true
        case .held, .sent, .verified, .verifiedIncomplete, .exception, .excluded: false
        }
    }
}

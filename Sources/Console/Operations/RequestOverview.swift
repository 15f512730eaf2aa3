internal import Coordination
internal import Ledger
internal import Migration
internal import Synchronization

/// The open requests that persons made, at one look: the newest, in the order of their numbers.
struct RequestOverview {
    /// Requests that are looked at.
    static var limit: Int { 100 }
    /// Media that one complaint names.
    private static var labelLimit: Int { 20 }

    private let standings: [RequestStanding]
    private let automatic: Int

    /// - Parameter requests: they, the newest first.
    init(_ requests: [RequestRecord], in reader: any LedgerReader) throws {
        let requests = requests.reversed()
        let unread = requests.isEmpty ? nil : try UnreadMedia(in: reader)
        standings = try unread.map { unread in try requests.map { try RequestStanding($0, among: unread, in: reader) } } ?? []
        automatic = try reader.openRequestCount(isAutomatic: true)
    }

    var shape: StatusShape.Requests {
        let counts = RequestState.allCases.map { state in (state.rawValue, standings.count { $0.state == state }) }
        var seen: Set<String> = []
        let media = standings.flatMap { Self.toInsert($0) }.map(\.medium.label).filter { seen.insert($0).inserted }
        return StatusShape.Requests(byState: Dictionary(uniqueKeysWithValues: counts), automatic: automatic, media: media)
    }

    /// What operators are to do for the requests, one line each.
    var complaints: [String] {
        standings.compactMap { standing in
            let labels = Self.toInsert(standing).map { $0.medium.expected.shelf.isEmpty ? $0.medium.label : "\($0.medium.label) (\($0.medium.expected.shelf))" }
            guard !labels.isEmpty else { return nil }
            let more = labels.count > Self.labelLimit ? " and \(labels.count - Self.labelLimit) more" : ""
            return "request \(standing.request.id): insert \(labels.prefix(Self.labelLimit).joined(separator: ", "))\(more)"
        }
    }

    private static func toInsert(_ standing: RequestStanding) -> [RequestedMedium] { standing.media.filter { $0.medium.state != .reading } }
}

/// The last look at the requests of persons. The status is asked for each second, by several consoles, and a look goes through all studies of a hundred requests.
final class RequestLookout: Sendable {
    private struct Look {
        var requests: [RequestRecord]
        var media: [MediumTally]
        var at: Instant
        var overview: RequestOverview
    }

    /// How long a look counts while neither requests nor media change.
    static var lasting: Interval { .seconds(10) }

    private let last = Mutex<Look?>(nil)

    /// The overview in `reader` at `now`, where `media` are counted by state: as it was looked at last, or anew.
    func overview(in reader: any LedgerReader, _ media: [MediumTally], at now: Instant) throws -> RequestOverview {
        let requests = try reader.newestRequestsOfPersons(limit: RequestOverview.limit)
        return try last.withLock { last in
            if let last, last.requests == requests, last.media == media, now.since(last.at) < Self.lasting { return last.overview }
            let overview = try RequestOverview(requests, in: reader)
            last = Look(requests: requests, media: media, at: now, overview: overview)
            return overview
        }
    }
}

import Ledger
import Migration

/// The studies of requests get their places in the order of work some at a time: a request may have a thousand of them, and one message may make a thousand requests.
extension Engine {
    /// Studies of requests that one turn gives their places: bounds the writer's time (law 1). As many as one request has at most.
    static var placesPerTurn: Int { 1000 }
    /// Requests that one tick ends, and those whose studies it gives their places: likewise.
    private static var requestsPerTick: Int { 20 }

    /// Adds a request whose studies are still to be given their places.
    func insert(_ request: RequestRecord, in turn: Turn) throws -> RequestRecord {
        var request = request
        request.placed = StudyID(0)
        return try turn.tx.insertRequest(request)
    }

    /// Writes a request that became another, or ended: its studies are to be given their places anew.
    func update(_ request: RequestRecord, in turn: Turn) throws -> RequestRecord {
        var request = request
        request.placed = StudyID(0)
        try turn.tx.updateRequest(request)
        return request
    }

    /// Gives the studies of a request their places, up to `left` of them; the others follow with the ticks.
    func placeStudies(of request: RequestRecord, _ left: inout Int, in turn: Turn) throws {
        guard left > 0, let placed = request.placed else { return }
        let rest = try turn.tx.studies(of: request).filter { $0.id > placed }
        let next = Array(rest.prefix(left))
        // Looking costs something where there is nothing, too.
        left -= max(next.count, 1)
        if request.isAutomatic, request.endedAt == nil {
            for study in next { try settle(study.id, in: turn) }
        } else {
            try reconsider(next, in: turn)
        }
        var request = request
        request.placed = next.count < rest.count ? next.last?.id : nil
        try turn.tx.updateRequest(request)
    }

    /// Ends the requests whose time is over, and gives the studies of requests that changed their places: some at a time.
    mutating func lookAtRequests(in turn: Turn) throws {
        for request in try turn.tx.requestsToEnd(at: turn.now, limit: Self.requestsPerTick) {
            try step("ending request \(request.id)", in: turn) { engine in
                var ended = request
                ended.endedAt = turn.now
                _ = try engine.update(ended, in: turn)
                try turn.record(.requestOver, [.count(request.id.number)])
            }
        }
        var left = Self.placesPerTurn
        for request in try turn.tx.requestsToPlace(limit: Self.requestsPerTick) where left > 0 {
            try step("looking at the studies of request \(request.id)", in: turn) { try $0.placeStudies(of: request, &left, in: turn) }
        }
    }
}

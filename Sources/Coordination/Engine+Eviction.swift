import Ledger
import LineProtocol
import Migration

/// What need not be sent now does not stop a drive, be it a part of a held study or one that has arrived before the rest of its study, which is on the
/// next disc perhaps: when a worker's spool is full they leave it, into the worker's holding store or, where it has none, to be
/// read again from their media on demand.
extension Engine {
    /// Parts looked at for one eviction: bounds the writer's time and a beat's reply, in which an order has about 120 bytes.
    private static var partsPerEviction: Int { 128 }

    /// Whether room is to be made in the spool of `worker`: it reads no further, and what was begun before has had the time to show.
    private func needsRoom(_ worker: LiveWorker, at now: Instant) -> Bool {
        // What a worker said last is old news when it is silent.
        isFull(worker) && worker.isConnected(within: configuration.terms.grant, at: now) && now >= worker.nextEviction
    }

    /// Whether a worker waits for room, as it said last.
    func isFull(_ worker: LiveWorker) -> Bool {
        [SentenceCode.spoolFull, .holdingStoreFailed, .diskFull].contains { $0.rawValue == worker.paused?.code }
    }

    /// Bytes to be freed: down to half of the spool, or of what is in it when its disk is smaller than it, so that it is not done for each disc
    /// anew; at least one study, since a drive may wait for room for a single large file.
    private func wantedRoom(_ worker: LiveWorker) -> Int64 {
        let isDiskFull = worker.paused?.code == SentenceCode.diskFull.rawValue
        return max(1, isDiskFull ? worker.spoolBytes / 2 : worker.spoolBytes - worker.spoolLimit / 2)
    }

    /// The worker is asked three beats later again: by then it has said how full its spool is after this.
    private func nextEviction(after now: Instant) -> Instant { now + configuration.terms.grant }

    // MARK: Into the holding store

    /// The orders to move such parts into the worker's holding store. They stay in its custody, so that nothing is written (law 1); a study
    /// that lies there already costs the worker nothing.
    func evictions(for worker: inout LiveWorker, in turn: Turn) throws -> [WorkerOrder] {
        guard worker.hasHoldingStore, needsRoom(worker, at: turn.now) else { return [] }
        let parts = try turn.tx.heldParts(of: worker.id, above: worker.toldEviction, limit: Self.partsPerEviction, includingCorrections: true)
        let chosen = Self.first(parts, until: wantedRoom(worker))
        worker.nextEviction = nextEviction(after: turn.now)
        worker.toldEviction = chosen.last?.part.id ?? PartID(0)
        return chosen.map { .evict(mediumGrant: $0.part.mediumGrant, studyInstanceUID: $0.studyInstanceUID) }
    }

    private static func first(_ parts: [HeldPart], until wanted: Int64) -> [HeldPart] {
        var room: Int64 = 0
        return Array(parts.prefix { part in
            defer { room += part.part.byteCount }
            return room < wanted
        })
    }

    // MARK: Out of custody

    /// Whether custody of such parts is to end to make room: there is no holding store to move them to.
    func mustEvict(from worker: LiveWorker, at now: Instant) -> Bool { !worker.hasHoldingStore && needsRoom(worker, at: now) }

    /// Ends the custody of such parts of a `worker` that ``mustEvict(from:at:)``. What is to be deleted at the destination, or was, stays in custody.
    mutating func evict(from worker: LiveWorker, in turn: Turn) throws {
        let parts = try turn.tx.heldParts(of: worker.id, above: PartID(0), limit: Self.partsPerEviction, includingCorrections: false)
        for held in Self.first(Self.leastNeededFirst(parts), until: wantedRoom(worker)) {
            var part = held.part
            part.custody = .evicted
            part.erasure = try turn.tx.next(.erasure)
            try turn.tx.updatePart(part)
            let label = try turn.tx.medium(part.medium)?.label ?? ""
            try turn.record(
                .partEvicted, [.count(Int64(part.instanceCount)), .worker(worker.name), .label(label)], study: part.study,
                medium: part.medium, worker: worker.id)
            try placeAndSettle(part.study, in: turn)
        }
        let next = nextEviction(after: turn.now)
        live.workers[worker.id]?.nextEviction = next
    }

    /// What has arrived is hardly needed again; what passes by itself may be ready soon, what waits for a person hardly. Of what another copy is to be
    /// sent is wanted when that one is lost.
    private static func leastNeededFirst(_ parts: [HeldPart]) -> [HeldPart] {
        let arrived = parts.filter { $0.part.remaining.isEmpty && !$0.part.done.isEmpty }
        let copies = parts.filter { $0.part.remaining.isEmpty && $0.part.done.isEmpty }
        let open = parts.filter { !$0.part.remaining.isEmpty }
        return arrived + open.filter { $0.reason?.passesByItself != true } + open.filter { $0.reason?.passesByItself == true } + copies
    }

    /// Asks again for the media of parts that nobody has any more and that are to be sent now.
    func askAgain(for parts: [PartRecord], in turn: Turn) throws {
        for part in parts where !part.remaining.isEmpty {
            switch part.custody {
            case .lost: try expectAgain(part.medium, from: part.worker, in: turn)
            case .evicted: try askForEvicted(part, in: turn)
            case .held, .released: continue
            }
        }
    }

    private func askForEvicted(_ part: PartRecord, in turn: Turn) throws {
        guard var medium = try turn.tx.medium(part.medium), medium.state == .read || medium.state == .partlyRead || medium.state == .drained
        else { return }
        medium.state = .expected
        medium.sentence = Sentence(.neededAgain, [.label(medium.label), .worker(name(of: part.worker))])
        try turn.tx.updateMedium(medium)
        try turn.record(.neededAgain, [.label(medium.label), .worker(name(of: part.worker))], study: part.study, medium: medium.id)
    }

    /// Whether a part that was read from a medium, and that nobody has any more, is to be sent.
    func isNeededAgain(_ part: PartRecord, in turn: Turn) throws -> Bool {
        guard !part.remaining.isEmpty else { return false }
        switch part.custody {
        case .lost: return try turn.tx.study(part.study)?.progress.state != .excluded
        case .evicted: return try turn.tx.study(part.study)?.progress.state == .ready || isBeingGathered(part.study, in: turn)
        case .held, .released: return false
        }
    }
}

import Ledger
import LineProtocol
import Migration

extension Engine {
    /// `MEDIUM`: may this medium be read, by this worker, now?
    mutating func medium(_ request: MediumRequest, of worker: WorkerID, in turn: Turn) throws -> MediumReply {
        try Self.check(request)
        if live.workers[worker]?.isDraining == true {
            return MediumReply(grant: nil, sentence: Sentence(.workerDraining, [.worker(name(of: worker))]))
        }
        guard var medium = try turn.tx.medium(label: request.label) else {
            return MediumReply(grant: nil, sentence: Sentence(.labelUnknown, [.label(request.label)]))
        }
        if let same = try runningGrant(medium, request, worker, in: turn) { return same }
        let relatives = try relatives(of: medium, fingerprint: request.fingerprint, in: turn)
        switch MediumDecision(medium: medium, fingerprint: request.fingerprint, bound: relatives, worker: worker) {
        case .refuse(let code, let arguments):
            return MediumReply(grant: nil, sentence: Sentence(code, arguments.isEmpty ? [.label(medium.label)] : arguments))
        case .beingRead(let reader):
            let arguments: [SentenceArgument] = [.label(medium.label), .worker(name(of: reader))]
            return MediumReply(grant: nil, sentence: Sentence(.beingRead, arguments))
        case .excludeCopy(let original):
            let sentence = Sentence(.copyOfReadMedium, [.label(medium.label), .label(original)])
            try exclude(&medium, why: sentence, in: turn)
            return MediumReply(grant: nil, sentence: sentence)
        case .read(let reason):
            if let obstacle = obstacle(to: request, of: medium, in: turn) { return MediumReply(grant: nil, sentence: obstacle) }
            if medium.state == .reading, let old = medium.readingGrant {
                try endReading(medium.id, grant: old, of: worker, why: .readingTakenBack, in: turn)
            }
            return try grant(&medium, request, to: worker, why: reason, in: turn)
        }
    }

    private static func check(_ request: MediumRequest) throws {
        guard !request.label.isEmpty, request.label.count <= LineLimits.labelLength else {
            throw LineError(.badValue, "MEDIUM: label has \(request.label.count) characters; 1 to \(LineLimits.labelLength) are allowed")
        }
        guard isDigest(request.fingerprint) else {
            throw LineError(.badValue, "MEDIUM: fingerprint is not 64 lower-case hexadecimal digits")
        }
    }

    /// Whether `text` is a SHA-256 as 64 lower-case hexadecimal digits.
    static func isDigest(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// The same line said again, before anything was read: the same answer (law 2).
    private func runningGrant(
        _ medium: MediumRecord, _ request: MediumRequest, _ worker: WorkerID, in turn: Turn
    ) throws -> MediumReply? {
        guard medium.state == .reading, medium.worker == worker, medium.fingerprint == request.fingerprint,
            let grant = medium.readingGrant, let sentence = medium.sentence, try turn.tx.pieceCount(of: grant) == 0
        else { return nil }
        return MediumReply(grant: grant, sentence: sentence)
    }

    /// The other media bound to the fingerprint, and the declared originals and copies of `medium`.
    private func relatives(of medium: MediumRecord, fingerprint: String, in turn: Turn) throws -> [BoundMedium] {
        try turn.tx.media(fingerprint: fingerprint).filter { $0.id != medium.id }
            .map { BoundMedium(medium: $0, isRelative: Self.areCopies(medium, $0)) }
    }

    /// Whether one of the two is declared a copy of the other, or both of a third.
    static func areCopies(_ one: MediumRecord, _ other: MediumRecord) -> Bool {
        one.expected.copyOf == other.label || other.expected.copyOf == one.label
            || (!one.expected.copyOf.isEmpty && one.expected.copyOf == other.expected.copyOf)
    }

    private mutating func grant(
        _ medium: inout MediumRecord, _ request: MediumRequest, to worker: WorkerID, why: MediumDecision.Reason, in turn: Turn
    ) throws -> MediumReply {
        let number = GrantNumber(try turn.tx.next(.grant))
        let grant = GrantRecord(number: number, subject: .medium(medium.id), worker: worker, grantedAt: turn.now)
        try turn.tx.insertGrant(grant)
        watch(grant, from: request.isOnline ? cap(of: medium.expected.shelf) : nil, until: turn.now + configuration.terms.grant)
        let arguments: [SentenceArgument] = [.label(medium.label), .worker(name(of: worker))]
        let sentence =
            switch why {
            case .first: Sentence(.mediumGranted, arguments)
            case .partlyRead: Sentence(.mediumGrantedAgain, arguments + [.text("it was read in part only")])
            case .custodyLost: Sentence(.mediumGrantedAgain, arguments + [.text("what was read from it is no longer there")])
            case .restarted: Sentence(.mediumGrantedAgain, arguments + [.text("reading it was begun anew")])
            }
        medium.state = .reading
        medium.readingGrant = number
        medium.worker = worker
        medium.fingerprint = request.fingerprint
        medium.contents = MediumContents(
            volumeIdentifier: request.volumeIdentifier, byteCount: request.byteCount, fileCount: request.fileCount,
            findings: medium.closedGrant == nil ? [] : medium.contents?.findings ?? [], isOnline: request.isOnline)
        medium.isGivenUp = false
        medium.sentence = sentence
        try turn.tx.updateMedium(medium)
        try turn.record(sentence, medium: medium.id, worker: worker, grant: number)
        return MediumReply(grant: number, sentence: sentence)
    }

    /// Ends the reading of a medium before its inventory was closed; nothing of it counts.
    mutating func endReading(
        _ id: MediumID, grant: GrantNumber, of worker: WorkerID, why code: SentenceCode, as state: GrantRecord.State = .withdrawn,
        detail: [SentenceArgument] = [], answered: [UInt8]? = nil, in turn: Turn
    ) throws {
        try turn.tx.endGrant(grant, as: state, answered: answered)
        try turn.tx.deletePieces(of: grant)
        live.remove(grant, of: worker)
        guard var medium = try turn.tx.medium(id), medium.readingGrant == grant else { return }
        let sentence = Sentence(code, [.label(medium.label), .worker(name(of: worker))] + detail)
        medium.readingGrant = nil
        medium.state = try restState(of: medium, in: turn)
        medium.sentence = sentence
        try turn.tx.updateMedium(medium)
        try turn.record(sentence, medium: id, worker: worker, grant: grant)
    }

    /// The state of a medium that nobody reads.
    func restState(of medium: MediumRecord, in turn: Turn) throws -> MediumState {
        guard medium.closedGrant != nil else { return .expected }
        let isNeeded = try turn.tx.parts(on: medium.id).contains { try isNeededAgain($0, in: turn) }
        return isNeeded ? .expected : medium.isWhole ? .read : .partlyRead
    }

    /// Leaves a medium out.
    mutating func exclude(_ medium: inout MediumRecord, why sentence: Sentence, in turn: Turn) throws {
        medium.state = .excluded
        medium.sentence = sentence
        try turn.tx.updateMedium(medium)
        try turn.record(sentence, medium: medium.id)
        live.mediaRound.begin()
        live.filmCursor = RequestID(0)
    }
}

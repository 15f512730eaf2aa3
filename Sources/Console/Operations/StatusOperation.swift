internal import Coordination
internal import Ledger
internal import LineServer
internal import Migration

/// Tells where the migration stands.
public struct ShowStatus: ConsoleOperation {
    public static let path = "/v1/status"
    public static let isReading = true

    /// The status.
    public init() {}

    public func perform(at desk: Desk) async throws -> StatusShape {
        let now = SystemClock.reading()
        let (progress, workers, requests, imports, films) = try desk.ledger.read { reader in
            let progress = try reader.progress()
            return (
                progress, try reader.workers(page: Page(limit: Page<WorkerID>.limitBound)), try desk.requests.overview(in: reader, progress.media, at: now),
                try OrderImports(in: reader), try reader.openFilmCount()
            )
        }
        let verified = progress.bytes(in: [.verified, .verifiedIncomplete])
        let pace = desk.pace.note(bytes: verified, at: now)
        let live = desk.engine.live
        let copies = desk.copies.status
        let enrolled = workers.filter { $0.worker.state != .revoked }
        return StatusShape(
            media: tally(MediumState.allCases) { state in progress.media.first { $0.state == state }?.count },
            studies: tally(StudyState.allCases) { state in progress.studies.first { $0.state == state }?.count },
            heldByReason: Dictionary(uniqueKeysWithValues: progress.held.map { ($0.reason.rawValue, $0.count) }),
            flaggedByReason: Dictionary(uniqueKeysWithValues: progress.flagged.map { ($0.reason.rawValue, $0.count) }),
            corrections: tally(CorrectionState.allCases) { progress.corrections[$0] },
            instances: .init(known: progress.instances(in: StudyState.allCases), verified: Int64(progress.doneInstances)),
            bytes: .init(known: progress.bytes(in: StudyState.allCases), verified: verified, perSecond: pace),
            workers: .init(
                connected: enrolled.count { row in
                    live.workers.first { $0.id == row.worker.id }?.isConnected(within: live.term, at: now) == true
                },
                total: enrolled.count),
            requests: requests.shape, destination: live.trouble.map(StatusShape.Trouble.init), ledger: live.ledgerTrouble.map(StatusShape.Trouble.init),
            ledgerCopies: .init(copies), outbound: .init(progress), secondsToGo: secondsToGo(progress, pace: pace),
            complaints: requests.complaints + Complaints.list(imports) + Complaints.list(films: films) + Complaints.list(progress, live) + Complaints.list(copies),
            finished: isFinished(progress, live))
    }

    private func tally<State: RawRepresentable<String>>(_ states: [State], _ count: (State) -> Int?) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: states.map { ($0.rawValue, count($0) ?? 0) })
    }

    /// The states of studies that still move by themselves.
    private static var movingStates: [StudyState] { [.inventoried, .matched, .ready, .leased, .failed] }

    private func secondsToGo(_ progress: MigrationProgress, pace: Int64) -> Int64? {
        pace > 0 ? progress.bytes(in: Self.movingStates) / pace : nil
    }

    private func isFinished(_ progress: MigrationProgress, _ live: LiveSnapshot) -> Bool {
        let count = { (state: MediumState) in progress.media.first { $0.state == state }?.count ?? 0 }
        let isMoving = progress.studies.contains { Self.movingStates.contains($0.state) && $0.count > 0 }
        // What waits for media that were all read meanwhile is looked at again within a second; what waits for others, when those are inserted.
        let areMediaThere = count(.expected) == 0 && progress.mediaReadInPart.isEmpty
        let isAboutToMove = progress.held.contains { row in
            row.count > 0 && row.reason.passesByItself && (row.reason != .waitingForMedia || areMediaThere)
        }
        let toBeTold = live.tellsOrders ? (progress.outbound[.waiting] ?? 0) + (progress.outbound[.sending] ?? 0) : 0
        // What is to be looked at anew may be let go, and what is corrected may be sent again.
        let isBeingSettled = progress.isUnderReview || progress.correctionsUnderWay > 0
        return count(.reading) == 0 && !isMoving && !isAboutToMove && toBeTold == 0 && !isBeingSettled
    }
}

extension MigrationProgress {
    func bytes(in states: [StudyState]) -> Int64 {
        studies.reduce(0) { states.contains($1.state) ? $0 + $1.bytes : $0 }
    }

    func instances(in states: [StudyState]) -> Int64 {
        studies.reduce(0) { states.contains($1.state) ? $0 + Int64($1.instances) : $0 }
    }
}

/// What holds a migration back, in words.
enum Complaints {
    static func list(_ imports: OrderImports) -> [String] {
        imports.rows.map { row in
            "the import of orders \(row.name) began at \(row.since.text) and has not ended: what is matched anew waits for it. If it broke off, import the file again, "
                + "or say `orders end-import \(row.name)`"
        }
    }

    static func list(films: Int) -> [String] {
        films > 0 ? ["\(films) exams that were asked for cannot be read, and are to be digitised from film: see film"] : []
    }

    static func list(_ copies: LedgerCopyStatus) -> [String] {
        guard let failure = copies.failure, let failedAt = copies.failedAt else { return [] }
        return ["the ledger could not be copied at \(failedAt.text): \(failure)"]
    }

    static func list(_ progress: MigrationProgress, _ live: LiveSnapshot) -> [String] {
        var complaints: [String] = []
        if let trouble = live.ledgerTrouble {
            complaints.append("nothing can be recorded since \(trouble.since.text), workers wait: \(trouble.message)")
        }
        if let trouble = live.trouble {
            complaints.append(
                "the destination is in trouble (\(trouble.category.rawValue)) since \(trouble.since.text); next try \(trouble.nextProbe.text)")
        }
        if let waiting = live.waiting { complaints.append("leases wait: \(waiting.text())") }
        for worker in live.workers where !worker.isRevoked {
            if worker.isLost { complaints.append("\(worker.name) is lost: not heard of since \(worker.lastHeard.text)") }
            if let paused = worker.paused { complaints.append("\(worker.name) waits: \(paused.text())") }
            for drive in worker.drives where drive.state == .refused {
                complaints.append("\(worker.name), \(drive.name): \(drive.sentence?.text() ?? "refused")")
            }
        }
        if progress.studiesWithoutCustody > 0 {
            complaints.append("\(progress.studiesWithoutCustody) studies need their medium again")
        }
        complaints += damagedMedia(progress)
        let exceptions = progress.studies.first { $0.state == .exception }?.count ?? 0
        if exceptions > 0 { complaints.append("\(exceptions) studies were given up: see exceptions") }
        if progress.flaggedStudies > 0 {
            complaints.append("something came up against \(progress.flaggedStudies) studies after they were sent or decided on: see match list --flagged")
        }
        complaints += outbound(progress)
        if progress.openCorrections > 0 {
            complaints.append("\(progress.openCorrections) studies lie at the destination under a former identity or order: see corrections")
        }
        if progress.deletedNotSent > 0 {
            complaints.append("\(progress.deletedNotSent) studies were deleted or rejected at the destination and are not sent again, or not wholly: see corrections")
        }
        return complaints + live.faults
    }

    /// Of media that were read in part, where studies wait that could be affected by what is on them.
    private static func damagedMedia(_ progress: MigrationProgress) -> [String] {
        let waiting = progress.held.first { $0.reason == .waitingForMedia }?.count ?? 0
        let labels = progress.mediaReadInPart
        guard waiting > 0, !labels.isEmpty else { return [] }
        let more = labels.count == MigrationProgress.mediaLimit ? ", and perhaps others" : ""
        return [
            "\(waiting) studies wait for media, and \(labels.joined(separator: ", "))\(more) were read in part, so that more may be on them: read them again in another drive, "
                + "or a copy, or say `media exclude LABEL` when no more comes of one"
        ]
    }

    /// Of the orders that the PACS or RIS is told of, and of the numbers that are left for them.
    private static func outbound(_ progress: MigrationProgress) -> [String] {
        var complaints: [String] = []
        if let trouble = progress.outboundTrouble { complaints.append("unspecified exams wait: \(trouble.text())") }
        if let refused = progress.outbound[.refused], refused > 0 { complaints.append("\(refused) orders or cancels were refused: see outbound") }
        let numbers = progress.reservedNumbers ?? .standard
        let left = numbers.left(at: progress.unspecifiedExams)
        // A tenth is months of a migration, and time to reserve more.
        if left < numbers.range.count / 10 { complaints.append("\(left) of \(numbers.range.count) accession numbers for unspecified exams are left") }
        return complaints
    }
}

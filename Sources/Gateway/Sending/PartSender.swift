import Crypto
import DICOM
import Destinations
import LineProtocol
import Migration
import NIOPosix

/// Sends one leased part and proves its arrival: asks what is there, sends what is not, reads back what was there before, then asks again.
struct PartSender: Sendable {
    let item: LeaseItem
    /// Asks which UIDs are those of the study's own objects, where these become others.
    let members: @Sendable () async throws -> Set<String>
    let spool: Spool
    let journal: Journal
    let online: OnlineMedia
    let destination: any Destination
    /// Associations for this part at most.
    let associations: Int
    let fence: SendFence
    let threads: NIOThreadPool
    let progress: ProgressCounter
    /// See ``GatewayConfiguration/reencodes``.
    var reencodes = false

    /// Works until every granted instance has its verdict, or the fence stops it: what was not decided is then not named.
    func run() async -> ResultItem {
        let key = Self.key(of: item)
        let verdicts = VerdictBook()
        var prepared: PreparedPart?
        var beyond: [String] = []
        do {
            let records = try spool.instances(of: item.studyInstanceUID, under: item.mediumGrant)
            let history = await journal.history(of: key)
            let dateTime = history.dateTime ?? WallClock.dateTime()
            let renewal = try await renewal()
            let part = try await threads.runIfActive {
                PreparedPart(
                    item, records, acknowledged: history.acknowledged, dateTime: dateTime, reencodes: reencodes,
                    assuming: spool.source(of: item.mediumGrant)?.assumedCharacterSet, renewing: renewal,
                    isStopped: { fence.isStopped }, source: source(of:))
            }
            prepared = part
            await verdicts.begin(with: part.verdicts)
            beyond = try await deliver(part, key, history, dateTime, verdicts)
        } catch is CancellationError {
            // Stopped: what has a verdict is reported, the rest was not tried.
        } catch let error as GatewayError where error.code == .diskFull {
            // The journal has no room: work pauses; what has no verdict was not tried.
            spool.gauge.noteJournalFull()
        } catch let error as DestinationError {
            await verdicts.fail(undecided(prepared, await verdicts.ledger), error.category, error.message)
        } catch {
            await verdicts.fail(undecided(prepared, await verdicts.ledger), .worker, reason(of: error))
        }
        return await result(prepared, verdicts, beyond)
    }

    /// How the study's UIDs become others; nil: they stay.
    private func renewal() async throws -> UIDRenewal? {
        guard let uids = item.uids else { return nil }
        return UIDRenewal(generation: uids.rawValue, members: try await members())
    }

    /// The Study Instance UID under which it goes to the destination.
    private var studyInstanceUID: String {
        item.uids.map { UIDRenewal.uid(of: item.studyInstanceUID, generation: $0.rawValue) } ?? item.studyInstanceUID
    }

    private func undecided(_ prepared: PreparedPart?, _ ledger: VerdictLedger) -> [Int] {
        let positions = prepared?.instances.map(\.position) ?? item.instances.positions
        return positions.filter { ledger.verdict(at: $0) == nil }
    }

    /// One study under one medium's grant, with these coercions, at this destination. Sent again it is another part: what was sent before is there no more.
    static func key(of item: LeaseItem) -> PartKey {
        var digest = SHA256()
        // Under which title and over how many associations it was sent makes no other part of it.
        let destination = String(item.destination.prefix { $0 != "?" })
        let again = item.round.map { ["round \($0)", item.uids?.rawValue ?? ""] } ?? []
        for text in [destination] + item.coercions.flatMap({ [$0.tag, $0.value.reveal()] }) + again {
            // Each text with its length before it, so that no two lists are written alike.
            digest.update(data: Array("\(text.utf8.count):\(text)".utf8))
        }
        return PartKey(
            mediumGrant: item.mediumGrant, studyInstanceUID: item.studyInstanceUID,
            digest: ContentDigest(bytes: Array(digest.finalize()))?.description ?? "")
    }

    private func source(of record: InstanceRecord) throws -> ObjectSource {
        let study = StagedStudy(mediumGrant: item.mediumGrant, studyInstanceUID: item.studyInstanceUID)
        return try spool.source(of: record, in: study, online: online)
    }

    // MARK: Delivery

    /// Sends and verifies; the SOP Instance UIDs that the destination has beyond ours come back.
    private func deliver(
        _ part: PreparedPart, _ key: PartKey, _ history: PartHistory, _ dateTime: String, _ verdicts: VerdictBook
    ) async throws -> [String] {
        guard !part.instances.isEmpty, await fence.mayStart() else { return [] }
        let series = part.instances.map(\.outgoing.seriesInstanceUID)
        let present = try await presence(of: Array(Set(series)).sorted())
        if history.presence == nil {
            try await journal.append(JournalRecord(key, presence: present.sorted(), dateTime: dateTime))
        }
        var toSend: [PreparedPart.Instance] = []
        for instance in part.instances {
            if history.acknowledged.contains(instance.position) {
                await verdicts.transcode(instance.position, changing: history.transcoded(at: instance.position))
                await verdicts.arrived([instance.position])
                progress.add(items: 1, bytes: 0)
                progress.record([instance.position])
            } else if present.contains(instance.outgoing.sopInstanceUID) {
                if try await !settle(instance, history, verdicts) { toSend.append(instance) }
            } else {
                toSend.append(instance)
            }
        }
        try await send(toSend, key, verdicts)
        try await settleWarned(toSend, key, verdicts)
        return try await verify(part, key, verdicts)
    }

    /// What the destination lists of the study. One that accepts no C-FIND lists nothing; where its acknowledgements are to count, that is no fault.
    private func presence(of series: [String]) async throws -> Set<String> {
        do {
            return try await destination.presence(ofStudy: studyInstanceUID, series: series)
        } catch let error as DestinationError where item.level == .acknowledged && error.category == .notAccepted {
            return []
        }
    }

    /// An instance that was at the destination before this send counts after it was read back and equals ours (law 4).
    ///
    /// - Returns: false when it is to be sent: it came after our own first look, and the destination gives nothing back.
    private func settle(_ instance: PreparedPart.Instance, _ history: PartHistory, _ verdicts: VerdictBook) async throws -> Bool {
        if fence.isStopped { throw CancellationError() }
        let isOurs = history.presence.map { !$0.contains(instance.outgoing.sopInstanceUID) } ?? false
        do {
            switch try await destination.readBack(instance.outgoing, into: spool.path) {
            case .equal:
                await verdicts.arrived([instance.position], isReadBack: true)
                progress.add(items: 1, bytes: 0)
            case .transcoded(let tags):
                await verdicts.transcode(instance.position, changing: tags)
                await verdicts.arrived([instance.position], isReadBack: true)
                progress.add(items: 1, bytes: 0)
            case .equivalent(let tags, let syntax):
                await verdicts.warn(instance.position, Self.equivalence(tags, syntax))
                await verdicts.arrived([instance.position], isReadBack: true)
                progress.add(items: 1, bytes: 0)
            case .different(let tags):
                await verdicts.fail(
                    [instance.position], isOurs ? .verificationFailed : .presentBefore, "the destination's object differs in \(Self.names(tags))")
            case .notComparable(let why):
                // Ours, its acknowledgement lost: sent again, as it would have been without the loss.
                if isOurs { return false }
                await verdicts.fail([instance.position], .presentBefore, why)
            }
            return true
        } catch let error as DestinationError {
            try checkRoom()
            if isOurs { return false }
            await verdicts.fail(
                [instance.position], Self.isOfTheMoment(error) ? error.category : .presentBefore, "there before, and cannot be read back: \(error.message)")
            return true
        }
    }

    /// What the destination took with a warning it may have changed (B000 coercion, B006 elements discarded, B007 another class:
    /// PS3.4 table B.2-1): it is read back where the destination gives it, and the journal has it once that is done.
    private func settleWarned(_ instances: [PreparedPart.Instance], _ key: PartKey, _ verdicts: VerdictBook) async throws {
        let warnings = await verdicts.warnings
        for instance in instances {
            guard let warning = warnings[instance.position] else { continue }
            if fence.isStopped { throw CancellationError() }
            do {
                switch try await destination.readBack(instance.outgoing, into: spool.path) {
                case .equal, .transcoded:
                    try await arrived(instance, key, verdicts, isReadBack: true)
                case .equivalent(let tags, let syntax):
                    await verdicts.warn(instance.position, "\(warning), \(Self.equivalence(tags, syntax))")
                    try await arrived(instance, key, verdicts, isReadBack: true)
                case .different(let tags):
                    await verdicts.fail(
                        [instance.position], .verificationFailed, "\(warning): the destination's object differs in \(Self.names(tags))")
                case .notComparable(let why):
                    await verdicts.warn(instance.position, "\(warning), \(why)")
                    try await arrived(instance, key, verdicts)
                }
            } catch let error as DestinationError where Self.isOfTheMoment(error) {
                try checkRoom()
                // For a moment only: the next lease reads it back.
                await verdicts.fail([instance.position], error.category, "\(warning), not read back yet: \(error.message)")
            } catch let error as DestinationError {
                try checkRoom()
                await verdicts.warn(instance.position, "\(warning), cannot be read back: \(error.message)")
                try await arrived(instance, key, verdicts)
            }
        }
    }

    private static func names(_ tags: [Tag]) -> String { tags.prefix(8).map(\.description).joined(separator: " ") }

    /// Why a copy that differs is as good.
    private static func equivalence(_ tags: [Tag], _ transferSyntaxUID: String) -> String {
        "the destination's object has the same pixels in transfer syntax \(transferSyntaxUID), and for that another \(names(tags))"
    }

    /// A copy that could not be fetched because our own disk is full says nothing of the destination.
    private func checkRoom() throws {
        guard !spool.hasRoomOnDisk() else { return }
        throw GatewayError(.diskFull, "the disk of the spool has no room for a copy to compare")
    }

    /// Whether it says nothing of the object: the destination is not there, or this machine cannot do it now.
    private static func isOfTheMoment(_ error: DestinationError) -> Bool {
        [.destinationUnreachable, .associationRejected, .worker].contains(error.category)
    }

    private func arrived(
        _ instance: PreparedPart.Instance, _ key: PartKey, _ verdicts: VerdictBook, isReadBack: Bool = false
    ) async throws {
        let transcoded = (await verdicts.transcoded[instance.position]).map { [instance.position: $0] } ?? [:]
        try await journal.append(JournalRecord(key, acknowledged: InstanceRanges([instance.position]), transcoded: transcoded))
        progress.record([instance.position])
        await verdicts.arrived([instance.position], isReadBack: isReadBack)
    }

    private func send(_ instances: [PreparedPart.Instance], _ key: PartKey, _ verdicts: VerdictBook) async throws {
        guard !instances.isEmpty else { return }
        let writer = AcknowledgementWriter(of: key, into: journal, verdicts, spool.gauge, progress)
        let result: Result<Void, any Error>
        do {
            try await destination.store(
                instances.map(\.outgoing), associations: associations, mayStart: { await fence.mayStart() && !spool.gauge.isJournalFull },
                report: { place, verdict in await note(verdict, on: instances[place], writer, verdicts) })
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await writer.finish()
        try result.get()
    }

    private nonisolated(nonsending) func note(
        _ verdict: InstanceVerdict, on instance: PreparedPart.Instance, _ writer: AcknowledgementWriter, _ verdicts: VerdictBook
    ) async {
        switch verdict {
        case .acknowledged(let warning, let changed, _):
            if !changed.isEmpty { await verdicts.transcode(instance.position, changing: changed) }
            if warning.isEmpty { writer.add(instance.position, changed: changed) } else { await verdicts.warn(instance.position, warning) }
            progress.add(items: 1, bytes: instance.outgoing.content.byteCount)
        // What could not be written in another transfer syntax because our disk is full was not tried.
        case .failed(.worker, _) where !spool.hasRoomOnDisk(): spool.gauge.noteJournalFull()
        case .failed(let category, let detail): await verdicts.fail([instance.position], category, detail)
        }
    }

    // MARK: Proof

    private func verify(_ part: PreparedPart, _ key: PartKey, _ verdicts: VerdictBook) async throws -> [String] {
        let arrived = await verdicts.arrivedPositions
        let instances = part.instances.filter { arrived.contains($0.position) }
        guard !instances.isEmpty else { return [] }
        guard item.level != .acknowledged else {
            await verdicts.acknowledge()
            return []
        }
        if fence.isStopped { throw CancellationError() }
        let report = try await destination.verify(
            .init(
                studyInstanceUID: studyInstanceUID, patientID: item.expected.patientID, accessionNumber: item.expected.accessionNumber,
                instances: instances.map {
                    .init(sopInstanceUID: $0.outgoing.sopInstanceUID, seriesInstanceUID: $0.outgoing.seriesInstanceUID)
                }))
        let places = Dictionary(instances.map { ($0.outgoing.sopInstanceUID, $0.position) }, uniquingKeysWith: { first, _ in first })
        let positions = { (uids: [String]) in uids.compactMap { places[$0] } }
        let found = Set(report.verified)
        try await commit(instances.filter { found.contains($0.outgoing.sopInstanceUID) }, verdicts)
        await verdicts.fail(positions(report.missing), .verificationFailed, "acknowledged, but not listed by the destination")
        await verdicts.fail(positions(report.wrongSeries), .verificationFailed, "listed in another series")
        await verdicts.fail(positions(report.underOtherPatient), .verificationFailed, "listed under another patient")
        await verdicts.fail(positions(report.wrongAccession), .verificationFailed, "listed under another accession number")
        if !report.missing.isEmpty {
            try await journal.append(JournalRecord(key, lost: InstanceRanges(positions(report.missing))))
        }
        return report.beyond
    }

    /// Settles those that were found as intended. Where the destination is to commit to them, what it has not yet decided stays acknowledged, and is
    /// asked for again with the next lease.
    private func commit(_ instances: [PreparedPart.Instance], _ verdicts: VerdictBook) async throws {
        guard item.level == .committed, !instances.isEmpty else { return await verdicts.verify(instances.map(\.position)) }
        if fence.isStopped { throw CancellationError() }
        let outcome = try await destination.commit(instances.map(\.outgoing))
        for instance in instances {
            let uid = instance.outgoing.sopInstanceUID
            if let reason = outcome.refused[uid] {
                await verdicts.fail([instance.position], .verificationFailed, "listed, but the destination does not commit to it: \(reason)")
            } else if outcome.committed.contains(uid) {
                await verdicts.verify([instance.position])
            } else {
                await verdicts.acknowledge(instance.position, remark: "listed; no word on storage commitment yet")
            }
        }
    }

    private func result(_ part: PreparedPart?, _ verdicts: VerdictBook, _ beyond: [String]) async -> ResultItem {
        var ledger = await verdicts.ledger
        let transcoded = await verdicts.transcoded
        var changed: [Tag: Int] = [:]
        for instance in part?.instances ?? [] {
            switch ledger.verdict(at: instance.position) {
            case .verified, .acknowledged:
                for tag in Set(instance.changed).union(transcoded[instance.position] ?? []).sorted() { changed[tag, default: 0] += 1 }
            case .failed, nil: continue
            }
        }
        ledger.follow(part?.copies ?? [:])
        let digits = { (tag: Tag) in
            let text = String(tag.rawValue, radix: 16)
            return String(repeating: "0", count: 8 - text.count) + text
        }
        return ResultItem(
            grant: item.grant, verdicts: (try? ledger.groups()) ?? [], beyond: Array(beyond.prefix(ResultItem.beyondLimit)),
            changed: changed.keys.sorted().map { ChangedElement(tag: digits($0), instances: changed[$0] ?? 0) })
    }
}

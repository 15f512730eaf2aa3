import Ledger
import LineProtocol
public import Migration

extension Engine {
    /// Decides anew from which part each instance of a study is to be sent, and what the study is then.
    func placeAndSettle(_ id: StudyID, in turn: Turn) throws {
        try place(id, in: turn)
        try settle(id, in: turn)
    }

    /// Decides from which part each instance of a study is to be sent: equal copies are one instance with several places (law 12).
    func place(_ id: StudyID, in turn: Turn) throws {
        guard var study = try turn.tx.study(id) else { return }
        var placement = Placement()
        let parts = try turn.tx.parts(of: id)
        let ordered = Placement.order(parts)
        let instances = try ordered.map { try turn.tx.instances(of: $0.id) }
        for (part, instances) in zip(ordered, instances) { placement.note(done: part.done, of: instances) }
        for (part, instances) in zip(ordered, instances) {
            let wanted = placement.claim(instances, of: part, without: try pathsNoMoreReadable(of: part, in: turn))
            guard wanted != part.wanted else { continue }
            var changed = part
            changed.wanted = wanted
            try turn.tx.updatePart(changed)
        }
        study.size.instances = placement.count
        study.size.bytes = placement.bytes
        let unresolved = try turn.tx.unresolvedFiles(ofStudy: study.header.studyInstanceUID)
        study.size.unreadable = unresolved.count + placement.missing(besides: Set(unresolved.map(\.file.sopInstanceUID)))
        if placement.hasConflict {
            study.conflicts.hasInstanceConflict = true
            study.conflicts.hasTwoContents = true
        }
        try turn.tx.updateStudy(study)
    }

    /// Where files of a part that nobody has any more lie, as far as a later reading of its medium could not read them.
    private func pathsNoMoreReadable(of part: PartRecord, in turn: Turn) throws -> Set<String> {
        guard part.isGone else { return [] }
        return Set(try turn.tx.unresolvedFiles(on: part.medium).filter { $0.grant > part.mediumGrant }.map(\.file.path))
    }

    /// Brings a study's state, and its parts' places in the queue, in line with what was decided and done.
    func settle(_ id: StudyID, in turn: Turn) throws {
        guard var study = try turn.tx.study(id) else { return }
        let before = study
        var parts = try turn.tx.parts(of: id)
        try settle(&study, &parts, in: turn)
        if study.holdReason != before.holdReason {
            try turn.tx.updateStudy(study)
        } else if study.progress != before.progress {
            try turn.tx.updateProgress(study.progress, of: id)
        }
    }

    /// As ``settle(_:in:)``, on records that the caller has and writes the study of.
    func settle(_ study: inout StudyRecord, _ parts: inout [PartRecord], in turn: Turn) throws {
        var standing = StudyStanding(study)
        try settle(&standing, &parts, stored: parts, of: study, in: turn)
        study.progress = standing.progress
        study.holdReason = standing.holdReason
    }

    /// As ``settle(_:in:)``, on records that the caller has and writes the study of. `stored` are the parts as the ledger has them, where the
    /// caller changed some; `whole` is what else there is of the study, nil: as the ledger has it.
    func settle(
        _ study: inout StudyStanding, _ parts: inout [PartRecord], stored: [PartRecord], of whole: StudyRecord?, in turn: Turn
    ) throws {
        study.progress.doneCount = parts.reduce(0) { $0 + $1.done.count }
        if study.progress.wasGranted, study.holdReason != nil { holdTheRest(of: &study, parts) }
        let isCleared = study.isPlanned && study.holdReason == nil
        if isCleared, study.progress.state != .exception { try advance(&study, parts, in: turn) }
        let isUnderWay = study.progress.state == .ready || study.progress.state == .leased
        let isOpen = isCleared && isUnderWay && study.progress.retryAt == nil
        let isFinal = study.progress.state.isFinal
        for index in parts.indices { parts[index].queue.isOpen = isOpen && parts[index].canBeLeased }
        if parts.contains(where: \.queue.isOpen) { try queue(&parts, of: whole, study.id, in: turn) }
        for index in parts.indices {
            if isFinal, parts[index].custody == .held, parts[index].grant == nil {
                parts[index].custody = .released
                parts[index].erasure = try turn.tx.next(.erasure)
            }
            if parts[index] != stored[index] { try turn.tx.updatePart(parts[index]) }
        }
        if isOpen { try askAgain(for: parts, in: turn) }
        if isFinal { for medium in Self.distinct(parts.map(\.medium)) { try drainIfDone(medium, in: turn) } }
    }

    /// Gives the parts of a study their places in the order of work; `whole` is the study, nil: as the ledger has it.
    private func queue(_ parts: inout [PartRecord], of whole: StudyRecord?, _ id: StudyID, in turn: Turn) throws {
        guard let study = try whole ?? turn.tx.study(id) else { return }
        let notBefore = fenceEnd(of: parts, plan: study.plan)
        let place = try placeInOrder(of: study, in: turn)
        for index in parts.indices {
            parts[index].queue.notBefore = notBefore
            parts[index].queue.workClass = place.workClass
            parts[index].queue.workOrder = place.workOrder
        }
    }

    /// Where a study stands in the order of work: what was requested stands before all else.
    private func placeInOrder(of study: StudyRecord, in turn: Turn) throws -> (workClass: Int, workOrder: Int) {
        let order = configuration.orderOfWork
        var place = order.place(of: study.header, hasComingOrder: try order.looksAtOrders && hasComingOrder(study, in: turn))
        let requests = try turn.tx.openRequests(for: study)
        if !requests.isEmpty {
            place.workClass = OrderOfWork.requestedClass(of: place.workClass, isAutomatic: requests.allSatisfy(\.isAutomatic))
        }
        return place
    }

    private func hasComingOrder(_ study: StudyRecord, in turn: Turn) throws -> Bool {
        try turn.tx.orders(ofPatient: study.plan?.patientID ?? study.header.patient.patientID).contains {
            !$0.order.isCancelled && $0.order.examDate != nil && isComing($0.order.examDate, at: turn.now)
        }
    }

    /// The state of a study that is held although something of it was granted: what is under way comes to its end first. When nothing is left
    /// to be sent there is nothing to hold either, unless one of its objects has two contents: a person is to see the other one.
    private func holdTheRest(of study: inout StudyStanding, _ parts: [PartRecord]) {
        let hasRest = parts.contains { !$0.remaining.isEmpty }
        if study.holdReason?.isConflict == true, !hasRest, !study.conflicts.hasTwoContents {
            study.holdReason = nil
        } else {
            study.progress.state = parts.contains { $0.grant != nil } ? .leased : .held
            study.progress.retryAt = nil
        }
    }

    /// The state of a study that is cleared to be sent.
    private func advance(_ study: inout StudyStanding, _ parts: [PartRecord], in turn: Turn) throws {
        let before = study.progress.state
        if parts.allSatisfy({ $0.remaining.isEmpty }) {
            study.progress.state = finalState(of: study)
            study.progress.retryAt = nil
        } else if parts.contains(where: { $0.grant != nil }) {
            study.progress.state = .leased
        } else if study.progress.retryAt != nil {
            study.progress.state = .failed
        } else {
            study.progress.state = .ready
        }
        guard study.progress.state.isFinal, study.progress.state != before else { return }
        let sentence = arrival(of: study)
        study.progress.sentence = sentence
        study.progress.category = nil
        study.progress.detail = ""
        study.progress.attempts = 0
        try turn.record(sentence, study: study.id)
    }

    private func finalState(of study: StudyStanding) -> StudyState {
        switch configuration.level {
        case .acknowledged: .sent
        case .listed, .committed: study.unreadableCount > 0 ? .verifiedIncomplete : .verified
        }
    }

    private func arrival(of study: StudyStanding) -> Sentence {
        let count = SentenceArgument.count(Int64(study.progress.doneCount))
        return switch study.progress.state {
        case .sent: Sentence(.studySent, [count])
        case .verifiedIncomplete: Sentence(.studyVerifiedIncomplete, [count, .count(Int64(study.unreadableCount))])
        default: Sentence(.studyVerified, [count])
        }
    }

    /// Nothing of a study is granted with other changes while an old grant of it may still be sending (law 2): an instance may by now be
    /// sent from another part than then.
    private func fenceEnd(of parts: [PartRecord], plan: SendPlan?) -> Instant {
        parts.compactMap(\.fence).filter { $0.plan != plan }.map(\.until).max() ?? Instant(milliseconds: 0)
    }
}

extension PartRecord {
    /// Whether its worker has something of it that is still to be sent, and is not sending it.
    fileprivate var canBeLeased: Bool { custody == .held && grant == nil && !remaining.isEmpty }
}

extension StudyState {
    /// Whether nothing more is to be done, unless more of the study turns up.
    public var isFinal: Bool {
        switch self {
        case .verified, .verifiedIncomplete, .sent: true
        case .inventoried, .matched, .held, .ready, .leased, .failed, .exception, .excluded: false
        }
    }
}

import Ledger
import Migration

/// How all stands, and how it must stand in the end.
extension Witness {
    /// Studies that wait for a person, in the order of their numbers.
    var waitingStudies: [StudyRecord] {
        studies.values.filter { $0.progress.state == .held || $0.progress.state == .exception }.sorted { $0.id < $1.id }
    }

    /// Studies that a person decided on and of which nothing was leased, in the order of their numbers: that can be taken back.
    var decidedStudies: [StudyRecord] {
        studies.values.filter { $0.decision != nil && !$0.progress.wasGranted }.sorted { $0.id < $1.id }
    }

    func medium(labelled label: String) -> MediumRecord? { media.values.first { $0.label == label } }

    /// Whether nothing is under way or waits for anything but a person.
    var isSettled: Bool {
        guard !hasLiveGrants, media.count == scenario.discs.count else { return false }
        let areRead = media.values.allSatisfy { $0.state != .expected && $0.state != .reading }
        return areRead && studies.values.allSatisfy { isAtRest($0) }
    }

    private func isAtRest(_ study: StudyRecord) -> Bool {
        switch study.progress.state {
        case .held: study.holdReason?.passesByItself != true
        case .exception, .verified, .verifiedIncomplete, .sent, .excluded: true
        case .inventoried, .matched, .ready, .leased, .failed: false
        }
    }

    /// What is not at rest, in words.
    var unsettled: String {
        let grants = grants.values.filter { $0.state == .live }.map(\.record.number).sorted()
        let waiting = studies.values.filter { !isAtRest($0) }.sorted { $0.id < $1.id }
        let open = media.values.filter { $0.state == .expected || $0.state == .reading }.sorted { $0.id < $1.id }
        return "live grants \(grants); studies \(waiting.map { "\($0.header.studyInstanceUID) \($0.progress.state.rawValue)" }); "
            + "media \(open.map { "\($0.label) \($0.state.rawValue)" })"
    }

    // MARK: The end

    func checkEnd(_ ledger: WatchedLedger) throws {
        for disc in scenario.discs where medium(labelled: disc.label)?.state != .excluded { checkDisc(disc) }
        for study in studies.values.sorted(by: { $0.id < $1.id }) {
            checkStudy(study.id)
            checkReason(study)
        }
        try checkSums(ledger)
    }

    /// No instance lost: each that can be read is in the ledger, and of a study that is called verified also at the destination.
    private func checkDisc(_ disc: Disc) {
        for inventory in disc.studies {
            let uid = inventory.header.studyInstanceUID
            let readable = inventory.instances.filter { disc.damage[$0.path] == nil }
            guard !readable.isEmpty else { continue }
            guard let study = studies.values.first(where: { $0.header.studyInstanceUID == uid }) else {
                report(.nothingLost, "study \(uid) on \(disc.label) is not in the ledger")
                continue
            }
            let known = Set((partsOfStudy[study.id] ?? []).flatMap { instances[$0] ?? [] }.map(\.contentDigest))
            for instance in readable where !known.contains(instance.contentDigest) {
                report(.nothingLost, "instance \(instance.sopInstanceUID) on \(disc.label) is not in the ledger")
            }
            guard study.progress.state == .verified || study.progress.state == .verifiedIncomplete else { continue }
            for instance in readable where destination.objects[instance.sopInstanceUID] == nil {
                report(.nothingLost, "study \(uid) is verified; instance \(instance.sopInstanceUID) on \(disc.label) never arrived")
            }
        }
    }

    /// What is not delivered is held or given up for a reason that the scenario has.
    private func checkReason(_ study: StudyRecord) {
        let uid = study.header.studyInstanceUID
        guard let plan = scenario.studies.first(where: { $0.uid == uid }) else { return report(.nothingLost, "nobody knows of study \(uid)") }
        switch study.progress.state {
        case .held:
            let isJust = study.holdReason.map { plan.mayBeHeld.contains($0) } ?? false
            expect(isJust, .heldForReason, "study \(uid) is held: \(study.holdReason?.rawValue ?? "for no reason"); \(study.progress.sentence?.text() ?? "")")
        case .exception:
            let isJust = study.progress.category.map { plan.mayFail.contains($0) || mayDiffer(study, $0) } ?? false
            expect(isJust, .heldForReason, "study \(uid) was given up: \(study.progress.category?.rawValue ?? "for no reason"); \(study.progress.sentence?.text() ?? "")")
        case .inventoried, .matched, .ready, .leased, .sent, .verified, .verifiedIncomplete, .failed, .excluded: break
        }
    }

    /// What was sent by an earlier plan, or from another medium, lies at the destination and differs from what is to be sent now: it was there before
    /// or, where it may be what was sent now, it is not what it should be.
    private func mayDiffer(_ study: StudyRecord, _ category: ExceptionCategory) -> Bool {
        switch category {
        case .presentBefore: hasTwoPlans(study.id) || hasArrivedOtherwise(study)
        case .verificationFailed: hasArrivedOtherwise(study) && !hasWrong(study)
        default: false
        }
    }

    private func hasTwoPlans(_ study: StudyID) -> Bool {
        let plans = (grantsOfStudy[study] ?? []).compactMap { number -> SendPlan? in
            guard case .part(_, _, let plan)? = grants[number]?.record.subject else { return nil }
            return plan
        }
        return Set(plans).count > 1
    }

    /// Whether the destination holds the other one of two contents that were read under one UID.
    private func hasArrivedOtherwise(_ study: StudyRecord) -> Bool {
        guard study.conflicts.hasTwoContents else { return false }
        let read = (partsOfStudy[study.id] ?? []).flatMap { instances[$0] ?? [] }
        // Which one is to be sent changes with the parts that are lost and read again.
        return read.contains { instance in
            guard let object = destination.objects[instance.sopInstanceUID], object.content != instance.contentDigest else { return false }
            return read.contains { $0.sopInstanceUID == instance.sopInstanceUID && $0.contentDigest == object.content }
        }
    }

    /// Whether the destination holds an object that is none of those read under its UID.
    private func hasWrong(_ study: StudyRecord) -> Bool {
        let read = (partsOfStudy[study.id] ?? []).flatMap { instances[$0] ?? [] }
        return read.contains { instance in
            guard let object = destination.objects[instance.sopInstanceUID] else { return false }
            return !read.contains { $0.sopInstanceUID == instance.sopInstanceUID && $0.contentDigest == object.content }
        }
    }

    private func checkSums(_ ledger: WatchedLedger) throws {
        let progress = try ledger.read { try $0.progress() }
        let done = parts.values.reduce(0) { $0 + $1.done.count }
        expect(progress.doneInstances == done, .sums, "the report counts \(progress.doneInstances) instances as done; parts say \(done)")
        let count = progress.studies.reduce(0) { $0 + $1.count }
        expect(count == studies.count, .sums, "the report counts \(count) studies of \(studies.count)")
        guard case .whole = try ledger.read({ try $0.verifyChain() }) else { return report(.chain, "the chain of events is broken") }
    }
}

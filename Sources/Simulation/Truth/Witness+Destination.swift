import Ledger
import LineProtocol
import Migration

/// What the destination is asked to bear.
extension Witness {
    /// Over all parts that are granted, or may still be sent after a grant that ended without an answer, there are no more associations than allowed. Of
    /// several such grants of one part the last is meant.
    func checkCap(_ now: Instant) {
        guard let cap = scenario.configuration.associations else { return }
        var live = 0
        var unanswered: Set<PartID> = []
        for fact in grants.values where mayBeSending(fact, now) {
            guard case .part(let part, _, _) = fact.record.subject else { continue }
            if fact.state == .live { live += 1 } else { unanswered.insert(part) }
        }
        let count = (live + unanswered.count) * cap.perLease
        expect(count <= cap.atDestination, .cap, "leases allow \(count) associations at the destination; \(cap.atDestination) are its cap")
    }

    /// A calling AE title belongs to one worker as long as it may send.
    func checkTitle(of item: LeaseItem, for worker: WorkerID) {
        guard !scenario.configuration.callingTitles.isEmpty, let lastNow, let title = item.callingTitle else { return }
        for number in titles.keys.sorted() where titles[number] == title {
            guard let fact = grants[number], fact.record.worker != worker else { continue }
            expect(!mayBeSending(fact, lastNow), .ownTitle, "worker \(worker) was given the title \(title), under which worker \(fact.record.worker) may be sending")
        }
        titles[item.grant] = title
    }

    /// Whether a grant of a study that ended without an answer may still be sending.
    func mayStillBeSent(_ study: StudyID) -> Bool {
        guard let lastNow else { return false }
        return (grantsOfStudy[study] ?? []).contains { grants[$0].map { mayBeSending($0, lastNow) } ?? false }
    }
}

extension LeaseItem {
    /// The calling AE title that its destination names.
    var callingTitle: String? { term(of: "calling") }

    /// How many associations its destination may be asked for at once; nil where it does not say.
    var associationLimit: Int? { term(of: "associations").flatMap { Int($0) } }

    private func term(of name: String) -> String? {
        destination.split { $0 == "?" || $0 == "&" }.dropFirst().first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}

import Ledger
import LineProtocol
import Migration

/// Sees every committed change and every word that is said, and knows what the destination really holds. It decides nothing.
final class Witness {
    /// What is known of a grant.
    struct GrantFact {
        let record: GrantRecord
        var state = GrantRecord.State.live
        /// Until when it must live by the coordinator's clock unless it is answered or taken back.
        var termEnd: Instant
    }

    let scenario: Scenario
    let destination: PACS
    private(set) var grants: [GrantNumber: GrantFact] = [:]
    /// The grants of a study's parts, in growing order.
    private(set) var grantsOfStudy: [StudyID: [GrantNumber]] = [:]
    private(set) var parts: [PartID: PartRecord] = [:]
    private(set) var instances: [PartID: [InstanceRecord]] = [:]
    private(set) var partsOfStudy: [StudyID: [PartID]] = [:]
    private(set) var partsUnder: [GrantNumber: [PartID]] = [:]
    private(set) var studies: [StudyID: StudyRecord] = [:]
    private(set) var media: [MediumID: MediumRecord] = [:]
    private(set) var workers: [WorkerID: WorkerRecord] = [:]
    private(set) var pieces: [GrantNumber: Int] = [:]
    /// The live grants by what is granted.
    private var holders: [GrantRecord.Subject.Thing: GrantNumber] = [:]
    private var highest = GrantNumber(0)
    private(set) var lastNow: Instant?
    private var touchedStudies: Set<StudyID> = []
    private var grownParts: [(PartID, InstanceRanges)] = []
    /// Parts that were let go as needed no more.
    private var freedParts: [PartID] = []
    private(set) var violation: Violation?
    /// The calling AE titles that leases were told with their grants.
    var titles: [GrantNumber: String] = [:]
    /// What was so when the commit's first event was handled: a line is answered by how all stood when its turn came.
    private(set) var before = Before(workers: [:])

    /// See ``before``.
    struct Before {
        let workers: [WorkerID: WorkerRecord]
        /// Grants that ended in this commit.
        var ended: Set<GrantNumber> = []
        /// Parts that came in this commit.
        var parts: Set<PartID> = []
        /// What this commit's lines say that they end.
        var reports: Set<Report> = []
    }

    /// A worker says what became of a grant.
    struct Report: Hashable {
        let grant: GrantNumber
        let worker: WorkerID
    }

    init(_ scenario: Scenario, _ destination: PACS) {
        self.scenario = scenario
        self.destination = destination
    }

    func report(_ rule: Violation.Rule, _ text: @autoclosure () -> String) {
        if violation == nil { violation = Violation(rule: rule, text: text()) }
    }

    func expect(_ holds: Bool, _ rule: Violation.Rule, _ text: @autoclosure () -> String) {
        if !holds { report(rule, text()) }
    }

    // MARK: Time

    /// The coordinator starts at `now`: live grants have one full term from here on (law 10).
    func started(at now: Instant) {
        for number in grants.keys where grants[number]?.state == .live { grants[number]?.termEnd = now + term }
        lastNow = now
    }

    private var term: Interval { scenario.configuration.terms.grant }

    /// The coordinator's clock stands at `now`; a leap of more than a term counts as a restart (law 3).
    private func advance(to now: Instant) {
        if let lastNow, now.since(lastNow) > term { started(at: now) }
        lastNow = max(lastNow ?? now, now)
    }

    // MARK: Commits

    /// `events` were handled and committed in one transaction with these changes, and are answered so.
    func committed(_ events: [Said], _ answers: [Answered], _ changes: [Change], at now: Instant) {
        advance(to: now)
        touchedStudies = []
        grownParts = []
        freedParts = []
        before = Before(workers: workers)
        for said in events { before.reports.formUnion(said.reports) }
        noteNamed(events, answers, now)
        for change in changes { take(change, now) }
        for (part, grown) in grownParts { checkGrowth(of: part, grown, events) }
        for study in touchedStudies.sorted() { checkStudy(study) }
        for part in freedParts { checkErasure(of: part) }
        for (said, answer) in zip(events, answers) { check(said, answer) }
    }

    /// Lines that name a live grant, and were not refused, give it a full term more.
    private func noteNamed(_ events: [Said], _ answers: [Answered], _ now: Instant) {
        for case (.line(let worker, let request), .reply(let reply)) in zip(events, answers) {
            let named: [GrantNumber] =
                switch (request, reply) {
                case (.beat, .beat(let answer)): answer.live
                case (.inventory(let inventory), .inventory): [inventory.grant]
                default: []
                }
            for number in named where grants[number]?.state == .live && grants[number]?.record.worker == worker {
                grants[number]?.termEnd = now + term
            }
        }
    }

    private func take(_ change: Change, _ now: Instant) {
        switch change {
        case .medium(let medium): media[medium.id] = medium
        case .study(let study): take(study)
        case .progress(let progress, let id):
            guard var study = studies[id] else { return }
            study.progress = progress
            take(study)
        case .newPart(let part, let instances):
            parts[part.id] = part
            before.parts.insert(part.id)
            self.instances[part.id] = instances
            partsOfStudy[part.study, default: []].append(part.id)
            partsUnder[part.mediumGrant, default: []].append(part.id)
        case .part(let part): take(part)
        case .worker(let worker): workers[worker.id] = worker
        case .newGrant(let grant): take(grant, now)
        case .grantEnded(let number, let state): end(number, state, now)
        case .pieces(let grant, let count): pieces[grant] = count
        }
    }

    private func take(_ study: StudyRecord) {
        let before = studies[study.id]?.progress.state
        studies[study.id] = study
        if before != study.progress.state || study.plan != nil { touchedStudies.insert(study.id) }
    }

    private func take(_ part: PartRecord) {
        if let before = parts[part.id] {
            let grown = part.done.subtracting(before.done)
            if !grown.isEmpty { grownParts.append((part.id, grown)) }
            if before.custody == .held, part.custody == .released { freedParts.append(part.id) }
        }
        parts[part.id] = part
    }

    // MARK: Grants

    private func take(_ grant: GrantRecord, _ now: Instant) {
        expect(grant.number > highest, .numbersGrow, "grant \(grant.number) was made after grant \(highest)")
        highest = max(highest, grant.number)
        let thing = grant.subject.thing
        if let other = holders[thing] { report(.oneGrant, "\(thing) was granted as \(grant.number) while \(other) lives") }
        holders[thing] = grant.number
        if case .part(let part, let positions, let plan) = grant.subject { check(plan, positions, of: part, grant.number, now) }
        grants[grant.number] = GrantFact(record: grant, termEnd: now + term)
        checkCap(now)
    }

    func mayBeSending(_ fact: GrantFact, _ now: Instant) -> Bool {
        guard case .part = fact.record.subject else { return false }
        switch fact.state {
        case .live: return true
        case .answered: return false
        case .expired, .withdrawn: return now < fact.termEnd + scenario.configuration.terms.association
        }
    }


    /// Law 2: nothing of a study is granted with other changes while an old grant of it may still be sending.
    private func check(_ plan: SendPlan, _ positions: InstanceRanges, of part: PartID, _ number: GrantNumber, _ now: Instant) {
        guard let study = parts[part]?.study else { return report(.sums, "grant \(number) is of part \(part), which is not there") }
        expect(studies[study]?.decision?.kind != .excluded, .leftOut, "study \(study) was granted as \(number), though a person left it out")
        for other in grantsOfStudy[study] ?? [] {
            guard let fact = grants[other], case .part(_, _, let old) = fact.record.subject, old != plan else { continue }
            switch fact.state {
            case .answered: break
            case .live: report(.onePlan, "study \(study) was granted as \(number) while \(other), with other changes, lives")
            case .expired, .withdrawn:
                let end = fact.termEnd + scenario.configuration.terms.association
                expect(now >= end, .onePlan, "study \(study) was granted as \(number) at \(now.milliseconds); \(other), with other changes, may send until \(end.milliseconds)")
            }
        }
        grantsOfStudy[study, default: []].append(number)
    }

    private func end(_ number: GrantNumber, _ state: GrantRecord.State, _ now: Instant) {
        guard var fact = grants[number] else { return report(.sums, "grant \(number), which ended, was never made") }
        if fact.state != .live {
            return expect(fact.state == state, .oldGrant, "grant \(number) was \(fact.state.rawValue) and is now \(state.rawValue)")
        }
        if state == .expired {
            expect(now >= fact.termEnd, .fullTerm, "grant \(number) expired at \(now.milliseconds), before its term's end at \(fact.termEnd.milliseconds)")
        }
        if state == .answered {
            let isSaid = before.reports.contains(Report(grant: number, worker: fact.record.worker))
            expect(isSaid, .oldGrant, "grant \(number) was ended by a report that its worker \(fact.record.worker) made under another number, or never")
        }
        fact.state = state
        before.ended.insert(number)
        grants[number] = fact
        holders[fact.record.subject.thing] = nil
    }

    /// What counts as done was said in this batch, by the worker and under the number of the live grant.
    private func checkGrowth(of part: PartID, _ grown: InstanceRanges, _ events: [Said]) {
        let isSaid = events.contains { said in
            guard case .line(let worker, .result(let request)) = said else { return false }
            return request.items.contains { item in
                guard let fact = grants[item.grant], fact.record.worker == worker, case .part(part, let positions, _) = fact.record.subject else { return false }
                return fact.state == .answered && grown.subtracting(positions).isEmpty
            }
        }
        expect(isSaid, .oldGrant, "part \(part) has grown by \(grown.count) instances that no worker reported under its live grant")
    }

    /// Whether a grant was made and lives, or did when this commit began.
    func isLive(_ grant: GrantNumber) -> Bool { grants[grant]?.state == .live || before.ended.contains(grant) }

    var hasLiveGrants: Bool { !holders.isEmpty }
}

extension GrantRecord.Subject {
    /// What is granted, without how.
    enum Thing: Hashable {
        case medium(MediumID)
        case part(PartID)
    }

    var thing: Thing {
        switch self {
        case .medium(let medium): .medium(medium)
        case .part(let part, _, _): .part(part)
        }
    }
}

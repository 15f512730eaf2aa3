import Ledger
import Migration

extension Engine {
    /// Studies whose delay is over that one tick makes ready, and patients that it matches again: bounds the writer's time (law 1).
    private static var studiesPerTick: Int { 500 }
    private static var patientsPerTick: Int { 100 }

    /// A second went by: terms end, workers are missed, delays are over. What goes wrong with one worker, grant, study or patient holds up no
    /// other: it is undone, named among ``LiveSnapshot/faults`` and tried again at the next tick.
    mutating func tick(in turn: Turn) throws {
        live.faults = []
        for worker in live.workers.values {
            let silence = turn.now.since(worker.lastHeard)
            let canBeMissed = worker.hasGreeted && !worker.isLost && !worker.isRevoked
            if canBeMissed, silence > configuration.terms.workerLostAfter {
                try step("declaring \(worker.name) lost", in: turn) { try $0.declareLost(worker, in: turn) }
                continue
            }
            for grant in worker.grants where grant.deadline < turn.now {
                try step("ending grant \(grant.number) of \(worker.name)", in: turn) { try $0.expire(grant, of: worker, in: turn) }
            }
            // A savepoint for each of a thousand workers at each tick would cost more than the rest of it.
            guard mustEvict(from: worker, at: turn.now) else { continue }
            try step("making room in the spool of \(worker.name)", in: turn) { try $0.evict(from: worker, in: turn) }
        }
        try step("looking for studies to be tried again", in: turn) { engine in
            for study in try turn.tx.studiesToRetry(at: turn.now, limit: Self.studiesPerTick) {
                try engine.step("trying study \(study.id) again", in: turn) { try $0.retry(study, in: turn) }
            }
        }
        if live.review != nil { try step("looking at what waits under other rules", in: turn) { try $0.review(in: turn) } }
        try step("looking for patients to be matched anew", in: turn) { try $0.lookAtQueue(in: turn) }
        try step("looking for requests that are over", in: turn) { try $0.lookAtRequests(in: turn) }
        if live.filmCursor != nil { try step("looking for films to be digitised", in: turn) { try $0.lookForFilms(in: turn) } }
        try step("looking for studies that were put off", in: turn) { try $0.bringBack(in: turn) }
        try step("looking for studies that wait for media", in: turn) { engine in
            guard let cursor = engine.live.mediaRound.cursor else { return }
            engine.live.mediaRound.goOn(behind: try engine.lookAtWaiting(for: .waitingForMedia, behind: cursor, in: turn))
        }
        try step("looking for studies that wait for orders", in: turn) { try $0.lookAtWaitingForOrders(in: turn) }
    }

    /// One step of a tick, in a savepoint of its own.
    ///
    /// - Throws: `LedgerError` `unavailable` alone: SQLite may then have undone the whole transaction.
    mutating func step(_ what: String, in turn: Turn, _ body: (inout Engine) throws -> Void) throws {
        let before = live
        do {
            try turn.tx.savepoint { try body(&self) }
        } catch let error as LedgerError where error.code == .unavailable {
            throw error
        } catch {
            live = before
            // Of an error that is not the ledger's only the kind: its words may hold what an object says.
            let reason = (error as? LedgerError)?.description ?? "\(type(of: error))"
            if live.faults.count < Self.faultsPerTick { live.faults.append("\(what) failed: \(reason)") }
        }
    }

    /// Faults of one tick that are named: enough to see what is wrong.
    private static var faultsPerTick: Int { 20 }

    private mutating func expire(_ grant: LiveGrant, of worker: LiveWorker, in turn: Turn) throws {
        guard let record = try turn.tx.grant(grant.number) else { return }
        switch record.subject {
        case .medium(let medium):
            try endReading(medium, grant: grant.number, of: worker.id, why: .readingExpired, as: .expired, in: turn)
        case .part(let id, _, _):
            guard var part = try turn.tx.part(id) else { return }
            try turn.tx.endGrant(grant.number, as: .expired, answered: nil)
            try fence(&part, after: grant.number, in: turn)
            part.grant = nil
            // A worker that is silent or drains is not to blame its part; one that speaks, but never of this grant, may choke on it each time.
            let isAwake = turn.now.since(worker.lastHeard) <= configuration.terms.grant && !worker.isDraining
            part.expiries += isAwake ? 1 : 0
            try turn.tx.updatePart(part)
            live.remove(grant.number, of: worker.id)
            try turn.record(.grantExpired, [.worker(worker.name)], study: part.study, worker: worker.id, grant: grant.number)
            if isAwake, part.expiries >= Self.expiriesLimit { try giveUp(part, of: worker, in: turn) }
            try settle(part.study, in: turn)
            try reviewStopped(part.study, in: turn)
        }
    }

    /// Leases of one part in a row that its worker, alive, let expire before its study is given up: one or two happen when a worker is killed and
    /// starts again at once.
    static var expiriesLimit: Int { 5 }

    /// Its worker leases a part again and again and never says what became of it: a person is to look.
    private func giveUp(_ part: PartRecord, of worker: LiveWorker, in turn: Turn) throws {
        guard var study = try turn.tx.study(part.study), study.holdReason == nil else { return }
        let sentence = Sentence(.leasesUnanswered, [.worker(worker.name), .count(Int64(part.expiries))])
        study.progress.state = .exception
        study.progress.retryAt = nil
        study.progress.category = .worker
        study.progress.detail = ""
        study.progress.sentence = sentence
        try turn.tx.updateStudy(study)
        try turn.record(sentence, study: study.id, worker: worker.id)
    }

    private func retry(_ study: StudyRecord, in turn: Turn) throws {
        var study = study
        study.progress.retryAt = nil
        study.progress.sentence = Sentence(.retryDue)
        var parts = try turn.tx.parts(of: study.id)
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
    }

    /// Looks at the next studies that waited for an import of orders which has ended.
    mutating func lookAtWaitingForOrders(in turn: Turn) throws {
        guard let cursor = live.ordersRound.cursor else { return }
        live.ordersRound.goOn(behind: try lookAtWaiting(for: .waitingForOrders, behind: cursor, in: turn))
    }

    /// Media were read, added or left out, or an import of orders has ended: studies that wait for that are looked at again, some at a time.
    ///
    /// - Returns: the patient behind whom to go on; nil: none is left.
    private mutating func lookAtWaiting(for reason: HoldReason, behind cursor: Identifying, in turn: Turn) throws -> Identifying? {
        let patients = try turn.tx.patients(heldFor: reason, above: cursor, limit: Self.patientsPerTick)
        for patient in patients {
            // The patient stays unnamed: this is read in logs.
            try step("matching a patient whose studies wait", in: turn) { try $0.match(patients: [patient], in: turn) }
        }
        return patients.count == Self.patientsPerTick ? patients.last : nil
    }
}

import Ledger
import Migration

extension Engine {
    /// Studies whose delay is over that one tick makes ready, and patients that it matches again: bounds the writer's time (law 1).
    private static var studiesPerTick: Int { 500 }
    private static var patientsPerTick: Int { 100 }

    /// A second went by: terms end, workers are missed, delays are over.
    mutating func tick(in turn: Turn) throws {
        for worker in live.workers.values {
            let silence = turn.now.since(worker.lastHeard)
            let canBeMissed = worker.hasGreeted && !worker.isLost && !worker.isRevoked
            if canBeMissed, silence > configuration.terms.workerLostAfter {
                try declareLost(worker, in: turn)
            } else {
                for grant in worker.grants where grant.deadline < turn.now { try expire(grant, of: worker, in: turn) }
            }
        }
        for study in try turn.tx.studiesToRetry(at: turn.now, limit: Self.studiesPerTick) { try retry(study, in: turn) }
        try lookAtWaiting(in: turn)
    }

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
            try turn.tx.updatePart(part)
            live.remove(grant.number, of: worker.id)
            try turn.record(.grantExpired, [.worker(worker.name)], study: part.study, worker: worker.id, grant: grant.number)
            try settle(part.study, in: turn)
        }
    }

    private func retry(_ study: StudyRecord, in turn: Turn) throws {
        var study = study
        study.progress.retryAt = nil
        study.progress.sentence = Sentence(.retryDue)
        var parts = try turn.tx.parts(of: study.id)
        try settle(&study, &parts, in: turn)
        try turn.tx.updateStudy(study)
    }

    /// Media were read, added or left out: studies that wait for media are looked at again, some at a time.
    private mutating func lookAtWaiting(in turn: Turn) throws {
        guard let cursor = live.waitingCursor else { return }
        let patients = try turn.tx.patients(heldFor: .waitingForMedia, above: cursor, limit: Self.patientsPerTick)
        try match(patients: patients, in: turn)
        live.waitingCursor = patients.count == Self.patientsPerTick ? patients.last : nil
    }
}

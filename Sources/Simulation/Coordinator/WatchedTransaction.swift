import Ledger
import Migration

/// A transaction of the real ledger that remembers which rows it changed, and lies where a mutant wants it.
final class WatchedTransaction: ForwardingTransaction {
    let base: any LedgerTransaction
    private let mutations: LedgerMutations
    /// The rows changed, in the order of their change; what a savepoint undid is not among them.
    private(set) var changes: [Change] = []
    /// Whether anything was written: a commit of nothing succeeds on a full disk too.
    private(set) var hasWritten = false

    init(_ base: any LedgerTransaction, _ mutations: LedgerMutations) {
        self.base = base
        self.mutations = mutations
    }

    func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        let count = changes.count
        do {
            return try base.savepoint(body)
        } catch {
            changes.removeSubrange(count...)
            throw error
        }
    }

    private func note(_ change: Change) {
        hasWritten = true
        changes.append(change)
    }

    func next(_ name: CounterName) throws -> Int64 {
        hasWritten = true
        return try mutations.next(name, in: base)
    }

    func raise(_ name: CounterName, to value: Int64) throws {
        hasWritten = true
        try base.raise(name, to: value)
    }

    func voidInvitations(at now: Instant) throws {
        hasWritten = true
        try base.voidInvitations(at: now)
    }

    func append(_ sentence: Sentence, about subject: EventSubject, at now: Instant) throws {
        hasWritten = true
        try base.append(sentence, about: subject, at: now)
    }

    // MARK: Media and inventories

    func insertMedium(_ expected: ExpectedMedium) throws -> MediumRecord {
        let medium = try base.insertMedium(expected)
        note(.medium(medium))
        return medium
    }

    func updateMedium(_ medium: MediumRecord) throws {
        try base.updateMedium(medium)
        note(.medium(medium))
    }

    func insertPiece(_ number: Int, of grant: GrantNumber, digest: [UInt8], _ piece: InventoryPieceRecord) throws {
        try base.insertPiece(number, of: grant, digest: digest, piece)
        note(.pieces(grant, count: try base.pieceCount(of: grant)))
    }

    // MARK: Studies and parts

    func studies(ofPatient patientID: Identifying) throws -> [StudyRecord] {
        let studies = try base.studies(ofPatient: patientID)
        return mutations.mutant == .orderUsedTwice ? studies.filter { !$0.progress.wasGranted } : studies
    }

    func insertStudy(_ header: StudyHeader) throws -> StudyRecord {
        let study = try base.insertStudy(header)
        note(.study(study))
        return study
    }

    func updateStudy(_ study: StudyRecord) throws {
        try base.updateStudy(study)
        note(.study(study))
    }

    func updateProgress(_ progress: StudyProgress, of study: StudyID) throws {
        try base.updateProgress(progress, of: study)
        note(.progress(progress, study))
    }

    func updateStanding(_ standing: StudyStanding) throws {
        try base.updateStanding(standing)
        try noteProgress(of: standing.id)
    }

    func noteLease(of study: StudyID, _ sentence: Sentence) throws {
        try base.noteLease(of: study, sentence)
        try noteProgress(of: study)
    }

    private func noteProgress(of study: StudyID) throws {
        guard let progress = try base.study(study)?.progress else { return }
        note(.progress(progress, study))
    }

    func parts(beside part: PartID) throws -> [PartRecord] { mutations.claimed(try base.parts(beside: part)) }

    func leasableParts(of worker: WorkerID, at now: Instant, limit: Int) throws -> [LeasablePart] {
        try base.leasableParts(of: worker, at: mutations.mutant == .regrantTooEarly ? now + .minutes(600) : now, limit: limit)
    }

    func insertPart(_ part: PartRecord, instances: [InstanceRecord]) throws -> PartRecord {
        let inserted = try base.insertPart(part, instances: instances)
        note(.newPart(inserted, instances))
        return inserted
    }

    func updatePart(_ part: PartRecord) throws {
        let part = try mutations.changed(part, in: base)
        try base.updatePart(part)
        note(.part(part))
    }

    // MARK: Workers and grants

    func enrolledWorkers() throws -> [WorkerRecord] { try mutations.enrolled(in: base) }

    func insertWorker(name: String, site: String, identity: String, enrolledAt: Instant) throws -> WorkerRecord {
        let worker = try base.insertWorker(name: name, site: site, identity: identity, enrolledAt: enrolledAt)
        note(.worker(worker))
        return worker
    }

    func updateWorker(_ worker: WorkerRecord) throws {
        try base.updateWorker(worker)
        note(.worker(worker))
    }

    func lease(_ number: GrantNumber) throws -> LeaseRecord? { mutations.revived(try base.lease(number)) }

    func insertGrant(_ grant: GrantRecord) throws {
        try base.insertGrant(grant)
        note(.newGrant(grant))
    }

    func endGrant(_ number: GrantNumber, as state: GrantRecord.State, answered: [UInt8]?) throws {
        try base.endGrant(number, as: state, answered: answered)
        note(.grantEnded(number, state))
    }
}

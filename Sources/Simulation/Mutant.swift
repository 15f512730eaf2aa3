/// Faults that are put in on purpose, one a run: a simulation that does not notice them proves nothing.
public enum Mutant: String, Sendable, CaseIterable {
    /// A result counts under whichever grant of the part is live, whoever says it.
    case noFence = "no-fence"
    /// A result counts when its worker's name is that of the live grant's worker, whatever number it bears.
    case fenceByName = "fence-by-name"
    /// A result under a grant that has expired or was withdrawn counts.
    case oldResultCounts = "old-result-counts"
    /// Grant numbers are counted in memory: a restart of the coordinator goes on from the one before.
    case numberNotPersisted = "number-not-persisted"
    /// Replies leave before the commit.
    case acknowledgeBeforeCommit = "acknowledge-before-commit"
    /// After a restart of the coordinator live leases have a tenth of their term left.
    case leasesNotExtended = "leases-not-extended"
    /// A part is granted with other changes while an old lease may still be sending.
    case regrantTooEarly = "regrant-too-early"
    /// What a lost worker or spool had in custody stays in its custody.
    case custodyKept = "custody-kept"
    /// A worker starts sends after the deadline of its lease.
    case deadlineIgnored = "deadline-ignored"
    /// A worker calls verified what the destination called stored.
    case successBelieved = "success-believed"
    /// A worker takes what lay at the destination before its first send for its own.
    case presenceBelieved = "presence-believed"
    /// Matching forgets the studies that are being sent or were sent.
    case orderUsedTwice = "order-used-twice"
    /// A beat is told that grants live which do not.
    case staleHidden = "stale-hidden"
    /// After a restart of the coordinator a draining worker gets work.
    case drainForgotten = "drain-forgotten"
    /// After a restart of the coordinator a revoked worker is heard.
    case revocationForgotten = "revocation-forgotten"
    /// Parts are erased although not all of them has arrived.
    case erasedTooEarly = "erased-too-early"
    /// The cap on associations is as high as if each worker had one of its own.
    case capPerWorker = "cap-per-worker"
    /// All workers get the same calling AE title of the pool.
    case titleShared = "title-shared"
}

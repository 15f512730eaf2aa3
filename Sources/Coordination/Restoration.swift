public import Ledger
public import Migration

/// What becomes of a ledger that was put back from a copy: everything after the copy happened, but nobody here knows it.
///
/// - Numbers are not given out again: grant numbers, by which workers are fenced, and accession numbers of unspecified exams, by which the hospital
///   finds them.
/// - No lease of the copy is believed: all are withdrawn, and for a term and the association timeout nothing is leased (``Engine/quietUntil``), since
///   workers may still send under grants that the copy has never seen.
/// - Custody is what the workers say in their `HELLO`; what they erased after the copy shows when it is leased, and its medium is asked for again.
/// - Every study may have been sent: the workers ask the destination first and verify what is there.
public enum Restoration {
    /// Grant numbers begin anew at the seconds since 1970 times this: a restored ledger would have to have given out a million grants in each
    /// second of its life to have come so far before. Within the 2^53 that every JSON reader knows exactly until the year 2242.
    public static var grantsPerSecond: Int64 { 1 << 20 }

    private static var secondsOfDay: Int64 { 86_400 }

    /// Accession numbers of unspecified exams that are left out: more than were given out between a copy and the trouble after it.
    public static var skippedExams: Int64 { 100_000 }

    /// Enters into `tx`, a copy's contents, that it is the ledger from now on.
    ///
    /// - Parameters:
    ///   - numbers: the highest number of each counter that was given out, as far as that is known from elsewhere.
    ///   - lastEventAt: the moment of the copy's last event; nil: it has none.
    public static func enter(
        in tx: any LedgerTransaction, numbers: [CounterName: Int64], lastEventAt: Instant?, configuration: MigrationConfiguration, now: Instant
    ) throws {
        let used = max(try tx.value(of: .grant), numbers[.grant] ?? 0)
        let byClock = now.milliseconds / 1000 * grantsPerSecond
        // A clock that stands before the last restoration does not tell how many grants there were since: no more than in a day.
        let first = byClock > used ? byClock : used + grantsPerSecond * secondsOfDay
        try tx.raise(.grant, to: first)
        try tx.raise(.restoration, to: first)
        let exams = max(try tx.value(of: .unspecifiedExam), numbers[.unspecifiedExam] ?? 0)
        try tx.raise(.unspecifiedExam, to: exams + skippedExams)
        try tx.voidInvitations(at: now)
        var engine = Engine(configuration: configuration)
        try engine.startUp(in: tx, now: now)
        try engine.withdrawEverything(in: Turn(tx: tx, now: now))
        try tx.append(
            Sentence(.ledgerRestored, [.instant(lastEventAt ?? Instant(milliseconds: 0)), .count(first)]), about: EventSubject(), at: now)
    }

    /// How long after the restoration with which grant numbers began anew at `first` nothing is leased.
    static func quietEnd(after first: Int64, terms: Terms, now: Instant) -> Instant {
        guard first > 0 else { return now }
        return min(Instant(milliseconds: first / grantsPerSecond * 1000), now) + terms.grant + terms.association
    }
}

extension Engine {
    /// Takes all live grants back.
    fileprivate mutating func withdrawEverything(in turn: Turn) throws {
        for worker in live.workers.keys { try endAllGrants(of: worker, in: turn) }
    }
}

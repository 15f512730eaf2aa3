/// How far a study is on its way.
public enum StudyState: String, Sendable, Codable, CaseIterable {
    /// Read from a medium, not matched yet.
    case inventoried = "inventoried"
    /// Has its order; the next decision makes it ready.
    case matched = "matched"
    /// Stopped, with a ``HoldReason``.
    case held = "held"
    /// May be leased to the workers that hold its parts.
    case ready = "ready"
    /// At least one part is leased.
    case leased = "leased"
    /// All parts are sent and acknowledged, not yet all verified.
    case sent = "sent"
    /// Every instance was found at the destination as intended.
    case verified = "verified"
    /// Verified, but some of its files could not be read from any medium.
    case verifiedIncomplete = "verified, incomplete"
    /// An attempt failed; it becomes ready again after a delay.
    case failed = "failed"
    /// All retries failed; stopped, with an ``ExceptionCategory``.
    case exception = "exception"
    /// Left out by selection or by a person, with the rule.
    case excluded = "excluded"
}

/// How far a medium is on its way.
public enum MediumState: String, Sendable, Codable, CaseIterable {
    /// Known by its label; to be inserted.
    case expected = "expected"
    /// Leased to a worker that reads it.
    case reading = "reading"
    /// Read to the end, without loss.
    case read = "read"
    /// Read as far as it can be; its damage is listed.
    case partlyRead = "partly read"
    /// Read, and nothing on it is needed any more.
    case drained = "drained"
    /// Not to be read, with a reason.
    case excluded = "excluded"
}

/// What a medium is.
public enum MediumKind: String, Sendable, Codable, CaseIterable {
    /// A compact disc.
    case cd
    /// A DVD.
    case dvd
    /// A digital linear tape.
    case dlt
    /// A folder of files, a disk or a share.
    case folder
}

/// How a study's arrival is proved before it counts (law 4).
public enum VerificationLevel: String, Sendable, Codable, CaseIterable {
    /// The destination answered each C-STORE with success; nothing was asked afterwards.
    case acknowledged
    /// C-FIND found every instance under the intended patient, study and series.
    case listed
    /// Beyond that, the destination has committed to keep every instance (storage commitment, PS3.4 annex J).
    case committed
}

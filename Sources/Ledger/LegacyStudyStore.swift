public import Migration

/// The legacy archive's own index: what it says, beside what was read.
public protocol LegacyStudyStore {
    /// Adds a study, or writes all of one whose Study Instance UID is known.
    func writeLegacyStudy(_ study: LegacyStudy) throws
}

public import Migration

/// The legacy archive's own index: what it says, beside what was read.
public protocol LegacyStudyStore {
    /// The study with this UID, as the index lists it.
    func legacyStudy(uid: String) throws -> LegacyStudy?
    /// Adds a study, or writes all of one whose Study Instance UID is known.
    func writeLegacyStudy(_ study: LegacyStudy) throws
}

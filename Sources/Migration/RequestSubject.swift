/// What somebody asks for to be migrated ahead of all else.
public enum RequestSubject: Hashable, Sendable, Codable {
    /// All studies of a patient, those that are read later too.
    case patient(PatientKey)
    /// The study with this Study Instance UID.
    case study(String)
    /// The exam of this accession number.
    case exam(String)
}

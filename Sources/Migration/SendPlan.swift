/// What is to become of a study's objects: the changes to each and what is then to be found at the destination.
///
/// Decided once a study, before its first lease, and kept: whatever part is sent, it is sent the same way.
public struct SendPlan: Hashable, Sendable, Codable {
    /// The declared changes, in the order of their tags.
    public var coercions: [Coercion]
    /// Patient ID (0010,0020) at the destination.
    public var patientID: Identifying
    /// Accession Number (0008,0050) at the destination.
    public var accessionNumber: String

    /// A plan of these values.
    public init(coercions: [Coercion], patientID: Identifying, accessionNumber: String) {
        self.coercions = coercions
        self.patientID = patientID
        self.accessionNumber = accessionNumber
    }
}

/// What the hospital's list of patients says of one of them.
public struct PatientNotice: Hashable, Sendable, Codable {
    /// Who it is, and what the patient was called; what is not said stays open.
    public var identity: IdentityNotice
    /// Whom the number belongs to since patients were merged; nil: it is in use, or that is not told here.
    public var mergedInto: PatientKey?
    /// When that was so, by the hospital's clock; nil: before whatever messages said.
    public var saidAt: Instant?

    /// A notice of these.
    public init(identity: IdentityNotice, mergedInto: PatientKey? = nil, saidAt: Instant? = nil) {
        self.identity = identity
        self.mergedInto = mergedInto
        self.saidAt = saidAt
    }
}

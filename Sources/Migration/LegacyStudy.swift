/// A study as the legacy archive's own index lists it: a mini-PACS database, a performance log. It says what that index says, not what was read.
public struct LegacyStudy: Hashable, Sendable, Codable {
    /// What the index says of it; its modalities are the archive's codes.
    public var header: StudyHeader
    /// How many instances it has; nil when the index does not say.
    public var instanceCount: Int?
    /// The label of the medium that it lies on; empty when the index does not say.
    public var mediumLabel: String

    /// A study of these values.
    public init(header: StudyHeader, instanceCount: Int? = nil, mediumLabel: String = "") {
        self.header = header
        self.instanceCount = instanceCount
        self.mediumLabel = mediumLabel
    }
}

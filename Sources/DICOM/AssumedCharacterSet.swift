/// By what the text of one source's objects is read where they declare no character set, or one that is known to be wrong.
///
/// It is for reading only: what an assumption says is not written into an object.
public struct AssumedCharacterSet: Hashable, Sendable {
    /// A defined term of PS3.3 §C.12.1.1.2, as `ISO 2022 IR 149` for old Korean objects.
    public let term: String
    /// Values of Specific Character Set (0008,0005) that count as none in this source.
    public let insteadOf: Set<String>

    /// `nil` if the term names no set that is known.
    public init?(_ term: String, insteadOf: Set<String> = []) {
        guard SpecificCharacterSet.isKnown(term: term) else { return nil }
        self.term = term
        self.insteadOf = insteadOf
    }
}

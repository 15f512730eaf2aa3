/// The reason of one automatic decision (law 8): a code with typed arguments, put into words when it is shown.
public struct Sentence: Hashable, Sendable, Codable {
    /// A stable code: `label-unknown`, `retry-after`.
    public var code: String
    /// The arguments in their order.
    public var arguments: [SentenceArgument]

    /// A sentence of `code` with `arguments`.
    public init(_ code: String, _ arguments: [SentenceArgument] = []) {
        self.code = code
        self.arguments = arguments
    }
}

/// One argument of a ``Sentence``, with its kind, so that a reader's rights decide whether it is shown.
public enum SentenceArgument: Hashable, Sendable {
    /// A medium by its label.
    case label(String)
    /// A worker by its name.
    case worker(String)
    /// A study by its Study Instance UID.
    case study(String)
    /// An accession number.
    case accession(String)
    /// A count of something.
    case count(Int64)
    /// A number of bytes.
    case bytes(Int64)
    /// A length of time.
    case interval(Interval)
    /// A moment.
    case instant(Instant)
    /// Text of ours or of a peer's status, without patient data.
    case text(String)
    /// Something that identifies a patient: shown only to those with the right.
    case patient(Identifying)
}

/// What is wrong with a coded value, in words that do not repeat it: the one part of a `DecodingError` that may be shown to a peer or logged.
///
/// The words that `Codable` itself finds quote the value, which may be a patient's (law 11).
public struct ValueFault: Error, Hashable, Sendable {
    /// What the value must be.
    public let message: String

    /// A fault described by `message`.
    public init(_ message: String) { self.message = message }
}

extension DecodingError {
    /// A value at `path` that is not as `message` says it must be; carries a ``ValueFault``.
    public static func fault(_ message: String, at path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(Context(codingPath: path, debugDescription: message, underlyingError: ValueFault(message)))
    }
}

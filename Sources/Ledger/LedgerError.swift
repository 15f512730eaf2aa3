/// What went wrong in the ledger itself.
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stable code.
    public var code: Code
    /// The file, the place and the limit in words; without patient data.
    public var message: String

    /// An error of `code` with `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What can go wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Nothing can be made durable or read now: disk full, no permission, locked by another program, input or output error.
        case unavailable
        /// The file is no ledger, or it is damaged.
        case corrupt
        /// The file was written by a newer program.
        case newerSchema = "newer-schema"
        /// What was asked for is more than one answer may take: the message names the limit.
        case limit
        /// A change contradicts what is recorded: our own fault.
        case contradiction
    }

    public var description: String { "\(code.rawValue): \(message)" }
}

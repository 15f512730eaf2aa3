/// How a command ends; the same for all commands of all programs.
public enum ExitStatus: Int32, Sendable {
    /// All was done.
    case done = 0
    /// The work failed or found a difference.
    case failed = 1
    /// Wrong usage or configuration.
    case usage = 2
    /// The coordinator cannot be reached.
    case unreachable = 3
}

/// Ends a command with a status and a message on stderr.
public struct CommandFailure: Error {
    /// The status with which the process ends.
    public let status: ExitStatus
    /// What to tell; nil when it was told already.
    public let message: String?

    /// A failure of these values.
    public init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}

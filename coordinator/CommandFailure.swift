/// How a command ends (docs: "The commands").
enum ExitStatus: Int32 {
    case done = 0
    /// The work failed or found a difference.
    case failed = 1
    /// Wrong usage or configuration.
    case usage = 2
    /// The coordinator cannot be reached.
    case unreachable = 3
}

/// Ends a command with a status and a message on stderr.
struct CommandFailure: Error {
    var status: ExitStatus
    /// What to tell; nil when it was told already.
    var message: String?

    init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}

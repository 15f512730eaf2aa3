internal import Logging
internal import NIOCore
internal import Synchronization

/// What is told of senders, in a bounded number of lines, whatever they do (law 9): the rest is counted, and the next line says how many were left out.
final class MLLPLog: Sendable {
    /// What is told of. Each kind has lines of its own, so that whoever may only connect hides no refused order.
    enum Kind: CaseIterable {
        /// A connection that was refused or closed.
        case connection
        /// A message that was refused.
        case message
    }

    private struct Window {
        var begin: NIODeadline
        var lines = 0
        var leftOut = 0
    }

    private let logger: Logger
    private let windows: Mutex<[Kind: Window]>

    init(_ logger: Logger, now: NIODeadline) {
        self.logger = logger
        windows = Mutex(Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, Window(begin: now)) }))
    }

    /// Tells of a sender at `address`, unless too much was told just now.
    func tell(_ kind: Kind, _ level: Logger.Level, _ message: Logger.Message, of address: SocketAddress?, _ metadata: Logger.Metadata, at now: NIODeadline) {
        guard let leftOut = takeLine(of: kind, at: now) else { return }
        var metadata = metadata
        metadata["peer"] = "\(address?.ipAddress ?? "unknown")"
        if leftOut > 0 { metadata["left out before"] = "\(leftOut)" }
        logger.log(level: level, message, metadata: metadata)
    }

    /// How many lines were left out before this one; nil when it is left out as well.
    func takeLine(of kind: Kind, at now: NIODeadline) -> Int? {
        windows.withLock { windows in
            var window = windows[kind] ?? Window(begin: now)
            defer { windows[kind] = window }
            if now - window.begin >= MLLPLimits.logWindow { window = Window(begin: now, leftOut: window.leftOut) }
            guard window.lines < MLLPLimits.loggedLines else {
                window.leftOut += 1
                return nil
            }
            window.lines += 1
            let leftOut = window.leftOut
            window.leftOut = 0
            return leftOut
        }
    }
}

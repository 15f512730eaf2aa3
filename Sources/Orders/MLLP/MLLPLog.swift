internal import Logging
internal import NIOCore
internal import Synchronization

/// What is told of senders, in a bounded number of lines, whatever they do (law 9): the rest is counted, and the next line says how many were left out.
final class MLLPLog: Sendable {
    private struct Window {
        var begin: NIODeadline
        var lines = 0
        var leftOut = 0
    }

    private let logger: Logger
    private let window: Mutex<Window>

    init(_ logger: Logger, now: NIODeadline) {
        self.logger = logger
        window = Mutex(Window(begin: now))
    }

    /// Tells of a sender at `address`, unless too much was told just now.
    func tell(_ level: Logger.Level, _ message: Logger.Message, of address: SocketAddress?, _ metadata: Logger.Metadata, at now: NIODeadline) {
        guard let leftOut = takeLine(at: now) else { return }
        var metadata = metadata
        metadata["peer"] = "\(address?.ipAddress ?? "unknown")"
        if leftOut > 0 { metadata["left out before"] = "\(leftOut)" }
        logger.log(level: level, message, metadata: metadata)
    }

    /// How many lines were left out before this one; nil when it is left out as well.
    func takeLine(at now: NIODeadline) -> Int? {
        window.withLock { window in
            if now - window.begin >= MLLPLimits.logWindow { window = Window(begin: now, leftOut: window.leftOut) }
            guard window.lines < MLLPLimits.loggedLines else {
                window.leftOut += 1
                return nil
            }
            window.lines += 1
            defer { window.leftOut = 0 }
            return window.leftOut
        }
    }
}

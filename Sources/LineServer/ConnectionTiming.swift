import NIOCore

/// How long a connection has been silent or strange. Pure: time is an argument.
struct ConnectionTiming {
    enum Standing { case handshaking, stranger, worker }

    private let begin: NIODeadline
    private var lastLine: NIODeadline
    private var standing = Standing.handshaking
    private var lines = 0

    init(now: NIODeadline) {
        begin = now
        lastLine = now
    }

    mutating func became(_ standing: Standing) { self.standing = standing }

    mutating func lineCame(at now: NIODeadline) {
        lastLine = now
        lines += 1
    }

    /// Whether a stranger has said more lines than a stranger may.
    var hasSaidTooMuch: Bool { standing == .stranger && lines > ConnectionLimits.strangerLines }

    /// Why the connection is to be closed; nil when it may stay.
    func overdue(at now: NIODeadline) -> String? {
        switch standing {
        case .handshaking: now - begin > ConnectionLimits.handshake ? "no TLS handshake in time" : nil
        case .stranger:
            if now - lastLine > ConnectionLimits.strangerIdle {
                "no line in time from a peer without a certificate"
            } else {
                now - begin > ConnectionLimits.strangerLife ? "a peer without a certificate stayed too long" : nil
            }
        case .worker: now - lastLine > ConnectionLimits.workerIdle ? "no line in time" : nil
        }
    }
}

/// The event by which a connection is told to look whether its time is over.
struct ConnectionInspection: Sendable {}

internal import NIOCore

/// How long a sender has been silent, or in the middle of a message. Pure: time is an argument.
struct MLLPTiming {
    /// Whether TLS, if there is any, was spoken.
    var isSecured: Bool
    private let idle: TimeAmount
    private let begin: NIODeadline
    private var lastMessage: NIODeadline
    /// When the message began that has not ended.
    private var messageBegan: NIODeadline?

    init(idle: TimeAmount, isSecured: Bool, now: NIODeadline) {
        self.idle = idle
        self.isSecured = isSecured
        begin = now
        lastMessage = now
    }

    mutating func messageCame(at now: NIODeadline) {
        lastMessage = now
        messageBegan = nil
    }

    mutating func isInMessage(_ isInMessage: Bool, at now: NIODeadline) { messageBegan = isInMessage ? messageBegan ?? now : nil }

    /// Why the connection is to be closed; nil when it may stay.
    func overdue(at now: NIODeadline) -> String? {
        if !isSecured { return now - begin > MLLPLimits.handshake ? "no TLS handshake in time" : nil }
        if let messageBegan, now - messageBegan > MLLPLimits.messageTime { return "a message did not end in time" }
        return now - lastMessage > idle ? "no message in time" : nil
    }
}

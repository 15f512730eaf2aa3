internal import NIOCore

/// The bounds of the port at which messages come in (law 9); those of a message are in ``HL7Limits``.
public enum MLLPLimits {
    /// The port that IANA's registry has for HL7.
    public static var defaultPort: Int { 2575 }
    /// Connections at one time that a configuration may allow.
    public static var connectionRange: ClosedRange<Int> { 1...1024 }
    /// Connections at one time unless the configuration says otherwise: an interface engine keeps one a feed.
    public static var connections: Int { 64 }
    /// Bytes of the messages that all connections together may have on their way in: memory that a coordinator has.
    public static var arrivingBytes: Int { 1 << 30 }
    /// Messages of one connection that wait for their replies; at this many no more are read. Enough for those that share a commit.
    static var waitingMessages: Int { 64 }
    /// Bytes of the messages that wait, likewise.
    static var waitingBytes: Int { 4 << 20 }
    /// From the first byte of a message to its last.
    static var messageTime: TimeAmount { .seconds(60) }
    /// From the connection's beginning to the end of the TLS handshake: several round trips of a bad link.
    static var handshake: TimeAmount { .seconds(10) }
    /// How often the times above are looked at.
    static var inspection: TimeAmount { .seconds(2) }
    /// Connections that the kernel keeps for us while we are busy.
    static var backlog: Int32 { 64 }
    /// Lines of each kind that are logged of all senders in one ``logWindow``: what a person reads.
    static var loggedLines: Int { 100 }
    /// See ``loggedLines``.
    static var logWindow: TimeAmount { .minutes(1) }
}

public import Migration
public import NIOCore

/// The bounds of the coordinator's end of the line (law 9); those of a line itself are in `LineLimits`.
public enum ConnectionLimits {
    /// Connections at one time: twice the thousand workers that a coordinator is measured with.
    public static var connections: Int { 2048 }
    /// Connections that have not shown a certificate, at one time. One more closes the oldest of the address that has most of them, so that
    /// strangers who wait cannot keep a worker out.
    public static var strangers: Int { 256 }
    /// Connections of one worker at one time: one, and those that a cut network left behind. One more closes its oldest.
    public static var connectionsOfAWorker: Int { 4 }
    /// Lines on one connection without a certificate: joining takes one, a person at `openssl s_client` a few more.
    public static var strangerLines: Int { 100 }
    /// From the connection's beginning to the end of the TLS handshake: several round trips of a bad link.
    public static var handshake: TimeAmount { .seconds(10) }
    /// From one whole line to the next without a certificate: time for a person to type at `openssl s_client`.
    public static var strangerIdle: TimeAmount { .seconds(60) }
    /// A connection's whole life without a certificate.
    public static var strangerLife: TimeAmount { .minutes(5) }
    /// From one whole line to the next with a certificate: many beats of any term in use.
    public static var workerIdle: TimeAmount { .minutes(5) }
    /// From a worker's revocation to the end of its connections: a beat of the usual term, so that it hears why.
    public static var revokedGrace: Interval { .seconds(10) }
    /// From one new certificate of a worker to the next that it asks for by itself: each is an event for ever.
    public static var renewal: TimeAmount { .hours(1) }
    /// From one new certificate of a worker to the next that it was told to ask for, while it has not spoken with the first: a beat of the usual term, as
    /// the reply may have been lost.
    public static var orderedRenewal: TimeAmount { .seconds(10) }
    /// How often the times above are looked at.
    public static var inspection: TimeAmount { .seconds(2) }
    /// Lines that one connection has looked at before the others of its event loop have their turn: about a millisecond's.
    public static var linesInATurn: Int { 64 }
    /// From one turn to the next: enough for the event loop to look at its other sockets.
    public static var turnPause: TimeAmount { .milliseconds(1) }
    /// Bytes of lines that one connection may have waiting for their replies; at this many the coordinator stops reading from it.
    public static var waitingBytes: Int { 128 * 1024 }
    /// Connections that the kernel keeps for us while we are busy.
    public static var backlog: Int32 { 256 }
    /// Events that share one commit: beyond this the ledger gains little.
    public static var eventsPerCommit: Int { 256 }
}

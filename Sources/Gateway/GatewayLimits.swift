import Migration

/// The bounds of a gateway (law 9), each with its source.
enum GatewayLimits {
    /// Reading pauses when the spool is filled to this many hundredths of its bound: what is read ahead by other drives at that
    /// moment still fits.
    static var highWaterPercent: Int64 { 90 }
    /// Reading goes on when the spool has fallen to this many hundredths of its bound, so that a drive does not start and stop for each file.
    static var lowWaterPercent: Int64 { 80 }
    /// Bytes of the studies and files of one inventory piece: what ``LineProtocol/LineLimits/lineByteCount`` leaves beside verb, grant and number.
    static var pieceByteCount: Int { 60 * 1024 }
    /// Bytes of one text of a header (PS3.5 §6.2: no representation of these elements has more than 64 characters, 3 component groups of a
    /// name 192; four bytes a character): longer ones are no valid identity.
    static var headerTextByteCount: Int { 1024 }
    /// Characters of the words that say what is wrong with one file.
    static var detailLength: Int { 300 }
    /// Bytes of the verdicts of one result: what one line leaves beside UIDs beyond ours and changed elements.
    static var verdictsByteCount: Int { 40 * 1024 }
    /// Inventories kept in memory for sending: parts of a few media are under work at a time.
    static var inventoriesInMemory: Int { 4 }
    /// The first delay before connecting anew; it doubles up to ``longestReconnectDelay``.
    static var firstReconnectDelay: Interval { Interval(milliseconds: 250) }
    /// The longest delay between two tries to connect.
    static var longestReconnectDelay: Interval { .seconds(15) }
    /// How long a TCP connection and its TLS handshake may take.
    static var connectTimeout: Interval { .seconds(10) }
    /// How long an operator's `insert` waits for the coordinator's decision.
    static var decisionTimeout: Interval { .seconds(30) }
    /// After how long a medium that stays reachable is presented again when others were reading from its source: a small one's reading time.
    static var presentationPause: Interval { .minutes(1) }
    /// Bytes of one command over the control socket.
    static var controlLineByteCount: Int { 16 * 1024 }
    /// Connections to the control socket at a time: one a drive and some to spare.
    static var controlConnections: Int { 16 }
    /// Bytes of a Unix socket's path (`sun_path` of unix(7), its NUL not counted).
    static var socketPathByteCount: Int { 107 }
    /// Bytes that a disk which was full must take before work goes on: a few inventory pieces and journal records.
    static var diskProbeByteCount: Int { 1 << 20 }
    /// Objects made durable at the same time: a file system's journal takes several in one commit (300 files of 500 kB: 0.8 s, one by one 3.6 s).
    static var synchronizers: Int { 8 }
    /// Bytes of an object in one sealed chunk: PDUs that are filled from it are 16 KiB or more, and each takes whole chunks to be opened.
    static var chunkByteCount: Int { 16 << 10 }
    /// Bytes read at once from a staged file.
    static var readByteCount: Int { 128 << 10 }
    /// Files of an online medium that are examined at the same time, each with one chunk in memory: digests take longer than reading, so
    /// more than the processors of a workstation bring nothing.
    static var filesReadAhead: Int { 8 }
}

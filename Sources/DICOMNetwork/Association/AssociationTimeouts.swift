/// How long each wait may last. A peer that needs longer costs its association, with a `NetworkError.timedOut` that names the wait.
public struct AssociationTimeouts: Hashable, Sendable {
    /// From the name's resolution to the open TCP connection, for each of its addresses.
    public var connect: Duration = .seconds(10)
    /// From the open connection to A-ASSOCIATE-AC or -RJ. PACS under load take tens of seconds to accept.
    public var negotiation: Duration = .seconds(60)
    /// From the end of a request, or from the response before, to the next response. C-FIND on a large archive is slow.
    public var response: Duration = .seconds(120)
    /// From an operation's beginning to its end, whatever the peer sends meanwhile: responses that say Pending, or a data set drop by drop. An object
    /// of 4 GB, or one that a PACS must fetch from tape, comes within it at 600 kB/s.
    public var operation: Duration = .seconds(7_200)
    /// From the end of one request to the next one, on an association that a peer asked for. PACS gather what they move.
    public var idle: Duration = .seconds(300)
    /// For one buffer of at most 1 MiB to leave for a peer that has stopped reading.
    public var writing: Duration = .seconds(60)
    /// From A-RELEASE-RQ to A-RELEASE-RP, whatever else comes meanwhile.
    public var release: Duration = .seconds(10)
    /// ARTIM, PS3.8 §9.1.5: how long a connection may stay open after A-ABORT before we close it.
    public var artim: Duration = .seconds(30)

    /// The defaults.
    public init() {}
}

/// The bounds of the line protocol (law 9); docs/protocol.md states each beside its verb.
public enum LineLimits {
    /// The versions of the protocol that this program speaks, the newest first: its own and the one before (docs/protocol.md, "Versions").
    public static var protocolVersions: [Int] { [2, 1] }
    /// The first version with `RENEW`, its order, and the resume point in beats.
    public static var renewingVersion: Int { 2 }
    /// The first version in which `HELLO` is answered with the key of the spool.
    public static var stagingVersion: Int { 2 }
    /// Bytes of one line, its LF included (docs/protocol.md, "Lines"). Longer matters go in numbered pieces.
    public static var lineByteCount: Int { 64 * 1024 }
    /// Items of one `LEASE` reply or one `RESULT` request.
    public static var itemsPerLine: Int { 16 }
    /// Requests that a worker may send ahead of their replies on one connection; the coordinator stops reading at this many.
    public static var pipelinedRequests: Int { 64 }
    /// Pairs of a resume point in a beat: 16 grants of so many take half a line at most.
    public static var resumePairs: Int { 64 }
    /// Pieces of one inventory: 64 KiB each, so 4 GiB of inventory for one medium.
    public static var inventoryPieces: Int { 65_536 }
    /// Characters of a worker's name: letters, digits, `-`, `_` and `.`.
    public static var workerNameLength: Int { 64 }
    /// Characters of a medium's label, as typed or scanned by an operator.
    public static var labelLength: Int { 128 }
}

/// The bounds of the line protocol (law 9); docs/protocol.md states each beside its verb.
public enum LineLimits {
    /// The versions of the protocol that this program speaks, the newest first (docs/protocol.md, "Versions"): version 1 ends with the release of version 3.
    public static var protocolVersions: [Int] { [3, 2, 1] }
    /// The first version with `RENEW`, its order, and the resume point in beats.
    public static var renewingVersion: Int { 2 }
    /// The first version in which `HELLO` is answered with the key of the spool.
    public static var stagingVersion: Int { 2 }
    /// The first version with `PREVIEW` and its order.
    public static var previewVersion: Int { 3 }
    /// The first version with `MEMBERS`, and with leases whose objects get new UIDs.
    public static var membersVersion: Int { 3 }
    /// UIDs of one reply to `MEMBERS`: of 64 characters each, all of them escaped, they still fit.
    public static var membersPerLine: Int { 400 }
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
    /// Images of one order to make previews.
    public static var previewsPerOrder: Int { 24 }
    /// Pixels of a preview's longer edge.
    public static var previewEdge: Int { 512 }
    /// Bytes of one preview: 512 × 512 pixels of three bytes do not get longer by deflating than this.
    public static var previewByteCount: Int { 1 << 20 }
    /// Bytes of one piece of a preview: base64 makes four of three, and the rest of a line is for the keys and a UID.
    public static var previewPieceByteCount: Int { 44 * 1024 }
    /// Characters of the words that say why there is no preview.
    public static var previewFaultLength: Int { 300 }
    /// Characters of a worker's name: letters, digits, `-`, `_` and `.`.
    public static var workerNameLength: Int { 64 }
    /// Characters of a medium's label, as typed or scanned by an operator.
    public static var labelLength: Int { 128 }
}

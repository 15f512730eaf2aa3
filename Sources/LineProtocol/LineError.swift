/// An `ERR` reply: a stable code and a message for people. It costs the line, not the connection.
public struct LineError: Error, Hashable, Sendable, Codable {
    /// The stable code of what was wrong.
    public var code: Code
    /// What was wrong, naming the thing, the place and the limit; without patient data.
    public var message: String

    /// An error of `code` with `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The codes of `ERR`.
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// The line is longer than ``LineLimits/lineByteCount``.
        case lineTooLong = "line-too-long"
        /// The line is no verb, space and JSON object.
        case malformedLine = "malformed-line"
        /// The verb is not one of the protocol's.
        case unknownVerb = "unknown-verb"
        /// A value of the request is missing, of the wrong kind or beyond its limit.
        case badValue = "bad-value"
        /// The verb needs a client certificate with the worker's role.
        case notAuthenticated = "not-authenticated"
        /// The worker was revoked.
        case revoked = "revoked"
        /// The worker has spoken with a newer certificate than this connection's. Since version 2.
        case certificateSuperseded = "certificate-superseded"
        /// The worker has asked for the same not long enough ago. Since version 2.
        case tooSoon = "too-soon"
        /// The invitation is unknown.
        case invitationUnknown = "invitation-unknown"
        /// The invitation is older than its time to live.
        case invitationExpired = "invitation-expired"
        /// The invitation has been used.
        case invitationUsed = "invitation-used"
        /// No common protocol version.
        case unsupportedVersion = "unsupported-version"
        /// A verb that needs `HELLO` first on this connection.
        case helloMissing = "hello-missing"
        /// The pieces of an inventory do not add up to what its end says.
        case inventoryMismatch = "inventory-mismatch"
        /// The pieces of a preview are not in their order, do not add up to what its end says, or are no picture. Since version 3.
        case previewMismatch = "preview-mismatch"
        /// The coordinator cannot make anything durable now (disk full); ask again later.
        case ledgerUnavailable = "ledger-unavailable"
        /// The coordinator's own fault; the event was not recorded.
        case `internal` = "internal"
    }
}

/// What went wrong between us and another application entity. A stable code, and a sentence that names the peer, the place and the limit.
///
/// No sentence carries an identifier of a patient.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is: for decisions. New codes may come, so a switch over them needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String, Sendable {
            case invalidAddress = "invalid-address"
            case connectFailed = "connect-failed"
            case cannotListen = "cannot-listen"
            case untrusted = "tls-failed"
            case timedOut = "timed-out"
            case rejected = "association-rejected"
            case aborted = "association-aborted"
            case closed = "connection-closed"
            case violation = "protocol-violation"
            case limitExceeded = "limit-exceeded"
            case notAccepted = "context-not-accepted"
            case operationFailed = "operation-failed"
            case contentFailed = "content-failed"
            case cancelled = "cancelled"
        }

        private let base: Base

        private init(_ base: Base) {
            self.base = base
        }

        /// The code as written in records and JSON.
        public var description: String { base.rawValue }

        /// A destination's address that cannot be understood.
        public static let invalidAddress = Code(.invalidAddress)
        /// No TCP connection came about: refused, no route, unknown name.
        public static let connectFailed = Code(.connectFailed)
        /// No port to listen on: taken, or not ours to take.
        public static let cannotListen = Code(.cannotListen)
        /// TLS did not come about: a certificate that is not trusted, ours refused, no common version, or files that cannot be used.
        public static let untrusted = Code(.untrusted)
        /// The peer did not answer, or did not read, in time.
        public static let timedOut = Code(.timedOut)
        /// A-ASSOCIATE-RJ.
        public static let rejected = Code(.rejected)
        /// A-ABORT by the peer, or by us after a fault that has been told already.
        public static let aborted = Code(.aborted)
        /// The peer closed the connection, or released it in the midst of an operation.
        public static let closed = Code(.closed)
        /// The peer broke PS3.7 or PS3.8.
        public static let violation = Code(.violation)
        /// The peer sent, or we were asked to send, more than a bound allows.
        public static let limitExceeded = Code(.limitExceeded)
        /// No accepted presentation context serves the operation.
        public static let notAccepted = Code(.notAccepted)
        /// The peer answered the operation with a failure status.
        public static let operationFailed = Code(.operationFailed)
        /// The object's own bytes could not be read while it was being sent, or not be kept while being received.
        public static let contentFailed = Code(.contentFailed)
        /// The task that used the association was cancelled.
        public static let cancelled = Code(.cancelled)
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence for people: thing, place, limit.
    public let message: String
    /// The DIMSE status that the peer answered with, for `operationFailed`.
    public let status: DIMSEStatus?
    /// Result, source and reason of an A-ASSOCIATE-RJ, for `rejected`.
    public let rejection: AssociateReject?

    init(_ code: Code, _ message: String, status: DIMSEStatus? = nil, rejection: AssociateReject? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.rejection = rejection
    }

    /// What was thrown by something that is no peer and no network, as a failure of this connection.
    public static func unexpected(_ error: any Error) -> NetworkError {
        NetworkError(error is CancellationError ? .cancelled : .closed, "the connection failed: \(TransportWords.plain(error))")
    }

    /// Code and sentence.
    public var description: String { "\(code): \(message)" }
}

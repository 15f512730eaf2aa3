/// Why the coordinator's end of the line could not be opened.
public struct LineServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The stable code.
    public let code: Code
    /// What is wrong, naming the address.
    public let message: String

    static var tooManyConnections: LineServerError {
        LineServerError(code: .tooManyConnections, message: "more than \(ConnectionLimits.connections) connections")
    }

    public var description: String { message }

    /// The codes.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Another program listens at the address.
        case portInUse = "port-in-use"
        /// The address is not this machine's, or not allowed.
        case cannotListen = "cannot-listen"
        /// ``ConnectionLimits/connections`` are open already; this one is closed.
        case tooManyConnections = "too-many-connections"
    }
}

/// What went wrong at a gateway: a stable code, and a message that names the thing, the place and the limit; without patient data.
public struct GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String, Sendable {
            case file, spool, journal, control, unreachable, line, configuration, certificate
            case spoolFull = "spool-full"
            case diskFull = "disk-full"
        }

        private let base: Base

        private init(_ base: Base) { self.base = base }

        /// The code as written in records and JSON.
        public var description: String { base.rawValue }

        /// A file of ours cannot be opened, read or written.
        public static let file = Code(.file)
        /// The spool holds something that is not ours, or another worker uses it.
        public static let spool = Code(.spool)
        /// Something does not fit into the spool's bound.
        public static let spoolFull = Code(.spoolFull)
        /// The file system of the spool has no room.
        public static let diskFull = Code(.diskFull)
        /// The journal cannot be understood.
        public static let journal = Code(.journal)
        /// The worker's control socket.
        public static let control = Code(.control)
        /// Nobody answers at the coordinator's address.
        public static let unreachable = Code(.unreachable)
        /// The coordinator answered with an error, or with no line of the protocol.
        public static let line = Code(.line)
        /// The worker's certificate has expired.
        public static let certificate = Code(.certificate)
        /// The configuration is wrong.
        public static let configuration = Code(.configuration)
    }

    /// What kind of failure it is.
    public let code: Code
    /// The sentence for people.
    public let message: String

    /// A failure of `code` with `message`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

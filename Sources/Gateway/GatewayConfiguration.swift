internal import DICOMNetwork
internal import Holding

/// What a worker is to work with.
public struct GatewayConfiguration: Sendable {
    /// Where the coordinator is.
    public var coordinator: LineAddress
    /// The folder with the worker's key, certificate and authority.
    public var identityFolder: String
    /// The folder of the spool.
    public var spoolPath: String
    /// Bytes of staged objects at most.
    public var spoolLimit: Int64
    /// The folder into which held parts leave the spool when it is full; nil: their media are asked for again instead.
    public var holdingStore: String?
    /// The path of the control socket.
    public var controlPath: String
    /// The drives that an operator feeds.
    public var drives: [Drive]
    /// Media that are always reachable.
    public var online: [OnlineMedium]
    /// Parts sent at the same time.
    public var parts: Int
    /// Associations for each part at most.
    public var associations: Int
    /// Whether an object in whose character set a declared value cannot be written is sent in UTF-8 as a whole; otherwise its study is held.
    public var reencodes = false
    /// How destinations of `dicoms://` are trusted, and who we are to them.
    public var destinationSecurity = DestinationSecurity()
    /// The port on which destinations reach this worker: for C-MOVE, and reports of storage commitment; nil: they do not.
    public var returnPort: Int?
    /// The worker program, whose `codec` command is the child process that decodes pixels: this one.
    public var codecProgram = "/proc/self/exe"

    /// The spool's bound where the configuration says nothing: a dozen CDs.
    public static var usualSpoolByteCount: Int64 { 8 << 30 }
    /// Associations for each part where the configuration says nothing.
    public static var usualAssociations: Int { 2 }
    /// Associations for each part at most: with 16 parts at a time that is more than a PACS grants.
    public static var highestAssociations: Int { 16 }

    /// Files of DICOM over TLS (PS3.15 §B.12), all of them PEM.
    public struct DestinationSecurity: Hashable, Sendable {
        /// The certificates that are trusted; nil: those that the system trusts.
        public var authorityPath: String?
        /// Our certificate, shown to a destination that asks for one; nil: we have none.
        public var certificatePath: String?
        /// Its private key.
        public var keyPath: String?
        /// Whether a destination's certificate must be for the name, or address, by which it is called.
        public var checksHostName = true
        /// Whether a destination of `dicom://` is sent to all the same, in the clear.
        public var allowsPlain = true

        /// The system's trust, and no certificate.
        public init() {}

        /// Whether there is a certificate for a port of ours, and no authority to say whose it takes.
        public var isCertificateOfAnyAuthority: Bool { certificatePath != nil && authorityPath == nil }

        /// Whether this destination is reached in the clear although there is something here that is for TLS only.
        func isInTheClear(_ address: ApplicationEntityAddress) -> Bool { !address.isSecure && self != Self() }
    }

    /// A drive for removable media.
    public struct Drive: Hashable, Sendable {
        /// Its name, as an operator types it.
        public var name: String
        /// A device, or an image's path: what is behind it may change between two media.
        public var path: String
        /// How what is read in it is understood.
        public var rules: ReadingRules

        /// A drive of these values.
        public init(name: String, path: String, rules: ReadingRules = ReadingRules()) {
            self.name = name
            self.path = path
            self.rules = rules
        }
    }

    /// A medium that stays reachable and is read again instead of staged.
    public struct OnlineMedium: Hashable, Sendable {
        /// Its label.
        public var label: String
        /// An image or a folder.
        public var path: String
        /// How what is read on it is understood.
        public var rules: ReadingRules

        /// A medium of these values.
        public init(label: String, path: String, rules: ReadingRules = ReadingRules()) {
            self.label = label
            self.path = path
            self.rules = rules
        }
    }

    /// A configuration of these values, standard in everything else.
    public init(
        coordinator: LineAddress, identityFolder: String, spoolPath: String, controlPath: String, drives: [Drive] = [],
        online: [OnlineMedium] = [], spoolLimit: Int64 = Self.usualSpoolByteCount, parts: Int? = nil,
        associations: Int = Self.usualAssociations
    ) {
        self.coordinator = coordinator
        self.identityFolder = identityFolder
        self.spoolPath = spoolPath
        self.spoolLimit = spoolLimit
        self.controlPath = controlPath
        self.drives = drives
        self.online = online
        self.parts = parts ?? HoldingConfiguration.usualParts
        self.associations = associations
    }
}

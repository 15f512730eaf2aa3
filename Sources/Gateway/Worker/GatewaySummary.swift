public import LineProtocol

/// How the worker stands, for the person who started it; without patient data.
public struct GatewaySummary: Sendable {
    /// One drive, or medium that stays online.
    public struct Drive: Sendable {
        /// The drive's name.
        public var name: String
        /// The label of the medium in it.
        public var label: String?
        /// What becomes of it.
        public var state: DriveStatus.State
        /// Files read.
        public var filesRead: Int
        /// Files that the medium's directories list.
        public var fileCount: Int
        /// Bytes of the files read.
        public var bytesRead: Int64
    }

    /// Whether the coordinator is connected.
    public var isConnected: Bool
    /// The drives in the order of the configuration.
    public var drives: [Drive]
    /// Parts being sent.
    public var parts: Int
    /// Instances acknowledged since the worker began.
    public var instancesSent: Int
    /// Bytes of them.
    public var bytesSent: Int64
    /// Bytes in the spool.
    public var spoolBytes: Int64
    /// The spool's bound in bytes.
    public var spoolLimit: Int64
    /// Whether reading waits for room in the spool.
    public var isPaused: Bool
}

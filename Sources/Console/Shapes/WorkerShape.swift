internal import Coordination
internal import Ledger
internal import LineProtocol
public import Migration

/// A row of the list of workers as JSON.
public struct WorkerShape: Codable, Hashable, Sendable {
    /// A drive as JSON.
    public struct Drive: Codable, Hashable, Sendable {
        /// Its name.
        public var name: String
        /// The label of the medium in it.
        @OrNull public var label: String?
        /// `empty`, `reading`, `done`, `refused`.
        public var state: String
        /// What its operator should know.
        @OrNull public var text: String?
    }

    /// A live grant as JSON.
    public struct Grant: Codable, Hashable, Sendable {
        /// Its number.
        public var grant: Int64
        /// `medium`: it is read; `part`: it is sent.
        public var kind: String
        /// Files read, or instances sent, as the worker said last.
        public var items: Int
        /// Bytes read, or sent, as the worker said last.
        public var bytes: Int64
        /// Positions of a part that need not be sent again: pairs of first and last, growing.
        public var done: InstanceRanges
    }

    /// Its name.
    public var name: String
    /// `joined` (enrolled, never heard of), `connected`, `away` (not heard of for a term), `lost`, `draining`, `drained`, `revoked`.
    public var state: String
    /// When it was heard of last, ISO 8601.
    @OrNull public var lastHeard: String?
    /// Its drives.
    public var drives: [Drive]
    /// The version of the line protocol that it speaks since its last `HELLO`; null before one.
    @OrNull public var protocolVersion: Int?
    /// Parts leased to it now.
    public var leases: Int
    /// Its live grants, in growing order.
    public var grants: [Grant]
    /// How it stages what it reads since its last `HELLO`: `encrypted`, `in the clear`; null before one. What it staged before stays as it is.
    @OrNull public var staging: String?
    /// Bytes in its spool.
    public var spoolBytes: Int64
    /// The bound of its spool.
    public var spoolLimit: Int64
    /// What it waits for, in words.
    @OrNull public var paused: String?
}

extension WorkerShape {
    init(_ row: WorkerRow, live: LiveWorker?, areSpoolsEncrypted: Bool, term: Interval, now: Instant) {
        let drives = live?.drives.map { drive in
            Drive(name: drive.name, label: drive.label, state: drive.state.rawValue, text: drive.sentence?.text())
        }
        let grants = live?.grants.map { grant in
            Grant(
                grant: grant.number.number, kind: grant.isMedium ? "medium" : "part", items: grant.items, bytes: grant.bytes, done: grant.done)
        }
        self.init(
            name: row.worker.name, state: Self.state(row, live, term, now), lastHeard: live?.lastHeard.text, drives: drives ?? [],
            protocolVersion: live?.version, leases: row.leasedParts, grants: grants ?? [],
            staging: Self.staging(live, areSpoolsEncrypted), spoolBytes: live?.spoolBytes ?? 0, spoolLimit: live?.spoolLimit ?? 0,
            paused: live?.paused?.text())
    }

    /// A worker of version 1 knows no key.
    private static func staging(_ live: LiveWorker?, _ areSpoolsEncrypted: Bool) -> String? {
        live?.version.map { areSpoolsEncrypted && $0 >= LineLimits.stagingVersion ? "encrypted" : "in the clear" }
    }

    static func state(_ row: WorkerRow, _ live: LiveWorker?, _ term: Interval, _ now: Instant) -> String {
        switch row.worker.state {
        case .revoked: return "revoked"
        case .lost: return "lost"
        case .active: break
        }
        guard row.worker.spool != nil else { return "joined" }
        if row.worker.isDraining { return row.openParts + row.leasedParts == 0 ? "drained" : "draining" }
        return live?.isConnected(within: term, at: now) == true ? "connected" : "away"
    }
}

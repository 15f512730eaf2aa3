internal import Coordination
internal import Ledger
internal import LineProtocol
internal import LineServer
internal import Migration
internal import Trust

/// Invites a worker.
public struct InviteWorker: ConsoleOperation {
    public static let path = "/v1/invitations"
    public static let isReading = false

    /// What comes back.
    public struct Output: Codable, Hashable, Sendable {
        /// The one line to carry to the gateway.
        public var invitation: String
        /// When it ends, ISO 8601.
        public var expires: String
    }

    /// The name that the worker will have.
    public var name: String
    /// Where it stands; empty when that does not matter.
    public var site: String
    /// How long the invitation lives, in milliseconds.
    public var timeToLive: Int64

    /// A day: an invitation is carried, not kept.
    public static var longestTimeToLive: Int64 { 24 * 3_600_000 }

    /// An invitation of `name`.
    public init(name: String, site: String, timeToLive: Int64) {
        self.name = name
        self.site = site
        self.timeToLive = timeToLive
    }

    /// What a server listens at for all of its addresses; nobody can connect to it.
    private static var anyAddresses: [String] { ["0.0.0.0", "::"] }

    public func perform(at desk: Desk) async throws -> Output {
        guard (0...Self.longestTimeToLive).contains(timeToLive) else {
            throw OperationError.badValue("an invitation lives at most \(Interval(milliseconds: Self.longestTimeToLive).text)")
        }
        guard !Self.anyAddresses.contains(desk.address.host) else {
            throw OperationError.badValue(
                "the coordinator listens at \(desk.address.host), which no gateway can connect to: say invitation-host under worker-port")
        }
        let secret = InvitationSecret()
        let expires = SystemClock.reading() + Interval(milliseconds: timeToLive)
        _ = try await desk.carryOut(.invite(name: name, site: site, secretDigest: secret.digest, expires: expires))
        let address = desk.address
        let invitation = Invitation(host: address.host, port: address.port, authority: desk.authorities.fingerprint, secret: secret)
        return Output(invitation: invitation.line, expires: expires.text)
    }
}

/// Lists the workers.
public struct ListWorkers: ListOperation {
    public static let path = "/v1/workers"
    public static let isReading = true

    /// A page of workers.
    public struct Output: ListPage {
        /// The workers.
        public var workers: [WorkerShape]
        public var next: Int64?
        public var rows: [WorkerShape] { workers }
    }

    public var after: Int64?

    /// The list from its beginning.
    public init() {}

    public func perform(at desk: Desk) async throws -> Output {
        let live = desk.engine.live
        let rows = try desk.ledger.read { try $0.workers(page: Page(after: after.map { WorkerID($0) })) }
        let shapes = rows.map { row in
            WorkerShape(
                row, live: live.workers.first { $0.id == row.worker.id }, areSpoolsEncrypted: desk.areSpoolsEncrypted, term: live.term,
                now: SystemClock.reading())
        }
        return Output(workers: shapes, next: nextKey(rows) { $0.worker.id.number })
    }
}

/// Changes a worker's standing.
public struct ChangeWorker: ConsoleOperation {
    public static let path = "/v1/workers"
    public static let isReading = false

    /// The changes.
    public enum Change: String, Codable, Hashable, Sendable, CaseIterable {
        /// Take no new work.
        case drain
        /// Work again.
        case resume
        /// Refuse it for good.
        case revoke
    }

    /// The worker.
    public var name: String
    /// What to change.
    public var change: Change

    /// `change` for the worker `name`.
    public init(name: String, change: Change) {
        self.name = name
        self.change = change
    }

    public func perform(at desk: Desk) async throws -> Done {
        let action: OperatorAction =
            switch change {
            case .drain: .drain(worker: name)
            case .resume: .resume(worker: name)
            case .revoke: .revoke(worker: name)
            }
        return Done(text: try await desk.carryOut(action).text(showsPatients: true))
    }
}

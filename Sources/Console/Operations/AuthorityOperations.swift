internal import Coordination
internal import Ledger
internal import LineProtocol
internal import LineServer
internal import Migration
internal import Trust

/// Tells which certificate authorities are trusted.
public struct ShowAuthority: ConsoleOperation {
    public static let path = "/v1/authority"
    public static let isReading = true

    /// The authorities by the SHA-256 of their certificates, hexadecimal.
    public struct Output: Codable, Hashable, Sendable {
        /// The one whose certificate the coordinator shows, and which invitations name.
        public var acting: String
        /// The one that acts next; nil when no rotation is under way.
        public var next: String?
        /// The one that acted before and is still trusted; nil when there is none.
        public var former: String?
        /// Workers that have not shown, since the coordinator started, that they trust the newest one; at most ``namesLimit``.
        public var waitingFor: [String]
        /// Those that speak a version of the line protocol without renewal, and follow only when they are updated; at most ``namesLimit``.
        public var toBeUpdated: [String]
    }

    /// Names in one answer: an operator looks at a few of them.
    public static var namesLimit: Int { 100 }

    /// The question.
    public init() {}

    public func perform(at desk: Desk) async throws -> Output {
        let overview = desk.authorities.overview
        let workers = try desk.workersToTell()
        return Output(
            acting: overview.acting, next: overview.next, former: overview.former,
            waitingFor: workers.prefix(Self.namesLimit).map(\.name), toBeUpdated: workers.filter(\.isOlder).prefix(Self.namesLimit).map(\.name))
    }
}

/// Changes the certificate authority.
public struct ChangeAuthority: ConsoleOperation {
    public static let path = "/v1/authority"
    public static let isReading = false

    /// The changes.
    public enum Change: String, Codable, Hashable, Sendable, CaseIterable {
        /// Make the next authority; it acts by itself when every worker trusts it.
        case rotate
        /// Refuse what the former authority signed.
        case retire
    }

    /// What to change.
    public var change: Change
    /// Whether to retire though workers are locked out by it.
    public var force: Bool

    /// `change`; with `force` though workers are locked out by it.
    public init(change: Change, force: Bool) {
        self.change = change
        self.force = force
    }

    public func perform(at desk: Desk) async throws -> Done {
        do {
            switch change {
            case .rotate:
                try desk.authorities.rotate(at: SystemClock.reading())
                return try await note(.made, at: desk)
            case .retire: return try await retire(at: desk)
            }
        } catch let error as TrustError {
            throw OperationError(code: error.code.rawValue, message: error.message)
        }
    }

    private func retire(at desk: Desk) async throws -> Done {
        let overview = desk.authorities.overview
        guard overview.next != nil || overview.former != nil else {
            throw OperationError(code: "not-now", message: "one authority is trusted: rotate makes the next one, and only then can this one be retired")
        }
        let workers = try desk.workersToTell()
        guard force || workers.isEmpty && overview.next == nil else { throw Self.refusal(workers) }
        if overview.next != nil { try desk.authorities.switchOver(at: SystemClock.reading()) }
        try desk.authorities.retire()
        return try await note(.alone, at: desk)
    }

    private static func refusal(_ workers: [Desk.WorkerToTell]) -> OperationError {
        let older = workers.filter(\.isOlder)
        let who = workers.isEmpty ? "the next authority does not act yet" : "have not shown that they trust the newest authority: \(names(of: workers))"
        let update = older.isEmpty ? "" : " Their programs are too old to renew a certificate, update them: \(names(of: older))."
        return OperationError(
            code: "not-now",
            message: """
                \(who).\(update) Wait until they have, revoke those that will not come back, or retire with --force: who is locked out needs a new \
                invitation
                """)
    }

    private static func names(of workers: [Desk.WorkerToTell]) -> String {
        workers.prefix(ShowAuthority.namesLimit).map(\.name).joined(separator: ", ") + (workers.count > ShowAuthority.namesLimit ? " …" : "")
    }

    /// The change is on disk; the chain of events is to tell of it too.
    private func note(_ change: AuthorityChange, at desk: Desk) async throws -> Done {
        let fingerprint = desk.authorities.overview.next ?? desk.authorities.fingerprint
        return Done(text: try await desk.carryOut(.noteAuthority(change, fingerprint: fingerprint)).text(showsPatients: true))
    }
}

extension Desk {
    /// An enrolled worker that has not shown that it trusts the newest authority.
    struct WorkerToTell {
        let name: String
        /// Whether its program does not know how to renew a certificate.
        let isOlder: Bool
    }

    func workersToTell() throws -> [WorkerToTell] {
        let versions = Dictionary(engine.live.workers.map { ($0.id, $0.version) }) { first, _ in first }
        var workers: [WorkerToTell] = []
        var after: Int64?
        repeat {
            let rows = try ledger.read { try $0.workers(page: Page(after: after.map { WorkerID($0) })) }
            workers += rows.map(\.worker).filter { $0.state != .revoked && !hasShownNewest($0) }.map { worker in
                let version = versions[worker.id] ?? nil
                return WorkerToTell(name: worker.name, isOlder: version.map { $0 < LineLimits.renewingVersion } ?? false)
            }
            after = nextKey(rows) { $0.worker.id.number }
        } while after != nil
        return workers
    }

    private func hasShownNewest(_ worker: WorkerRecord) -> Bool {
        GatewayIdentity(worker.identity).map { authorities.hasShownNewest($0) } ?? true
    }
}

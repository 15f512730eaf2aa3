internal import Coordination
public import Ledger
public import LineServer
public import Matching
internal import Migration
public import Previews
public import Trust

/// Where operations are carried out: the engine, the ledger, and what invitations say.
public struct Desk: Sendable {
    /// What invitations tell a worker.
    public struct Address: Hashable, Sendable {
        /// The coordinator's host as workers reach it.
        public var host: String
        /// The port of the line.
        public var port: Int

        /// An address of these values.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    let engine: EngineThread
    let ledger: any Ledger
    let authorities: Authorities
    let copies: any LedgerCopyStanding
    var address: Address
    /// Whether workers that can are told to encrypt what they stage.
    let areSpoolsEncrypted: Bool
    /// How studies are matched.
    let matching: MatchingPolicy
    let pace: PaceMeter
    let requests = RequestLookout()
    let previews: PreviewOffice
    /// Who asks: for the chain of events.
    var person = "unknown"

    /// A desk over `engine`, its `ledger` and the ledger's `copies`, matching as `matching` says, for workers that are told to encrypt their spools
    /// or not; pictures of its studies are with `previews`.
    public init(
        engine: EngineThread, ledger: any Ledger, copies: any LedgerCopyStanding, authorities: Authorities, address: Address,
        areSpoolsEncrypted: Bool, matching: MatchingPolicy, previews: PreviewOffice
    ) {
        self.engine = engine
        self.ledger = ledger
        self.copies = copies
        self.authorities = authorities
        self.address = address
        self.areSpoolsEncrypted = areSpoolsEncrypted
        self.matching = matching
        self.previews = previews
        pace = PaceMeter()
    }

    /// The same desk for `person`.
    public func asked(by person: String) -> Desk {
        var desk = self
        desk.person = person
        return desk
    }

    /// The same desk when the line was opened at `port`, for a configuration that leaves the choice open.
    public func reached(at port: Int) -> Desk {
        var desk = self
        desk.address.port = port
        return desk
    }

    /// Lets the engine carry out an action.
    ///
    /// - Returns: what was done.
    /// - Throws: ``OperationError``.
    func carryOut(_ action: OperatorAction) async throws(OperationError) -> Sentence { try await decide(.action(action, by: person)) }

    /// Lets the engine take a message.
    ///
    /// - Returns: what it changed.
    /// - Throws: ``OperationError``.
    func take(_ message: HospitalMessage) async throws(OperationError) -> Sentence { try await decide(.message(message)) }

    private func decide(_ question: EngineThread.Question) async throws(OperationError) -> Sentence {
        switch await engine.answer(to: question) {
        case .done(let sentence): return sentence
        case .refused(let error): throw OperationError(code: error.code.rawValue, message: error.message)
        case .reply(.error(let error)): throw OperationError(code: error.code.rawValue, message: error.message)
        case .reply, .enrolled, .renewed, .nothing: throw OperationError(code: "internal", message: "the engine answered something else")
        }
    }
}

internal import NIOCore
internal import NIOPosix

/// An association with a peer, asked for by us or by it: PS3.8 below, the DIMSE services of PS3.7 above.
///
/// One operation at a time: a second caller waits its turn. Everything runs on the connection's event loop, so an operation
/// costs no hop between threads beyond its beginning and its end. Any number of associations may be open in parallel.
public actor Association {
    /// The peer's AE title.
    public nonisolated let peerAETitle: String
    /// What the peer accepted, in the order of the answer.
    public nonisolated let acceptedContexts: [AcceptedContext]
    /// Largest variable field of a P-DATA-TF that we send, in bytes: the peer's limit or ours.
    public nonisolated let maximumPDULengthSent: Int
    /// How many operations we may have under way at once, from 1 on (PS3.7 §D.3.3.3).
    public nonisolated let operationsWindow: Int

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private nonisolated let executor: any SerialExecutor
    nonisolated let channel: any Channel
    nonisolated let timeouts: AssociationTimeouts
    nonisolated let boundHandler: NIOLoopBound<UpperLayerHandler>
    private var lastMessageID: UInt16 = 0
    private var isBusy = false
    private var queue: [CheckedContinuation<Void, Never>] = []
    /// When the operation that has the turn must be over, and how long it may take; nil where each wait's own bound is enough.
    private var deadline: (end: ContinuousClock.Instant, limit: Duration)?

    /// Whether those who wait for what may not come are to wait no longer.
    var isPatienceOver = false
    /// The stores that were sent and are not answered yet: the turn is theirs.
    var unansweredStores: Set<UInt16> = []

    init(
        _ connection: Connection, with peerAETitle: String, accepted: [AcceptedContext], peer: UserInformation, window: Int,
        timeouts: AssociationTimeouts
    ) throws(NetworkError) {
        self.peerAETitle = peerAETitle
        self.timeouts = timeouts
        channel = connection.channel
        boundHandler = connection.handler
        executor = connection.channel.eventLoop.executor
        acceptedContexts = accepted
        operationsWindow = window
        maximumPDULengthSent = try Self.maximumPDULength(announced: peer.maximumPDULength)
    }

    deinit {
        // An association that was neither released nor aborted by its owner must not hold the peer's.
        channel.close(promise: nil)
    }

    /// Opens a connection and negotiates an association.
    ///
    /// - Parameters:
    ///   - address: The peer, and our own AE title.
    ///   - contexts: At most 128 proposals.
    ///   - window: Operations under way at once to ask for, at most ``UpperLayerLimits/maximumOperationsWindow``; 1 asks for nothing.
    ///   - timeouts: How long each wait may last.
    ///   - security: How an address of `dicoms://` is secured; without it by the certificates that the system trusts.
    /// - Throws: `NetworkError`: `connectFailed`, `untrusted`, `rejected`, `timedOut`, `aborted`, `closed`, `violation`, `limitExceeded`,
    ///   `cancelled`.
    public static func connect(
        to address: ApplicationEntityAddress, proposing contexts: [ProposedContext], window: Int = 1,
        timeouts: AssociationTimeouts = .init(), security: SecureTransport? = nil
    ) async throws -> Association {
        let negotiation = try Negotiation(
            address: address, proposals: contexts, window: min(window, UpperLayerLimits.maximumOperationsWindow))
        let connection = try await Connection.open(
            to: address, request: negotiation.request, timeouts: timeouts,
            security: address.isSecure ? try security ?? SecureTransport() : nil)
        let accept = try await withTaskCancellationHandler {
            try await connection.established.get().accept
        } onCancel: {
            connection.abort(Self.cancellation)
        }
        do {
            return try Association(
                connection, with: address.calledAETitle, accepted: negotiation.accepted(by: accept), peer: accept.userInformation,
                window: negotiation.window(granted: accept.userInformation.asynchronousOperations), timeouts: timeouts)
        } catch {
            connection.abort(error)
            throw error
        }
    }

    /// Connects, does the work, and releases the association; aborts it when the work throws.
    public static func with<Result: Sendable>(
        _ address: ApplicationEntityAddress, proposing contexts: [ProposedContext], timeouts: AssociationTimeouts = .init(),
        security: SecureTransport? = nil, _ body: (Association) async throws -> Result
    ) async throws -> Result {
        let association = try await connect(to: address, proposing: contexts, timeouts: timeouts, security: security)
        do {
            let result = try await body(association)
            await association.release()
            return result
        } catch {
            await association.abort()
            throw error
        }
    }

    /// Releases the association after the operations that wait. When it returns, the connection is closed or closing, whatever the
    /// peer did.
    public func release() async {
        await takeTurn()
        defer { passTurn() }
        limitOperation(to: timeouts.release)
        handler.release()
        while let arrival = try? await next(awaiting: "A-RELEASE-RP", within: timeouts.release) {
            if case .released = arrival { return }
        }
    }

    /// Sends A-ABORT and gives the association up. Operations that wait fail.
    public func abort() {
        handler.abort(NetworkError(.aborted, "we aborted the association with \(peerAETitle)"))
    }

    /// The accepted context for this SOP class with exactly this transfer syntax, nil when the peer did not accept it.
    public nonisolated func acceptedContext(_ abstractSyntaxUID: String, transferSyntaxUID: String) -> AcceptedContext? {
        acceptedContexts.first { $0.abstractSyntaxUID == abstractSyntaxUID && $0.transferSyntaxUID == transferSyntaxUID }
    }

    // MARK: For the operations

    var handler: UpperLayerHandler { boundHandler.value }

    static let cancellation = NetworkError(.cancelled, "the task was cancelled")

    /// The next message identifier, PS3.7 §9.1.1.1.1.
    func nextMessageID() -> UInt16 {
        lastMessageID = lastMessageID == .max ? 1 : lastMessageID + 1
        return lastMessageID
    }

    /// Waits until no other operation is under way. Each call needs a `passTurn`.
    func takeTurn() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { queue.append($0) }
    }

    func passTurn() {
        deadline = nil
        if queue.isEmpty { isBusy = false } else { queue.removeFirst().resume() }
    }

    /// Bounds all that the operation that has the turn waits for, together: a peer that sends something now and then goes on for ever otherwise.
    func limitOperation(to limit: Duration) { deadline = (.now + limit, limit) }

    /// The next arrival; cancelling the task aborts the association.
    ///
    /// - Throws: `NetworkError.timedOut`, and aborts, when none comes in time, or when the operation as a whole has taken too long.
    func next(awaiting what: String, within limit: Duration) async throws -> UpperLayerHandler.Arrival {
        var (rest, lateness) = (limit, "no \(what) within \(limit)")
        if let deadline, .now + limit > deadline.end {
            (rest, lateness) = (deadline.end - .now, "the operation took longer than \(deadline.limit), awaiting \(what)")
            guard rest > .zero else { throw fault(.timedOut, lateness) }
        }
        if let arrival = try handler.nextArrival() { return arrival }
        let (wait, error) = (rest, NetworkError(.timedOut, lateness))
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { handler.wait(within: wait, orFail: error, $0) }
        } onCancel: {
            let handler = boundHandler
            channel.eventLoop.execute { handler.value.abort(Self.cancellation) }
        }
    }

    /// The next arrival, or nil when none comes in time or ``endPatience()`` was called; the association goes on.
    func nextPatiently(within limit: Duration) async throws -> UpperLayerHandler.Arrival? {
        if let arrival = try handler.nextArrival() { return arrival }
        if isPatienceOver { return nil }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { handler.waitPatiently(within: limit, $0) }
        } onCancel: {
            let handler = boundHandler
            channel.eventLoop.execute { handler.value.abort(Self.cancellation) }
        }
    }

    /// Aborts because of the peer's fault, and gives the error to throw.
    func fault(_ code: NetworkError.Code, _ message: String) -> NetworkError {
        let error = NetworkError(code, message)
        handler.abort(error)
        return error
    }

    private static func maximumPDULength(announced: UInt32) throws(NetworkError) -> Int {
        guard announced > 0 else { return UpperLayerLimits.maximumPDULengthSent }
        guard announced >= UpperLayerLimits.minimumPDULengthSent else {
            throw NetworkError(
                .limitExceeded,
                "the peer takes PDUs of \(announced) bytes only; at least \(UpperLayerLimits.minimumPDULengthSent) are needed")
        }
        return min(Int(announced), UpperLayerLimits.maximumPDULengthSent)
    }
}

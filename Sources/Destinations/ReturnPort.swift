public import DICOMNetwork
internal import Migration

/// The port of a worker on which destinations reach it: with the instances of a C-MOVE, and with the reports of storage commitment.
///
/// Nothing is taken that was not asked for: an instance that nobody waits for is refused before its first byte is kept.
public final class ReturnPort: Sendable {
    private let acceptor: AssociationAcceptor
    private let deliveries = DeliveryDesk()
    let commitments = CommitmentDesk()
    private let patienceAfterFailure: Duration
    private let note: @Sendable (String) -> Void

    /// The port that it listens on.
    public var port: Int { acceptor.port }

    private init(_ acceptor: AssociationAcceptor, patienceAfterFailure: Duration, note: @escaping @Sendable (String) -> Void) {
        self.acceptor = acceptor
        self.patienceAfterFailure = patienceAfterFailure
        self.note = note
    }

    /// Listens; nothing is answered before ``serve()``.
    ///
    /// - Parameters:
    ///   - port: 0 is any free one.
    ///   - patienceAfterFailure: How long an instance may still come after a status of failure. It is mostly true: each instance that a destination does
    ///     not have costs this.
    ///   - note: Told of associations that failed, in words without patient data.
    /// - Throws: `NetworkError.cannotListen`, or `.untrusted` for TLS that cannot be set up.
    public static func open(
        host: String = "0.0.0.0", port: Int, _ settings: AssociationAcceptor.Settings = .init(),
        patienceAfterFailure: Duration = ReturnPort.usualPatienceAfterFailure, note: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> ReturnPort {
        ReturnPort(
            try await AssociationAcceptor.listen(host: host, port: port, settings), patienceAfterFailure: patienceAfterFailure, note: note)
    }

    /// A status of failure is not believed either: PACS say it before they send, within seconds.
    public static var usualPatienceAfterFailure: Duration { .seconds(5) }

    /// Answers destinations that call us by this title, from now on; by no others than those that were named, once one was.
    public func answer(to aeTitle: String) { acceptor.answer(to: aeTitle) }

    /// Answers destinations until the task is cancelled.
    ///
    /// - Throws: `NetworkError.closed` when the port broke.
    public func serve() async throws {
        try await acceptor.serve(Services(deliveries: deliveries, commitments: commitments, note: note))
    }

    /// Takes one instance that `request` makes a destination send.
    ///
    /// - Parameters:
    ///   - limit: How long after `request` has returned the instance may still come: PACS answer C-MOVE before they have sent. After a status of
    ///     failure it is the patience after failure at most.
    ///   - request: Asks for it, and gives the destination's final status.
    /// - Returns: That status; whether the instance came is the receiver's to say.
    func receive(
        _ sopInstanceUID: String, into receiver: FileReceiver, within limit: Duration, _ request: () async throws -> DIMSEStatus
    ) async throws -> DIMSEStatus {
        let arrivals = try await deliveries.expect(sopInstanceUID, into: receiver)
        do {
            let status = try await request()
            let isFailure = status.category == .failure || status.category == .cancel
            await firstElement(of: arrivals, within: isFailure ? min(limit, patienceAfterFailure) : limit)
            await deliveries.forget(sopInstanceUID)
            return status
        } catch {
            await deliveries.forget(sopInstanceUID)
            throw error
        }
    }

    /// What the port provides.
    private struct Services: ProvidedServices {
        let deliveries: DeliveryDesk
        let commitments: CommitmentDesk
        let note: @Sendable (String) -> Void

        func receiver(for peer: AssociationPeer) -> any InstanceReceiver { DeliveryReceiver(desk: deliveries) }

        func take(_ report: CommitmentReport, from peer: AssociationPeer) async -> DIMSEStatus {
            // PS3.7 §C.5.7: 0110 for a transaction that is not ours or was given up.
            await commitments.take(report) ? .success : .processingFailure
        }

        func note(_ failure: NetworkError, of peer: AssociationPeer?) { note("an association that was asked for failed: \(failure)") }
    }
}

/// Waits for the stream's first element, its end, or the limit.
func firstElement(of stream: AsyncStream<Void>, within limit: Duration) async {
    await withTaskGroup { group in
        group.addTask { for await _ in stream { return } }
        group.addTask { try? await Task.sleep(for: limit) }
        await group.next()
        group.cancelAll()
    }
}

/// Who waits for which instance, and which association brings it: one at a time.
actor DeliveryDesk {
    private struct Expectation {
        let receiver: FileReceiver
        let arrived: AsyncStream<Void>.Continuation
        var bringer: ObjectIdentifier?
        var isHere = false
    }

    private var expectations: [String: Expectation] = [:]

    /// Expects an instance until ``forget(_:)``; the stream says when it has come whole.
    ///
    /// - Throws: `DestinationError` when it is expected already.
    func expect(_ sopInstanceUID: String, into receiver: FileReceiver) throws -> AsyncStream<Void> {
        guard expectations[sopInstanceUID] == nil else {
            throw DestinationError(.worker, "\(sopInstanceUID) is being fetched already")
        }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        expectations[sopInstanceUID] = Expectation(receiver: receiver, arrived: continuation)
        return stream
    }

    func forget(_ sopInstanceUID: String) { expectations.removeValue(forKey: sopInstanceUID)?.arrived.finish() }

    /// Gives the receiver of an instance to who brings it; nil when nobody waits for it, another brings it just now, or it is here already.
    func admit(_ sopInstanceUID: String, from bringer: ObjectIdentifier) -> FileReceiver? {
        guard let expectation = expectations[sopInstanceUID], expectation.bringer == nil, !expectation.isHere else { return nil }
        expectations[sopInstanceUID]?.bringer = bringer
        return expectation.receiver
    }

    /// What was admitted has come whole, or it will not be completed, so that it may be brought again.
    func end(_ sopInstanceUID: String, from bringer: ObjectIdentifier, isWhole: Bool) {
        guard let expectation = expectations[sopInstanceUID], expectation.bringer == bringer else { return }
        expectations[sopInstanceUID]?.bringer = nil
        expectations[sopInstanceUID]?.isHere = isWhole
        if isWhole { expectation.arrived.yield() }
    }
}

/// Hands what comes over one association to those who expect it.
actor DeliveryReceiver: InstanceReceiver {
    private let desk: DeliveryDesk
    private var current: (uid: String, receiver: FileReceiver)?

    init(desk: DeliveryDesk) { self.desk = desk }

    func begin(_ instance: ReceivedInstance) async throws {
        guard let receiver = await desk.admit(instance.sopInstanceUID, from: ObjectIdentifier(self)) else { throw InstanceRefusal(.notAuthorized) }
        current = (instance.sopInstanceUID, receiver)
        do {
            try await receiver.begin(instance)
        } catch {
            throw InstanceRefusal(.outOfResources)
        }
    }

    func receive(_ bytes: ReadBuffer) async throws {
        do {
            try await current?.receiver.receive(bytes)
        } catch let excess as InstanceExcess {
            throw excess
        } catch {
            // Our disk is full: the instance is refused, and the association lives.
            throw InstanceRefusal(.outOfResources)
        }
    }

    func end() async throws -> DIMSEStatus {
        guard let current else { return .processingFailure }
        let status = try await current.receiver.end()
        self.current = nil
        await desk.end(current.uid, from: ObjectIdentifier(self), isWhole: true)
        return status
    }

    func abandon() async {
        guard let current else { return }
        self.current = nil
        await current.receiver.abandon()
        await desk.end(current.uid, from: ObjectIdentifier(self), isWhole: false)
    }
}

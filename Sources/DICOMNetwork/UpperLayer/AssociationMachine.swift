/// The states of an association, PS3.8 tables 9-1 to 9-5; the number is that of the standard.
enum AssociationState: Int, CaseIterable, Sendable {
    case idle = 1
    case awaitingAssociateRequest
    case awaitingLocalAssociateResponse
    case awaitingTransportOpen
    case awaitingAssociateResponse
    case established
    case awaitingReleaseResponse
    case awaitingLocalReleaseResponse
    case collisionRequestorAwaitingLocalResponse
    case collisionAcceptorAwaitingPeerResponse
    case collisionRequestorAwaitingPeerResponse
    case collisionAcceptorAwaitingLocalResponse
    case awaitingTransportClose
}

/// The events of an association, PS3.8 table 9-10, first column; the number is that of the standard.
enum AssociationEvent: Int, CaseIterable, Sendable {
    case associateRequested = 1
    case transportConnected
    case associateAcceptReceived
    case associateRejectReceived
    case transportIndicated
    case associateRequestReceived
    case associateAcceptChosen
    case associateRejectChosen
    case dataRequested
    case dataReceived
    case releaseRequested
    case releaseRequestReceived
    case releaseResponseReceived
    case releaseResponseChosen
    case abortRequested
    case abortReceived
    case transportClosed
    case artimExpired
    case invalidPDUReceived
}

/// What the shell around the machine must do after an event, in the order given.
enum AssociationEffect: Hashable, Sendable {
    case openTransport
    case closeTransport
    case send(OutgoingPDU)
    case indicate(Indication)
    case startARTIM
    case stopARTIM

    /// The PDUs that an action sends; their contents are the shell's.
    enum OutgoingPDU: Hashable, Sendable {
        case associateRequest, associateAccept, associateReject, data, releaseRequest, releaseResponse
        case abortByUser, abortByProvider
    }

    /// The primitives that an action issues to the service user.
    enum Indication: Hashable, Sendable {
        case associateRequest, associateAccept, associateReject, data, releaseRequest, releaseResponse
        case abort, providerAbort
    }
}

/// The association state machine of PS3.8 §9.2 as a value: an event goes in, effects come out. It knows no socket and no clock.
struct AssociationMachine: Sendable {
    /// Who asked for the association: it decides the next state in a release collision (action AR-8).
    enum Role: Sendable { case requestor, acceptor }

    let role: Role
    private(set) var state: AssociationState = .idle

    init(role: Role) {
        self.role = role
    }

    /// Takes one event and returns what the shell must now do.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - isAcceptable: For a received A-ASSOCIATE-RQ only: whether its protocol version is one we speak (action AE-6).
    /// - Throws: `UndefinedTransition` for a cell that table 9-10 leaves empty; the state stays as it was.
    mutating func handle(_ event: AssociationEvent, isAcceptable: Bool = true) throws(UndefinedTransition) -> [AssociationEffect] {
        guard let action = AssociationAction.action(for: event, in: state) else {
            throw UndefinedTransition(event: event, state: state)
        }
        let outcome = action.outcome(role: role, isAcceptable: isAcceptable)
        state = outcome.next
        return outcome.effects
    }

    /// An event for which PS3.8 table 9-10 has no action in this state.
    struct UndefinedTransition: Error, Hashable {
        let event: AssociationEvent
        let state: AssociationState
    }
}

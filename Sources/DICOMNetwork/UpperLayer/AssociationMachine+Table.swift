/// The actions of PS3.8 tables 9-6 to 9-9, by their names in the standard.
enum AssociationAction: String, CaseIterable, Sendable {
    case ae1, ae2, ae3, ae4, ae5, ae6, ae7, ae8
    case dt1, dt2
    case ar1, ar2, ar3, ar4, ar5, ar6, ar7, ar8, ar9, ar10
    case aa1, aa2, aa3, aa4, aa5, aa6, aa7, aa8

    /// The cell of table 9-10, or nil where the standard leaves it empty.
    static func action(for event: AssociationEvent, in state: AssociationState) -> AssociationAction? {
        transitions[event.rawValue - 1][state.rawValue - 1]
    }

    // swift-format-ignore
    /// PS3.8 table 9-10: a row for each event Evt1 to Evt19, a column for each state Sta1 to Sta13.
    private static let transitions: [[AssociationAction?]] = [
        // Sta1  Sta2   Sta3   Sta4   Sta5   Sta6   Sta7   Sta8   Sta9   Sta10  Sta11  Sta12  Sta13
        [ .ae1,  nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil ],  // Evt1
        [ nil,   nil,   nil,   .ae2,  nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil ],  // Evt2
        [ nil,   .aa1,  .aa8,  nil,   .ae3,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa6],  // Evt3
        [ nil,   .aa1,  .aa8,  nil,   .ae4,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa6],  // Evt4
        [ .ae5,  nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil ],  // Evt5
        [ nil,   .ae6,  .aa8,  nil,   .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa7],  // Evt6
        [ nil,   nil,   .ae7,  nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil ],  // Evt7
        [ nil,   nil,   .ae8,  nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil ],  // Evt8
        [ nil,   nil,   nil,   nil,   nil,   .dt1,  nil,   .ar7,  nil,   nil,   nil,   nil,   nil ],  // Evt9
        [ nil,   .aa1,  .aa8,  nil,   .aa8,  .dt2,  .ar6,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa6],  // Evt10
        [ nil,   nil,   nil,   nil,   nil,   .ar1,  nil,   nil,   nil,   nil,   nil,   nil,   nil ],  // Evt11
        [ nil,   .aa1,  .aa8,  nil,   .aa8,  .ar2,  .ar8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa6],  // Evt12
        [ nil,   .aa1,  .aa8,  nil,   .aa8,  .aa8,  .ar3,  .aa8,  .aa8,  .ar10, .ar3,  .aa8,  .aa6],  // Evt13
        [ nil,   nil,   nil,   nil,   nil,   nil,   nil,   .ar4,  .ar9,  nil,   nil,   .ar4,  nil ],  // Evt14
        [ nil,   nil,   .aa1,  .aa2,  .aa1,  .aa1,  .aa1,  .aa1,  .aa1,  .aa1,  .aa1,  .aa1,  nil ],  // Evt15
        [ nil,   .aa2,  .aa3,  nil,   .aa3,  .aa3,  .aa3,  .aa3,  .aa3,  .aa3,  .aa3,  .aa3,  .aa2],  // Evt16
        [ nil,   .aa5,  .aa4,  .aa4,  .aa4,  .aa4,  .aa4,  .aa4,  .aa4,  .aa4,  .aa4,  .aa4,  .ar5],  // Evt17
        [ nil,   .aa2,  nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   nil,   .aa2],  // Evt18
        [ nil,   .aa1,  .aa8,  nil,   .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa8,  .aa7],  // Evt19
    ]

    /// What the action does and the state it leads to, PS3.8 tables 9-6 to 9-9.
    func outcome(role: AssociationMachine.Role, isAcceptable: Bool) -> (effects: [AssociationEffect], next: AssociationState) {
        switch self {
        case .ae1, .ae2, .ae3, .ae4, .ae5, .ae6, .ae7, .ae8: establishment(isAcceptable: isAcceptable)
        case .dt1: ([.send(.data)], .established)
        case .dt2: ([.indicate(.data)], .established)
        case .ar1, .ar2, .ar3, .ar4, .ar5, .ar6, .ar7, .ar8, .ar9, .ar10: release(role: role)
        case .aa1, .aa2, .aa3, .aa4, .aa5, .aa6, .aa7, .aa8: abort
        }
    }

    /// PS3.8 table 9-6.
    private func establishment(isAcceptable: Bool) -> (effects: [AssociationEffect], next: AssociationState) {
        switch self {
        case .ae1: ([.openTransport], .awaitingTransportOpen)
        case .ae2: ([.send(.associateRequest)], .awaitingAssociateResponse)
        case .ae3: ([.indicate(.associateAccept)], .established)
        case .ae4: ([.indicate(.associateReject), .closeTransport], .idle)
        case .ae5: ([.startARTIM], .awaitingAssociateRequest)
        case .ae6 where isAcceptable: ([.stopARTIM, .indicate(.associateRequest)], .awaitingLocalAssociateResponse)
        case .ae6: ([.stopARTIM, .send(.associateReject), .startARTIM], .awaitingTransportClose)
        case .ae7: ([.send(.associateAccept)], .established)
        case .ae8: ([.send(.associateReject), .startARTIM], .awaitingTransportClose)
        default: preconditionFailure("\(rawValue) does not establish an association")
        }
    }

    /// PS3.8 table 9-8.
    private func release(role: AssociationMachine.Role) -> (effects: [AssociationEffect], next: AssociationState) {
        switch self {
        case .ar1: ([.send(.releaseRequest)], .awaitingReleaseResponse)
        case .ar2: ([.indicate(.releaseRequest)], .awaitingLocalReleaseResponse)
        case .ar3: ([.indicate(.releaseResponse), .closeTransport], .idle)
        case .ar4: ([.send(.releaseResponse), .startARTIM], .awaitingTransportClose)
        case .ar5: ([.stopARTIM], .idle)
        case .ar6: ([.indicate(.data)], .awaitingReleaseResponse)
        case .ar7: ([.send(.data)], .awaitingLocalReleaseResponse)
        case .ar8 where role == .requestor: ([.indicate(.releaseRequest)], .collisionRequestorAwaitingLocalResponse)
        case .ar8: ([.indicate(.releaseRequest)], .collisionAcceptorAwaitingPeerResponse)
        case .ar9: ([.send(.releaseResponse)], .collisionRequestorAwaitingPeerResponse)
        case .ar10: ([.indicate(.releaseResponse)], .collisionAcceptorAwaitingLocalResponse)
        default: preconditionFailure("\(rawValue) does not release an association")
        }
    }

    /// PS3.8 table 9-9.
    private var abort: (effects: [AssociationEffect], next: AssociationState) {
        switch self {
        case .aa1: ([.send(.abortByUser), .startARTIM], .awaitingTransportClose)
        case .aa2: ([.stopARTIM, .closeTransport], .idle)
        case .aa3: ([.indicate(.abort), .closeTransport], .idle)
        case .aa4: ([.indicate(.providerAbort)], .idle)
        case .aa5: ([.stopARTIM], .idle)
        case .aa6: ([], .awaitingTransportClose)
        case .aa7: ([.send(.abortByProvider)], .awaitingTransportClose)
        case .aa8: ([.send(.abortByProvider), .indicate(.providerAbort), .startARTIM], .awaitingTransportClose)
        default: preconditionFailure("\(rawValue) does not abort an association")
        }
    }
}

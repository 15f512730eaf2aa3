import Testing

@testable import DICOMNetwork

/// The machine against PS3.8 table 9-10, which is written here a second time, by state instead of by event.
@Suite struct AssociationMachineTests {
    /// For each state the cells that exist, `event number: action name`; all other cells must not exist.
    static let cells: [Int: [Int: String]] = [
        1: [1: "ae1", 5: "ae5"],
        2: [
            3: "aa1", 4: "aa1", 6: "ae6", 10: "aa1", 12: "aa1", 13: "aa1", 16: "aa2", 17: "aa5", 18: "aa2", 19: "aa1",
        ],
        3: [
            3: "aa8", 4: "aa8", 6: "aa8", 7: "ae7", 8: "ae8", 10: "aa8", 12: "aa8", 13: "aa8", 15: "aa1", 16: "aa3",
            17: "aa4", 19: "aa8",
        ],
        4: [2: "ae2", 15: "aa2", 17: "aa4"],
        5: [
            3: "ae3", 4: "ae4", 6: "aa8", 10: "aa8", 12: "aa8", 13: "aa8", 15: "aa1", 16: "aa3", 17: "aa4", 19: "aa8",
        ],
        6: [
            3: "aa8", 4: "aa8", 6: "aa8", 9: "dt1", 10: "dt2", 11: "ar1", 12: "ar2", 13: "aa8", 15: "aa1", 16: "aa3",
            17: "aa4", 19: "aa8",
        ],
        7: [
            3: "aa8", 4: "aa8", 6: "aa8", 10: "ar6", 12: "ar8", 13: "ar3", 15: "aa1", 16: "aa3", 17: "aa4", 19: "aa8",
        ],
        8: [
            3: "aa8", 4: "aa8", 6: "aa8", 9: "ar7", 10: "aa8", 12: "aa8", 13: "aa8", 14: "ar4", 15: "aa1", 16: "aa3",
            17: "aa4", 19: "aa8",
        ],
        9: [
            3: "aa8", 4: "aa8", 6: "aa8", 10: "aa8", 12: "aa8", 13: "aa8", 14: "ar9", 15: "aa1", 16: "aa3", 17: "aa4",
            19: "aa8",
        ],
        10: [
            3: "aa8", 4: "aa8", 6: "aa8", 10: "aa8", 12: "aa8", 13: "ar10", 15: "aa1", 16: "aa3", 17: "aa4", 19: "aa8",
        ],
        11: [
            3: "aa8", 4: "aa8", 6: "aa8", 10: "aa8", 12: "aa8", 13: "ar3", 15: "aa1", 16: "aa3", 17: "aa4", 19: "aa8",
        ],
        12: [
            3: "aa8", 4: "aa8", 6: "aa8", 10: "aa8", 12: "aa8", 13: "aa8", 14: "ar4", 15: "aa1", 16: "aa3", 17: "aa4",
            19: "aa8",
        ],
        13: [
            3: "aa6", 4: "aa6", 6: "aa7", 10: "aa6", 12: "aa6", 13: "aa6", 16: "aa2", 17: "ar5", 18: "aa2", 19: "aa7",
        ],
    ]

    @Test("Every cell of table 9-10 holds the standard's action, and no other cell exists")
    func table() {
        for state in AssociationState.allCases {
            for event in AssociationEvent.allCases {
                let expected = Self.cells[state.rawValue]?[event.rawValue]
                let actual = AssociationAction.action(for: event, in: state)?.rawValue
                #expect(actual == expected, "Evt\(event.rawValue) in Sta\(state.rawValue)")
            }
        }
        #expect(Self.cells.values.reduce(0) { $0 + $1.count } == 123)
    }

    @Test("Every action leads to the next state of tables 9-6 to 9-9")
    func nextStates() {
        let expected: [String: Int] = [
            "ae1": 4, "ae2": 5, "ae3": 6, "ae4": 1, "ae5": 2, "ae6": 3, "ae7": 6, "ae8": 13, "dt1": 6, "dt2": 6,
            "ar1": 7, "ar2": 8, "ar3": 1, "ar4": 13, "ar5": 1, "ar6": 7, "ar7": 8, "ar8": 9, "ar9": 11, "ar10": 12,
            "aa1": 13, "aa2": 1, "aa3": 1, "aa4": 1, "aa5": 1, "aa6": 13, "aa7": 13, "aa8": 13,
        ]
        for action in AssociationAction.allCases {
            let next = action.outcome(role: .requestor, isAcceptable: true).next
            #expect(next.rawValue == expected[action.rawValue], "\(action.rawValue)")
        }
        #expect(AssociationAction.ar8.outcome(role: .acceptor, isAcceptable: true).next.rawValue == 10)
        #expect(AssociationAction.ae6.outcome(role: .acceptor, isAcceptable: false).next.rawValue == 13)
    }

    @Test("A requestor's association goes from idle through data to release and back to idle")
    func requestor() throws {
        var machine = AssociationMachine(role: .requestor)
        #expect(try machine.handle(.associateRequested) == [.openTransport])
        #expect(try machine.handle(.transportConnected) == [.send(.associateRequest)])
        #expect(try machine.handle(.associateAcceptReceived) == [.indicate(.associateAccept)])
        #expect(try machine.handle(.dataRequested) == [.send(.data)])
        #expect(try machine.handle(.dataReceived) == [.indicate(.data)])
        #expect(try machine.handle(.releaseRequested) == [.send(.releaseRequest)])
        #expect(try machine.handle(.releaseResponseReceived) == [.indicate(.releaseResponse), .closeTransport])
        #expect(machine.state == .idle)
    }

    @Test("A release collision resolves for the requestor as PS3.8 §9.2.3 says")
    func collision() throws {
        var machine = AssociationMachine(role: .requestor)
        for event in [AssociationEvent.associateRequested, .transportConnected, .associateAcceptReceived, .releaseRequested] {
            _ = try machine.handle(event)
        }
        #expect(try machine.handle(.releaseRequestReceived) == [.indicate(.releaseRequest)])
        #expect(try machine.handle(.releaseResponseChosen) == [.send(.releaseResponse)])
        #expect(machine.state == .collisionRequestorAwaitingPeerResponse)
        #expect(try machine.handle(.releaseResponseReceived) == [.indicate(.releaseResponse), .closeTransport])
    }

    @Test("An event without a cell is refused and leaves the state as it was")
    func undefined() {
        var machine = AssociationMachine(role: .requestor)
        let refusal = AssociationMachine.UndefinedTransition(event: .dataRequested, state: .idle)
        #expect(throws: refusal) { _ = try machine.handle(.dataRequested) }
        #expect(machine.state == .idle)
    }
}

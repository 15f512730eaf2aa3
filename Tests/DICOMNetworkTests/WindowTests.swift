import Foundation
import Synchronization
import Testing

@testable import DICOMNetwork

/// Several stores under way on one association (PS3.7 §D.3.3.3).
@Suite struct WindowTests {
    private static let storage = ProposedContext(TestFile.secondaryCapture, transferSyntaxUIDs: ["1.2.840.10008.1.2"])

    private static func request(_ number: Int) -> StoreRequest {
        StoreRequest(sopClassUID: TestFile.secondaryCapture, sopInstanceUID: "1.2.3.\(number)", transferSyntaxUID: "1.2.840.10008.1.2")
    }

    /// A peer that grants a window, gathers so many C-STORE requests, and answers them backwards.
    private static func backwards(granting granted: UInt16, gathering count: Int) -> ScriptedPeer.Script {
        let commands = Mutex([[PresentationDataValue]]())
        return { pdu in
            switch pdu {
            case .associateRequest(let request):
                guard case .associateAccept(var accept) = ScriptedPeer.acceptance(of: request) else { return [] }
                accept.userInformation.asynchronousOperations = .init(invoked: granted, performed: 1)
                return [.pdu(.associateAccept(accept))]
            case .data(let values) where values.contains(where: \.isCommand):
                return commands.withLock { commands in
                    commands.append(values)
                    guard commands.count == count else { return [] }
                    return commands.reversed().compactMap { ScriptedPeer.response(.storeResponse, to: $0, status: 0).map { .pdu($0) } }
                }
            default: return []
            }
        }
    }

    @Test("As many stores as the peer grants are under way before the first is answered, and answers in any order find theirs")
    func outOfOrder() async throws {
        let peer = try await ScriptedPeer.start(Self.backwards(granting: 4, gathering: 4))
        let association = try await Association.connect(to: peer.address, proposing: [Self.storage], window: 8)
        #expect(association.operationsWindow == 4)
        var sent: [StoreID] = []
        for number in 0..<4 {
            let ready = try await association.makeReady(Self.request(number), content: MemoryContent([UInt8](repeating: 0, count: 100)))
            try await association.send(ready)
            sent.append(ready.id)
        }
        var answered: [StoreID] = []
        for _ in 0..<4 { answered.append(try await association.nextStoreResponse().store) }
        #expect(answered == sent.reversed())
        await association.release()
        try await peer.stop()
    }

    @Test("Who grants nothing, or was not asked, gets one at a time; no limit means ours", arguments: [(nil, 8, 1), (0, 8, 8), (3, 8, 3), (9, 8, 8), (5, 1, 1)])
    func window(granted: UInt16?, asked: Int, expected: Int) throws {
        let address = try ApplicationEntityAddress(calledAETitle: "A", host: "h", port: 1, callingAETitle: "B")
        let negotiation = try Negotiation(address: address, proposals: [Self.storage], window: asked)
        #expect(negotiation.window(granted: granted.map { .init(invoked: $0, performed: 1) }) == expected)
    }

    @Test("An answer to what was not sent, or was answered already, costs the association")
    func foreignAnswer() async throws {
        let peer = try await ScriptedPeer.start { pdu in
            switch pdu {
            case .associateRequest(let request): return [.pdu(ScriptedPeer.acceptance(of: request))]
            case .data(let values):
                guard let answer = ScriptedPeer.response(.storeResponse, to: values, status: 0) else { return [] }
                return [.pdu(answer), .pdu(answer)]
            default: return []
            }
        }
        let association = try await Association.connect(to: peer.address, proposing: [Self.storage], window: 8)
        let first = try await association.store(Self.request(1), content: MemoryContent([0, 0]))
        #expect(first.status == .success)
        let error = await #expect(throws: NetworkError.self) {
            try await association.store(Self.request(2), content: MemoryContent([0, 0]))
        }
        #expect(error?.code == .violation)
        try await peer.stop()
    }
}

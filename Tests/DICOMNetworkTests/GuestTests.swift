import Testing

@testable import DICOMNetwork

/// Who may come to our port, and how many of them.
@Suite struct GuestTests {
    private static let storage = ProposedContext(TestFile.secondaryCapture, transferSyntaxUIDs: ["1.2.840.10008.1.2"])

    @Test("One host has half of the places at most: another one finds room")
    func associationsOfAHost() async throws {
        let limit = AssociationAcceptor.Settings().maximumAssociationsOfAnAddress
        let port = OwnPort()
        try await port.run { address in
            var callers: [Caller] = []
            for _ in 0..<limit {
                let caller = try await Caller(address)
                #expect(try await caller.associate(Self.storage))
                callers.append(caller)
            }
            let greedy = try await Caller(address)
            #expect(try await !greedy.associate(Self.storage))
            let other = try await Caller(address, from: "127.0.0.2")
            #expect(try await other.associate(Self.storage))
            for caller in callers + [greedy, other] { await caller.close() }
        }
    }

    @Test("One host that connects and says nothing keeps no other one out")
    func connectionsOfAHost() async throws {
        let limit = AssociationAcceptor.Settings().maximumAssociationsOfAnAddress + UpperLayerLimits.connectionsWithoutAssociationOfAnAddress
        let port = OwnPort()
        try await port.run { address in
            var callers: [Caller] = []
            for _ in 0...limit { callers.append(try await Caller(address)) }
            try await withThrowingTaskGroup { group in
                for caller in callers { group.addTask { await caller.closed() } }
                // The one too many, whichever comes last to the port.
                try await group.next()
                let other = try await Caller(address, from: "127.0.0.2")
                #expect(try await other.associate(Self.storage))
                for caller in callers + [other] { await caller.close() }
            }
        }
    }

    @Test("A port answers to any title until it is told one; then to those that it was told, the newest of them")
    func titles() async throws {
        let acceptor = try await AssociationAcceptor.listen(host: "127.0.0.1", port: 0)
        let serving = Task { try await acceptor.serve(OwnPort()) }
        func code(calling title: String) async -> NetworkError.Code? {
            do {
                let address = try ApplicationEntityAddress(calledAETitle: title, host: "127.0.0.1", port: acceptor.port, callingAETitle: "PACS")
                try await Association.connect(to: address, proposing: [Association.verificationContext]).release()
                return nil
            } catch {
                return (error as? NetworkError)?.code
            }
        }
        #expect(await code(calling: "SKEIN") == nil)
        acceptor.answer(to: "GATEWAY")
        #expect(await code(calling: "SKEIN") == .rejected)
        #expect(await code(calling: "GATEWAY") == nil)
        for number in 1...GuestList.maximumTitles { acceptor.answer(to: "GATEWAY\(number)") }
        #expect(await code(calling: "GATEWAY") == .rejected)
        #expect(await code(calling: "GATEWAY1") == nil)
        serving.cancel()
        try await serving.value
    }

    @Test(
        "Every SOP class whose name ends with Storage is taken back",
        arguments: [
            "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.1.27", "1.2.840.10008.5.1.1.29", "1.2.840.10008.5.1.1.30", "1.2.840.10008.5.1.4.34.1",
            "1.2.840.10008.5.1.4.34.7", "1.2.840.10008.5.1.4.34.10", "1.2.840.10008.5.1.4.38.1", "1.2.840.10008.5.1.4.39.1",
            "1.2.840.10008.5.1.4.43.1", "1.2.840.10008.5.1.4.44.1", "1.2.840.10008.5.1.4.45.1", "1.2.826.0.1.3680043.1.2",
        ])
    func storageClasses(uid: String) { #expect(StorageSOPClass.includes(uid)) }

    @Test("Other services are no storage", arguments: ["", "1.2.840.10008.1.1", "1.2.840.10008.1.3.10", "1.2.840.10008.1.20.1", "1.2.840.10008.5.1.4.31"])
    func otherClasses(uid: String) { #expect(!StorageSOPClass.includes(uid)) }
}

import DICOM
import Foundation
import Testing

@testable import DICOMNetwork

/// Our port as real programs see it.
@Suite struct AcceptorTests {
    private func inFolder<Result: Sendable>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private func command(
        _ name: String, _ address: ApplicationEntityAddress, options: [String] = [], files: [String] = [], in folder: URL,
        called: String = "SKEIN"
    ) async throws -> Command.Outcome {
        try await Command.run(
            "/usr/bin/\(name)", options + ["-aec", called, "-aet", "DCMTK", "127.0.0.1", "\(address.port)"] + files, in: folder)
    }

    @Test("DCMTK's echoscu is answered by the title that we have, and rejected by another one")
    func echo() async throws {
        var settings = AssociationAcceptor.Settings()
        settings.aeTitles = ["SKEIN"]
        let port = OwnPort()
        try await inFolder { folder in
            try await port.run(settings) { address in
                #expect(try await command("echoscu", address, in: folder).status == 0)
                let other = try await command("echoscu", address, in: folder, called: "SOMEBODY")
                #expect(other.status != 0)
                #expect(other.output.contains("Called AE Title Not Recognized"))
                await port.wait { !$0.failures.isEmpty }
                #expect(port.failures.map(\.code) == [.rejected])
            }
        }
    }

    @Test("Every byte that DCMTK's storescu sends arrives, in each uncompressed transfer syntax")
    func storescu() async throws {
        let port = OwnPort()
        let files = [TransferSyntax.explicitVRLittleEndian, .implicitVRLittleEndian].enumerated().map { number, syntax in
            TestFile(instance: "1.2.826.0.1.3680043.2.1143.7.\(number + 1)", pixelCount: 300_000, syntax: syntax)
        }
        try await inFolder { folder in
            let paths = try files.map { try $0.write(into: folder) }
            try await port.run { address in
                // Each file in an association that proposes its own transfer syntax only: nothing is converted on the way.
                for (path, option) in zip(paths, ["-xe", "-xi"]) {
                    let outcome = try await command("storescu", address, options: [option], files: [path], in: folder)
                    #expect(outcome.status == 0, "\(outcome.output)")
                }
            }
        }
        for file in files {
            let object = try #require(port.objects[file.instance])
            #expect(object.instance.transferSyntaxUID == file.syntax.uid)
            #expect(object.instance.sopClassUID == TestFile.secondaryCapture)
            #expect(object.bytes == (try file.dataSet()))
        }
    }

    @Test("pynetdicom's storescu sends to us, and is told of an instance that is refused while the next one is taken")
    func pynetdicom() async throws {
        let files = (1...2).map { TestFile(instance: "1.2.826.0.1.3680043.2.1143.8.\($0)") }
        let port = OwnPort(refusing: [files[0].instance])
        try await inFolder { folder in
            let paths = try files.map { try $0.write(into: folder) }
            let script = """
                import sys
                from pydicom import dcmread
                from pynetdicom import AE
                entity = AE(ae_title="PYNETDICOM")
                entity.add_requested_context("\(TestFile.secondaryCapture)", "1.2.840.10008.1.2.1")
                association = entity.associate("127.0.0.1", int(sys.argv[1]), ae_title="SKEIN")
                print(" ".join(hex(association.send_c_store(path).Status) for path in sys.argv[2:]))
                association.release()
                """
            try await port.run { address in
                let outcome = try await Command.run(Command.python, ["-c", script, "\(address.port)"] + paths, in: folder)
                #expect(outcome.status == 0)
                #expect(outcome.output == "0x124 0x0\n")
            }
        }
        #expect(port.objects.keys.sorted() == [files[1].instance])
        #expect(port.objects[files[1].instance]?.bytes == (try files[1].dataSet()))
    }

    @Test("One association more than there may be is rejected for the moment, and taken when another has ended")
    func associationLimit() async throws {
        var settings = AssociationAcceptor.Settings()
        settings.maximumAssociations = 1
        let port = OwnPort()
        try await inFolder { folder in
            try await port.run(settings) { address in
                let first = try await Association.connect(to: address, proposing: [Association.verificationContext])
                let refused = try await command("echoscu", address, in: folder)
                #expect(refused.output.contains("Local Limit Exceeded"))
                await first.release()
                try await ServerProcess.awaitEcho(from: address)
            }
        }
    }

    @Test("An operation that we do not provide is answered as such, and the association lives on")
    func unknownOperation() async throws {
        let port = OwnPort()
        try await port.run { address in
            let contexts = [Association.verificationContext, QueryModel.studyRootFind.proposedContext]
            try await Association.with(address, proposing: contexts) { association in
                #expect(association.acceptedContexts.map(\.abstractSyntaxUID) == [Association.verificationSOPClassUID])
                let refusal = try await association.refusal()
                let echo = try await association.echo()
                #expect(refusal == .unrecognizedOperation && echo == .success)
            }
        }
    }

    @Test("What the peer may have under way at once is granted within our bound; roles are granted to who provides commitment only")
    func negotiation() throws {
        let negotiation = AcceptorNegotiation(aeTitles: [], takesStorage: true)
        let address = try ApplicationEntityAddress(calledAETitle: "SKEIN", host: "h", port: 1, callingAETitle: "PACS")
        var request = try Negotiation(
            address: address,
            proposals: [
                ProposedContext(TestFile.secondaryCapture, transferSyntaxUIDs: ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2"]),
                ProposedContext("1.2.840.10008.5.1.4.31", transferSyntaxUIDs: ["1.2.840.10008.1.2"]), Association.commitmentContext,
                ProposedContext(Association.verificationSOPClassUID, transferSyntaxUIDs: ["1.2.840.10008.1.2.4.50"]),
            ]
        ).request
        request.userInformation.asynchronousOperations = .init(invoked: 0, performed: 5)
        request.userInformation.roles = [
            .init(sopClassUID: CommitmentReport.sopClassUID, isUser: true, isProvider: true),
            .init(sopClassUID: TestFile.secondaryCapture, isUser: true, isProvider: true),
        ]
        guard case .accept(let accept) = negotiation.answer(to: request) else {
            Issue.record("rejected")
            return
        }
        #expect(accept.contexts.map(\.result) == [0, 3, 0, 4])
        #expect(accept.contexts[0].transferSyntaxUID == "1.2.840.10008.1.2.4.90")
        #expect(accept.userInformation.asynchronousOperations?.invoked == UInt16(UpperLayerLimits.maximumOperationsWindow))
        #expect(accept.userInformation.roles.map(\.isProvider) == [true, false])
        #expect(accept.userInformation.roles.map(\.isUser) == [false, true])
    }
}

extension Association {
    /// The status with which the peer answers a C-FIND request in a context that is not C-FIND's.
    fileprivate func refusal() async throws -> DIMSEStatus? {
        let messageID = nextMessageID()
        var command = CommandSet(.findRequest, hasDataSet: true)
        command[.messageID] = messageID
        try await send(begin(command, with: MemoryContent([0, 0]), contextID: 1))
        return try await nextCommand([.findResponse], respondingTo: messageID, awaiting: "C-FIND response").command.status
    }
}

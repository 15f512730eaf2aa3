import DICOM
import DICOMNetwork
@testable import Destinations
import Foundation
import Testing

/// What is agreed on with real destinations: other transfer syntaxes, many contexts, several stores at a time.
@Suite struct NegotiationTests {
    @Test("DCMTK that takes implicit only gets an explicit object so, byte for byte what it means")
    func implicitOnly() async throws {
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = try ServerProcess.freePort()
        let process = try ServerProcess("/usr/bin/storescp", ["+xi", "--bit-preserving", "-od", folder.path, "\(port)"], in: folder)
        defer { process.stop() }
        let address = try ApplicationEntityAddress(calledAETitle: "STORESCP", host: "127.0.0.1", port: port, callingAETitle: "SKEIN")
        try await ServerProcess.awaitEcho(from: address)
        var object = TestObject()
        object.edit = { dataSet in
            try dataSet.set(DICOM.Tag(0x0009, 0x0010), vr: .LO, value: Array("PRIVATE ".utf8))
            try dataSet.set(DICOM.Tag(0x0009, 0x1001), vr: .OB, value: [1, 2, 3, 4])
            try dataSet.set(DICOM.Tag(0xFFFC, 0xFFFC), vr: .OB, value: [0, 0])
        }
        let verdicts = try await CStoreDestination(address: address).send([try object.outgoing()])
        #expect(verdicts == [.acknowledged(warning: "", writtenAs: TransferSyntax.implicitVRLittleEndian.uid)])
        let stored = try Data(contentsOf: folder.appendingPathComponent("SC.\(object.instance)"))
        let expected = try object.dataSet().encode(as: .implicitVRLittleEndian)
        #expect(stored.suffix(expected.count).elementsEqual(expected))
    }

    @Test("pynetdicom that takes explicit only gets an implicit object so, and gives it back equal")
    func explicitOnly() async throws {
        let pacs = try await PACS.nasty()
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var object = TestObject(study: "1.2.826.0.9.3", series: "1.2.826.0.9.3.1", instance: "1.2.826.0.9.3.1.1")
        object.syntax = .implicitVRLittleEndian
        let destination = try pacs.destination("EXPLICIT")
        let verdicts = try await destination.send([try object.outgoing()])
        #expect(verdicts == [.acknowledged(warning: "", writtenAs: TransferSyntax.explicitVRLittleEndian.uid)])
        #expect(try await destination.readBack(try object.outgoing(), into: folder.path) == .equal)
    }

    @Test("An implicit object becomes explicit with its signs, and with right lengths of its groups")
    func explicitAnew() async throws {
        let groups: [UInt16] = [0x0008, 0x0009, 0x0028]
        let padding = DICOM.Tag(0x0028, 0x0120)
        var object = TestObject()
        object.syntax = .implicitVRLittleEndian
        object.edit = { dataSet in
            try dataSet.set(.pixelRepresentation, UInt16(1))
            try dataSet.set(padding, vr: .SS, value: [0x30, 0xF8])
            try dataSet.set(DICOM.Tag(0x0009, 0x1001), vr: .OB, value: [1, 2, 3, 4])
            try dataSet.set(DICOM.Tag(0x0008, 0x0001), UInt32(1_000))
            for group in groups + [0x7FE0] { try dataSet.set(DICOM.Tag(group, 0), UInt32(0)) }
        }
        let transcoded = try await NativeTranscoder().transcoded(object.outgoing(), to: TransferSyntax.explicitVRLittleEndian.uid)
        let bytes = try transcoded.content.bytes(0..<transcoded.content.byteCount)
        let sent = try DataSet(parsing: bytes, as: .explicitVRLittleEndian)
        #expect(sent[padding]?.vr == .SS)
        var right = sent
        try right.correctGroupLengths(Set(groups))
        for group in groups { #expect(sent.integer(DICOM.Tag(group, 0)) == right.integer(DICOM.Tag(group, 0)), "\(group)") }
        #expect(sent.integer(DICOM.Tag(0x0009, 0)) == 12 + 4)
        #expect(!sent.contains(DICOM.Tag(0x0008, 0x0001)) && !sent.contains(DICOM.Tag(0x7FE0, 0)))
    }

    @Test("What has no common transfer syntax is not accepted; the transcoder's failure is told")
    func noCommonSyntax() async throws {
        struct Unable: InstanceTranscoder {
            func alternatives(to transferSyntaxUID: String) -> [String] { [TransferSyntax.explicitVRLittleEndian.uid] }
            var losslessCompressions: [String] { [] }
            func transcoded(_ instance: OutgoingInstance, to transferSyntaxUID: String) async throws -> TranscodedInstance {
                throw DestinationError(.notAccepted, "no codec")
            }
        }
        let pacs = try await PACS.nasty()
        var object = try TestObject().outgoing()
        object.transferSyntaxUID = "1.2.840.10008.1.2.4.70"
        let destination = CStoreDestination(address: try pacs.destination().address, transcoder: Unable())
        let verdicts = try await destination.send([object, try TestObject().outgoing()])
        guard case .failed(.notAccepted, let detail) = verdicts[0] else {
            Issue.record("\(verdicts[0])")
            return
        }
        #expect(detail.contains("no codec"))
        #expect(verdicts[1] == .acknowledged(warning: ""))
    }

    @Test("More than 128 presentation contexts go to DCMTK over several associations, each object by its own SOP class")
    func manyContexts() async throws {
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let port = try ServerProcess.freePort()
        // Promiscuous: it takes every SOP class, private ones included.
        let process = try ServerProcess("/usr/bin/storescp", ["--promiscuous", "-od", folder.path, "\(port)"], in: folder)
        defer { process.stop() }
        let address = try ApplicationEntityAddress(calledAETitle: "STORESCP", host: "127.0.0.1", port: port, callingAETitle: "SKEIN")
        try await ServerProcess.awaitEcho(from: address)
        let objects = try (1...150).map { number in
            var object = TestObject()
            object.instance = "1.2.826.0.8.\(number)"
            let sopClass = "1.2.826.0.1.3680043.2.1143.99.\(number)"
            object.edit = { try $0.set(.sopClassUID, sopClass) }
            var outgoing = try object.outgoing()
            outgoing.sopClassUID = sopClass
            return outgoing
        }
        let verdicts = try await CStoreDestination(address: address).send(objects)
        #expect(verdicts == Array(repeating: .acknowledged(warning: ""), count: 150))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.count == 150)
    }

    @Test("Several at a time, and the association is lost over one of them: that one fails, and all others arrive", arguments: [1, 2])
    func poison(associations: Int) async throws {
        let pacs = try await PACS.nasty()
        let objects = TestObject.study(40, study: "1.2.826.0.9.2\(associations)")
        let destination = try pacs.destination("POISON")
        let verdicts = try await destination.send(try objects.map { try $0.outgoing() }, associations: associations)
        let failed = zip(objects, verdicts).filter { $1 != .acknowledged(warning: "") }.map(\.0.instance)
        #expect(failed == objects.map(\.instance).filter { $0.hasSuffix(".13") })
        #expect(failed.count == 1)
        let report = try await destination.verify(ExpectedStudy(objects))
        #expect(report.missing == failed)
    }

    @Test("pynetdicom that grants a window gets several stores at a time, and has each instance once")
    func window() async throws {
        let pacs = try await PACS.nasty()
        let objects = TestObject.study(100, study: "1.2.826.0.9.1")
        let destination = try pacs.destination("WINDOW")
        let association = try await Association.connect(
            to: destination.address,
            proposing: [ProposedContext(TestObject.secondaryCapture, transferSyntaxUIDs: [TransferSyntax.explicitVRLittleEndian.uid])],
            window: UpperLayerLimits.maximumOperationsWindow)
        #expect(association.operationsWindow == UpperLayerLimits.maximumOperationsWindow)
        await association.release()
        let verdicts = try await destination.send(try objects.map { try $0.outgoing() }, associations: 2)
        #expect(verdicts == Array(repeating: .acknowledged(warning: ""), count: 100))
        #expect(try await destination.verify(ExpectedStudy(objects)).verified == objects.map(\.instance))
    }
}

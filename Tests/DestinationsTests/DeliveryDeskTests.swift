import DICOM
import Foundation
import Testing

@testable import DICOMNetwork
@testable import Destinations

/// What comes to our port is taken from one association at a time, and no more of it than there can be.
@Suite struct DeliveryDeskTests {
    private let instance = ReceivedInstance(sopClassUID: "1.2.3", sopInstanceUID: "1.1", transferSyntaxUID: "1.2.840.10008.1.2")

    /// Runs the body with a receiver of at most ten bytes, and its file.
    private func withReceiver(_ body: (FileReceiver, String) async throws -> Void) async throws {
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/copy"
        try await body(try FileReceiver(path: path, limit: 10), path)
    }

    private func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    @Test("An instance that two associations bring at once is taken from the first; when it gives up, another may bring it")
    func twoBringers() async throws {
        try await withReceiver { receiver, path in
            let desk = DeliveryDesk()
            _ = try await desk.expect("1.1", into: receiver)
            let (first, second) = (DeliveryReceiver(desk: desk), DeliveryReceiver(desk: desk))
            try await first.begin(instance)
            try await first.receive(ReadBuffer(bytes: [1, 2, 3]))
            let refusal = await #expect(throws: InstanceRefusal.self) { try await second.begin(instance) }
            #expect(refusal?.status == .notAuthorized)
            await second.abandon()
            try await first.receive(ReadBuffer(bytes: [4]))
            await first.abandon()
            try await second.begin(instance)
            try await second.receive(ReadBuffer(bytes: [5, 6]))
            #expect(try await second.end() == .success)
            #expect(try content(path) == [5, 6])
            // It is here: nothing is written over it while it is compared.
            await #expect(throws: InstanceRefusal.self) { try await first.begin(instance) }
            #expect(await receiver.received == instance)
        }
    }

    @Test("An instance of more bytes than were expected ends the association, and leaves nothing on the disk")
    func excess() async throws {
        try await withReceiver { receiver, path in
            let desk = DeliveryDesk()
            _ = try await desk.expect("1.1", into: receiver)
            let bringer = DeliveryReceiver(desk: desk)
            try await bringer.begin(instance)
            try await bringer.receive(ReadBuffer(bytes: [UInt8](repeating: 1, count: 10)))
            let excess = await #expect(throws: InstanceExcess.self) { try await bringer.receive(ReadBuffer(bytes: [1])) }
            #expect(excess?.limit == 10)
            await bringer.abandon()
            #expect(await receiver.hasOverflowed)
            #expect(await receiver.received == nil)
            #expect(try content(path).isEmpty)
        }
    }

    @Test("A compressed object may come back decompressed, a deflated one inflated; a native one hardly grows")
    func limits() throws {
        var dataSet = try TestObject().dataSet()
        try dataSet.set(.rows, UInt16(1_000))
        try dataSet.set(.columns, UInt16(2_000))
        try dataSet.set(.bitsAllocated, UInt16(16))
        let content = MemoryContent(try dataSet.encode(as: .explicitVRLittleEndian))
        let limit = { (syntax: String) in CopyLimit.byteCount(of: content, transferSyntaxUID: syntax) }
        let native = CopyLimit.growth * content.byteCount + CopyLimit.additions
        #expect(limit(TransferSyntax.explicitVRLittleEndian.uid) == native)
        #expect(limit("1.2.840.10008.1.2.4.70") == native + 4_000_000)
        let deflated = TransferSyntax.deflatedExplicitVRLittleEndian.uid
        #expect(limit(deflated) == 2 * 1_032 * content.byteCount + CopyLimit.additions)
        // No object that is sent inflates to more than 1 GiB.
        let long = MemoryContent([UInt8](repeating: 0, count: 2 << 20))
        #expect(CopyLimit.byteCount(of: long, transferSyntaxUID: deflated) == 2 << 30 + CopyLimit.additions)
    }
}

import Foundation
import NIOCore
import Testing

@testable import DICOMNetwork

private let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"
private let implicitLittleEndian = "1.2.840.10008.1.2"

private let storageContext = ProposedContext(secondaryCapture, transferSyntaxUIDs: [implicitLittleEndian])

private func request(_ number: Int) -> StoreRequest {
    StoreRequest(sopClassUID: secondaryCapture, sopInstanceUID: "1.2.3.\(number)", transferSyntaxUID: implicitLittleEndian)
}

/// A minimal data set in Implicit VR Little Endian: SOP class, SOP instance and opaque pixel data.
private func dataSet(_ number: Int, pixelBytes: Int) -> [UInt8] {
    func element(_ group: UInt16, _ element: UInt16, _ value: [UInt8]) -> [UInt8] {
        var bytes = ByteBuffer()
        bytes.writeInteger(group, endianness: .little)
        bytes.writeInteger(element, endianness: .little)
        bytes.writeInteger(UInt32(value.count), endianness: .little)
        bytes.writeBytes(value)
        return Array(bytes.readableBytesView)
    }
    func uid(_ text: String) -> [UInt8] { Array(text.utf8) + (text.utf8.count % 2 == 0 ? [] : [0]) }
    var pixels = [UInt8](repeating: UInt8(number), count: pixelBytes)
    for place in stride(from: 0, to: pixelBytes, by: 1_021) { pixels[place] = UInt8(truncatingIfNeeded: place / 1_021) }
    return element(0x0008, 0x0016, uid(secondaryCapture)) + element(0x0008, 0x0018, uid("1.2.3.\(number)"))
        + element(0x7FE0, 0x0010, pixels)
}

@Suite struct StoreTests {
    @Test(
        "storescp keeps every byte of what C-STORE streams, whatever the PDU length",
        arguments: [4_096, 16_384, 131_072])
    func storesEveryByte(maximumPDULength: Int) async throws {
        let peer = try await StorageProvider.start(["--max-pdu", "\(maximumPDULength)", "--bit-preserving"])
        defer { peer.stop() }
        let sizes = [0, 2, maximumPDULength - 6, maximumPDULength - 96, 3_000_000]
        try await Association.with(peer.address, proposing: [storageContext]) { association in
            #expect(association.maximumPDULengthSent == maximumPDULength)
            for (number, size) in sizes.enumerated() {
                let response = try await association.store(
                    request(number), content: MemoryContent(dataSet(number, pixelBytes: size)))
                #expect(response.status == .success)
            }
        }
        for (number, size) in sizes.enumerated() {
            let stored = try Data(contentsOf: peer.folder.appendingPathComponent("SC.1.2.3.\(number)"))
            #expect(stored.suffix(size + 8).elementsEqual(dataSet(number, pixelBytes: size).suffix(size + 8)), "\(size) bytes")
        }
    }

    @Test("A peer that sends its responses in pieces, each when the one before is acknowledged, costs no delayed acknowledgements")
    func nagle() async throws {
        // DCMTK as installed leaves Nagle's algorithm on.
        let peer = try await StorageProvider.start(["--ignore"])
        defer { peer.stop() }
        var fastest = Duration.seconds(60)
        try await Association.with(peer.address, proposing: [storageContext]) { association in
            for number in 0..<100 {
                let began = ContinuousClock.now
                _ = try await association.store(request(number), content: MemoryContent(dataSet(number, pixelBytes: 2)))
                // Linux acknowledges the first segments of a connection at once by itself.
                if number >= 50 { fastest = min(fastest, ContinuousClock.now - began) }
            }
        }
        // TCP_DELACK_MIN of Linux is 40 ms, counted in ticks of up to 10 ms. A busy machine is slow now and then, not each time.
        #expect(fastest < .milliseconds(30))
    }

    @Test("Two tasks may use one association: the operations take turns")
    func sharedAssociation() async throws {
        let peer = try await StorageProvider.start()
        defer { peer.stop() }
        let association = try await Association.connect(to: peer.address, proposing: [storageContext])
        try await withThrowingTaskGroup(of: DIMSEStatus.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await association.store(request(number), content: MemoryContent(dataSet(number, pixelBytes: 200_000))).status
                }
            }
            for try await status in group { #expect(status == .success) }
        }
        await association.release()
        #expect(try FileManager.default.contentsOfDirectory(atPath: peer.folder.path).count == 8)
    }

    @Test("An object of a SOP class that was not accepted is refused before a byte is sent, and the association lives on")
    func notAccepted() async throws {
        let peer = try await StorageProvider.start()
        defer { peer.stop() }
        try await Association.with(peer.address, proposing: [storageContext, Association.verificationContext]) { association in
            let other = StoreRequest(
                sopClassUID: secondaryCapture, sopInstanceUID: "1.2.3", transferSyntaxUID: "1.2.840.10008.1.2.4.50")
            let error = await #expect(throws: NetworkError.self) {
                try await association.store(other, content: MemoryContent([]))
            }
            #expect(error?.code == .notAccepted)
            let status = try await association.echo()
            #expect(status == .success)
        }
    }

    @Test("Content that fails in the middle aborts the association and says why")
    func failingContent() async throws {
        struct Broken: ObjectContent {
            struct Unreadable: Error {}
            var byteCount: Int64 { 4_000_000 }
            func read(from offset: Int64, count: Int, into buffer: inout ByteBuffer) throws {
                guard offset < 2_000_000 else { throw Unreadable() }
                buffer.writeRepeatingByte(0, count: count)
            }
        }
        let peer = try await StorageProvider.start()
        defer { peer.stop() }
        let association = try await Association.connect(to: peer.address, proposing: [storageContext])
        let error = await #expect(throws: NetworkError.self) {
            try await association.store(request(1), content: Broken())
        }
        #expect(error?.code == .contentFailed)
        #expect(error?.message.contains("Unreadable") == true)
        let next = await #expect(throws: NetworkError.self) {
            try await association.store(request(2), content: MemoryContent(dataSet(2, pixelBytes: 2)))
        }
        #expect(next?.code == .contentFailed)
    }
}

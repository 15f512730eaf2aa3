import DICOM
import DICOMNetwork
import Destinations
@testable import Gateway
import LineProtocol
import Migration
import Synchronization
import Testing

/// Deflated objects that change are deflated again when they are sent.
@Suite struct DeflatedSendingTests {
    @Test func `it is deflated once for all reads up to its end, and then again`() throws {
        let bytes = (0..<100).map { UInt8($0) }
        let counter = Counter()
        let content = DeflatedContent(byteCount: 100) {
            counter.add()
            return MemoryContent(bytes)
        }
        for round in 1...2 {
            var read = ReadBuffer()
            for start in stride(from: 0, to: 100, by: 30) { try content.read(from: Int64(start), count: min(30, 100 - start), into: &read) }
            #expect(Array(read.readableBytesView) == bytes)
            #expect(counter.value == round)
        }
        let changed = DeflatedContent(byteCount: 101) { MemoryContent(bytes) }
        var read = ReadBuffer()
        #expect(throws: UnreadableContent.self) { try changed.read(from: 0, count: 10, into: &read) }
    }

    /// What an object was deflated to.
    private final class Deflated: ObjectContent {
        private let bytes: MemoryContent
        init(_ bytes: [UInt8]) { self.bytes = MemoryContent(bytes) }
        var byteCount: Int64 { bytes.byteCount }
        func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
            try bytes.read(from: offset, count: count, into: &buffer)
        }
    }

    /// Those that were made and are still in memory.
    private final class Made: Sendable {
        private struct Reference {
            weak var deflated: Deflated?
        }

        private let references = Mutex<[Reference]>([])
        var held: Int { references.withLock { $0.count { $0.deflated != nil } } }
        var count: Int { references.withLock { $0.count } }

        func make(_ bytes: [UInt8]) -> Deflated {
            let deflated = Deflated(bytes)
            references.withLock { $0.append(Reference(deflated: deflated)) }
            return deflated
        }
    }

    @Test(arguments: [true, false])
    func `nothing of it is held once it was transcoded, with elements behind its pixels, or found damaged`(isWhole: Bool) async throws {
        // Many deflated pieces that are read when the elements are, and not again when the pixels are.
        var state = UInt32(1)
        let noise = (0..<1_500_000).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        let bytes = try Self.dataSet(behindPixels: noise).encode(as: .deflatedExplicitVRLittleEndian)
        #expect(bytes.count > 1 << 20)
        // Blocks of the reserved kind (RFC 1951 §3.2.3) from the begin on.
        let damaged = [UInt8](repeating: 0xFF, count: bytes.count)
        let made = Made()
        let content = DeflatedContent(byteCount: Int64(bytes.count)) { made.make(isWhole ? bytes : damaged) }
        let instance = OutgoingInstance(
            sopClassUID: "1.2.840.10008.5.1.4.1.1.7", sopInstanceUID: "\(Self.study).1", studyInstanceUID: Self.study,
            seriesInstanceUID: "\(Self.study).2", transferSyntaxUID: TransferSyntax.deflatedExplicitVRLittleEndian.uid, content: content)
        let scratch = try Scratch()
        let transcoded = try? await PixelTranscoder(folder: scratch.path, program: Peer.worker).transcoded(
            instance, to: TransferSyntax.explicitVRLittleEndian.uid)
        #expect((transcoded != nil) == isWhole)
        #expect(made.count > 0)
        withExtendedLifetime(instance) { #expect(made.held == 0) }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    private static let study = "1.2.826.0.1.3680043.2.1125.78"

    private static func dataSet(behindPixels trailing: [UInt8]? = nil) throws -> DataSet {
        var dataSet = DataSet()
        let texts: [(DICOM.Tag, String)] = [
            (.sopClassUID, "1.2.840.10008.5.1.4.1.1.7"), (.sopInstanceUID, "\(study).1"), (.modality, "OT"), (.patientName, "A^B"),
            (.studyInstanceUID, study), (.seriesInstanceUID, "\(study).2"),
        ]
        for (tag, text) in texts { try dataSet.set(tag, text) }
        let numbers: [(DICOM.Tag, UInt16)] = [
            (.samplesPerPixel, 1), (.rows, 50), (.columns, 50), (.bitsAllocated, 16), (DICOM.Tag(0x0028, 0x0101), 16), (DICOM.Tag(0x0028, 0x0102), 15), (DICOM.Tag(0x0028, 0x0103), 0),
        ]
        for (tag, number) in numbers { try dataSet.set(tag, number) }
        try dataSet.set(.photometricInterpretation, "MONOCHROME2")
        try dataSet.set(.pixelData, vr: .OW, value: (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) })
        if let trailing { try dataSet.set(DICOM.Tag(0xFFFC, 0xFFFC), vr: .OB, value: trailing) }
        return dataSet
    }

    private static func object() throws -> [UInt8] {
        var meta = DataSet()
        try meta.set(.transferSyntaxUID, TransferSyntax.deflatedExplicitVRLittleEndian.uid)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + (try meta.encode(as: .explicitVRLittleEndian))
            + (try dataSet().encode(as: .deflatedExplicitVRLittleEndian))
    }

    @Test func `a part holds none of them; what is read is the changed object each time`() async throws {
        let station = try Station()
        _ = try await station.reader(of: MemoryMedium([("A/1", try Self.object())]), grant: 1).read()
        let item = LeaseItem(
            grant: GrantNumber(9), mediumGrant: GrantNumber(1), studyInstanceUID: Self.study, instances: InstanceRanges(upTo: 1),
            coercions: [Migration.Coercion(tag: "00080050", value: Identifying("A1"), rule: .order)],
            expected: LineProtocol.ExpectedStudy(patientID: "P", accessionNumber: "A1"), destination: "dicom://PACS@127.0.0.1:104", level: .listed,
            mayHaveBeenSent: false)
        let pacs = FakePACS()
        let result = await PartSender(
            item: item, members: { [] }, spool: station.spool, journal: try Journal(at: station.scratch("journal"), custody: [GrantNumber(1)], threads: station.threads),
            online: OnlineMedia(), destination: pacs, associations: 1, fence: SendFence(until: SteadyClock().now + .minutes(10), clock: SteadyClock()),
            threads: station.threads, progress: ProgressCounter()
        ).run()
        #expect(positions(result, .verified) == [0])
        let sent = try #require(pacs.state.withLock(\.stored).first)
        #expect(sent.content is DeflatedContent)
        for _ in 1...2 {
            let dataSet = try sent.dataSet()
            #expect(dataSet.string(.accessionNumber) == "A1")
            #expect(dataSet[.pixelData]?.value?.count == 5_000)
        }
    }
}

import DICOM
import DICOMNetwork
import Destinations
import Foundation
import Synchronization
import Testing

/// Objects that are written anew for a destination: when, how often, and what becomes of the association meanwhile.
@Suite(.timeLimit(.minutes(5))) struct WrittenAnewTests {
    /// Writes as a codec would, explicit for another syntax, counts how often, and takes the time that a test wants.
    private final class Codec: InstanceTranscoder {
        private let written = Mutex<[String: Int]>([:])
        /// How often each instance was written.
        var counts: [String: Int] { written.withLock { $0 } }
        private let wait: @Sendable (OutgoingInstance) async throws -> Void

        init(wait: @escaping @Sendable (OutgoingInstance) async throws -> Void = { _ in }) { self.wait = wait }

        var losslessCompressions: [String] { [] }

        func alternatives(to transferSyntaxUID: String) -> [String] {
            transferSyntaxUID == WrittenAnewTests.jpeg2000 ? [TransferSyntax.explicitVRLittleEndian.uid] : NativeTranscoder().alternatives(to: transferSyntaxUID)
        }

        func transcoded(_ instance: OutgoingInstance, to transferSyntaxUID: String) async throws -> TranscodedInstance {
            written.withLock { $0[instance.sopInstanceUID, default: 0] += 1 }
            try await wait(instance)
            guard instance.transferSyntaxUID == WrittenAnewTests.jpeg2000 else {
                return try await NativeTranscoder().transcoded(instance, to: transferSyntaxUID)
            }
            return TranscodedInstance(content: instance.content, changed: [.photometricInterpretation])
        }
    }

    private static let jpeg2000 = "1.2.840.10008.1.2.4.90"

    private func destination(_ title: String, _ codec: Codec) async throws -> CStoreDestination {
        CStoreDestination(address: try (try await PACS.nasty()).destination(title).address, polling: .once, transcoder: codec)
    }

    /// Waits until the destination IMPATIENT closes an association that is opened now: after one on which nothing goes from now on.
    private static func outlast() async throws {
        let address = try (try await PACS.nasty()).destination("IMPATIENT").address
        let other = try await Association.connect(to: address, proposing: [Association.commitmentContext])
        _ = try? await other.nextCommitmentReport(within: .seconds(60))
    }

    @Test(
        "A destination that closes idle associations gets what takes longer to write, each object written once; what is ready goes first",
        arguments: [false, true])
    func impatient(secondFails: Bool) async throws {
        var objects = TestObject.study(4, study: "1.2.826.0.10.1.\(secondFails ? 1 : 0)")
        for place in 1...3 { objects[place].syntax = .implicitVRLittleEndian }
        let instances = try objects.map { try $0.outgoing() }
        let (acknowledged, continuation) = AsyncStream.makeStream(of: Void.self)
        let slow = Set(instances[1...2].map(\.sopInstanceUID))
        let failing = secondFails ? instances[2].sopInstanceUID : nil
        let codec = Codec { instance in
            guard slow.contains(instance.sopInstanceUID) else { return }
            // The first object is acknowledged meanwhile.
            for await _ in acknowledged { break }
            try await Self.outlast()
            if instance.sopInstanceUID == failing { throw DestinationError(.unreadable, "damaged") }
        }
        let verdicts = Verdicts()
        try await destination("IMPATIENT", codec).store(instances, associations: 1, mayStart: { true }) { place, verdict in
            await verdicts.add(place, verdict)
            if place == 0 { continuation.finish() }
        }
        let syntaxes = [TransferSyntax.explicitVRLittleEndian.uid, TransferSyntax.implicitVRLittleEndian.uid]
        let damaged = InstanceVerdict.failed(
            .unreadable,
            detail: "IMPATIENT is to get \(syntaxes[0]) instead of \(syntaxes[1]), in which the object cannot be written: damaged")
        for place in objects.indices {
            let arrived = InstanceVerdict.acknowledged(warning: "", writtenAs: place == 0 ? nil : syntaxes[0])
            #expect(await verdicts.all[place] == [place == 2 && secondFails ? damaged : arrived])
        }
        #expect(codec.counts == Dictionary(uniqueKeysWithValues: instances[1...].map { ($0.sopInstanceUID, 1) }))
        if secondFails { objects.remove(at: 2) }
        #expect(try await destination("IMPATIENT", codec).verify(ExpectedStudy(objects)).isComplete)
    }

    @Test("Associations without an acknowledged object are counted anew after one that was lost while an object was written, if it had any")
    func fruitless() async throws {
        var objects = TestObject.study(5, study: "1.2.826.0.10.4")
        for place in [0, 1, 3] { objects[place].instance = "1.2.826.0.10.4.\(place).13" }
        objects[3].syntax = .implicitVRLittleEndian
        let (acknowledged, continuation) = AsyncStream.makeStream(of: Void.self)
        let codec = Codec { _ in
            for await _ in acknowledged { break }
            try await Self.outlast()
        }
        let verdicts = Verdicts()
        try await destination("POISONSINGLE", codec).store(try objects.map { try $0.outgoing() }, associations: 1, mayStart: { true }) {
            await verdicts.add($0, $1)
            if $0 == 2 { continuation.finish() }
        }
        let arrived = await verdicts.all.filter { $0.value == [.acknowledged(warning: "")] }
        #expect(arrived.keys.sorted() == [2, 4])
        #expect(await verdicts.all.count == 5)
    }

    @Test("Nothing is written anew once no more may be sent")
    func fence() async throws {
        var objects = TestObject.study(3, study: "1.2.826.0.10.2")
        for place in objects.indices { objects[place].syntax = .implicitVRLittleEndian }
        let codec = Codec()
        let verdicts = Verdicts()
        try await destination("EXPLICIT", codec).store(try objects.map { try $0.outgoing() }, associations: 1, mayStart: { false }) {
            await verdicts.add($0, $1)
        }
        #expect(codec.counts.isEmpty)
        #expect(await verdicts.all.isEmpty)
    }

    /// Must not be read itself.
    private struct Shared: ObjectContent {
        let bytes: [UInt8]
        var byteCount: Int64 { Int64(bytes.count) }
        func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws { Issue.record("the content that all share was read") }
        func forOneReader() -> any ObjectContent { MemoryContent(bytes) }
    }

    @Test("What is sent or compared reads a content of its own, which goes with it")
    func ownContent() async throws {
        let object = TestObject.study(1, study: "1.2.826.0.10.5")[0]
        var instance = try object.outgoing()
        instance.content = Shared(bytes: try object.bytes())
        let destination = try await destination("OWN", Codec())
        #expect(try await destination.send([instance]) == [.acknowledged(warning: "")])
        #expect(try await destination.readBack(instance, into: FileManager.default.temporaryDirectory.path) == .equal)
    }

    @Test("A destination that accepts a compressed context and cannot store in it gets the object uncompressed, once")
    func acceptedAndNotStored() async throws {
        let objects = TestObject.study(3, study: "1.2.826.0.10.3")
        var instances = try objects.map { try $0.outgoing() }
        for place in 0...1 { instances[place].transferSyntaxUID = Self.jpeg2000 }
        let codec = Codec()
        let verdicts = try await destination("CANNOT", codec).send(instances)
        let transcoded = InstanceVerdict.acknowledged(
            warning: "", changed: [.photometricInterpretation], writtenAs: TransferSyntax.explicitVRLittleEndian.uid)
        #expect(verdicts == [transcoded, transcoded, .acknowledged(warning: "")])
        let refused = try await destination("CANNOTANY", codec).send(instances)
        #expect(refused == Array(repeating: .failed(.destinationRefused, detail: "CANNOTANY answered C-STORE with status C000"), count: 3))
        #expect(codec.counts.values.sorted() == [2, 2])
    }
}

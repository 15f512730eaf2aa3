import DICOM
import Foundation
import NIOCore
import Synchronization

@testable import DICOMNetwork

/// A port of our own that keeps what comes in memory, for as long as a test's body runs.
final class OwnPort: ProvidedServices {
    struct State {
        var objects: [String: Object] = [:]
        var abandoned: [String] = []
        var reports: [CommitmentReport] = []
        var failures: [NetworkError] = []
        var waiting: [(isDone: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    struct Object {
        let instance: ReceivedInstance
        var bytes: [UInt8]
    }

    private let state = Mutex(State())
    /// SOP Instance UIDs that are refused when they begin.
    let refused: Set<String>

    init(refusing refused: Set<String> = []) { self.refused = refused }

    var objects: [String: Object] { state.withLock(\.objects) }
    var failures: [NetworkError] { state.withLock(\.failures) }
    var abandoned: [String] { state.withLock(\.abandoned) }

    /// Listens on a free port while the body runs.
    func run<Result: Sendable>(
        _ settings: AssociationAcceptor.Settings = .init(), _ body: (ApplicationEntityAddress) async throws -> Result
    ) async throws -> Result {
        let acceptor = try await AssociationAcceptor.listen(host: "127.0.0.1", port: 0, settings)
        let serving = Task { try await acceptor.serve(self) }
        let address = try ApplicationEntityAddress(
            calledAETitle: "SKEIN", host: "127.0.0.1", port: acceptor.port, callingAETitle: "TESTER", isSecure: settings.security != nil)
        let result: Result
        do {
            result = try await body(address)
        } catch {
            serving.cancel()
            throw error
        }
        serving.cancel()
        try await serving.value
        return result
    }

    /// Waits until the state is as the test wants it.
    func wait(until isDone: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if isDone(state) { return true }
                state.waiting.append((isDone, continuation))
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    fileprivate func change(_ body: (inout State) -> Void) {
        let done = state.withLock { state in
            body(&state)
            let waiting = state.waiting
            state.waiting = waiting.filter { !$0.isDone(state) }
            return waiting.filter { $0.isDone(state) }.map(\.continuation)
        }
        for continuation in done { continuation.resume() }
    }

    func receiver(for peer: AssociationPeer) -> any InstanceReceiver { Receiver(port: self) }

    func take(_ report: CommitmentReport, from peer: AssociationPeer) async -> DIMSEStatus {
        change { $0.reports.append(report) }
        return .success
    }

    func note(_ failure: NetworkError, of peer: AssociationPeer?) async { change { $0.failures.append(failure) } }

    private actor Receiver: InstanceReceiver {
        let port: OwnPort
        var current: Object?

        init(port: OwnPort) { self.port = port }

        func begin(_ instance: ReceivedInstance) throws {
            if port.refused.contains(instance.sopInstanceUID) { throw InstanceRefusal(.notAuthorized) }
            current = Object(instance: instance, bytes: [])
        }

        func receive(_ bytes: ByteBuffer) { current?.bytes += Array(bytes.readableBytesView) }

        func end() -> DIMSEStatus {
            if let current { port.change { $0.objects[current.instance.sopInstanceUID] = current } }
            current = nil
            return .success
        }

        func abandon() {
            if let current { port.change { $0.abandoned.append(current.instance.sopInstanceUID) } }
            current = nil
        }
    }
}

/// An object as a file, for programs that send files.
struct TestFile {
    static let secondaryCapture = "1.2.840.10008.5.1.4.1.1.7"

    var instance = "1.2.826.0.1.3680043.2.1143.7.1"
    var pixelCount = 100_000
    var syntax = TransferSyntax.explicitVRLittleEndian

    func dataSet() throws -> [UInt8] {
        var dataSet = DataSet()
        let texts: [(Tag, String)] = [
            (.sopClassUID, Self.secondaryCapture), (.sopInstanceUID, instance), (.modality, "OT"), (.patientID, "P1"),
            (.studyInstanceUID, "1.2.826.0.1.3680043.2.1143.7"), (.seriesInstanceUID, "1.2.826.0.1.3680043.2.1143.7.0"),
            (.photometricInterpretation, "MONOCHROME2"),
        ]
        for (tag, text) in texts { try dataSet.set(tag, text) }
        let numbers: [(Tag, UInt16)] = [
            (.samplesPerPixel, 1), (.rows, 100), (.columns, UInt16(pixelCount / 100)), (.bitsAllocated, 8), (Tag(0x0028, 0x0101), 8),
            (Tag(0x0028, 0x0102), 7), (Tag(0x0028, 0x0103), 0),
        ]
        for (tag, number) in numbers { try dataSet.set(tag, number) }
        try dataSet.set(.pixelData, vr: .OB, value: (0..<pixelCount).map { UInt8(truncatingIfNeeded: $0 / 251) })
        return try dataSet.encode(as: syntax)
    }

    /// Writes the file (PS3.10 §7.1) and gives its path.
    func write(into folder: URL) throws -> String {
        var meta = DataSet()
        try meta.set(Tag(0x0002, 0x0001), vr: .OB, value: [0, 1])
        for (tag, text) in [
            (Tag(0x0002, 0x0002), Self.secondaryCapture), (Tag(0x0002, 0x0003), instance), (.transferSyntaxUID, syntax.uid),
            (Tag(0x0002, 0x0012), "1.2.3.4"),
        ] { try meta.set(tag, text) }
        let elements = try meta.encode(as: .explicitVRLittleEndian)
        var length = DataSet()
        try length.set(Tag(0x0002, 0x0000), UInt32(elements.count))
        let head = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + (try length.encode(as: .explicitVRLittleEndian))
        let file = folder.appendingPathComponent("\(instance).dcm")
        try Data(head + elements + dataSet()).write(to: file)
        return file.path
    }
}

import DICOM
import DICOMNetwork
import Destinations
import Foundation
@testable import Gateway

/// A real destination on a free port, and objects for it.
struct Peer {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL
    let address: ApplicationEntityAddress
    private let process: ServerProcess

    /// The worker program, which lies beside the tests.
    static var worker: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("worker").path
    }

    /// DCMTK's `storescp`, which writes a file for each instance, named by its UID.
    static func storescp(_ options: [String]) async throws -> Peer {
        try await start("STORESCP", "/usr/bin/storescp") { folder, port in options + ["-od", folder.path, "\(port)"] }
    }

    static func orthanc(_ settings: [String: any Sendable]) async throws -> Peer {
        try await start("ORTHANC", "/usr/sbin/Orthanc") { folder, port in
            var configuration: [String: Any] = [
                "StorageDirectory": folder.path, "IndexDirectory": folder.path, "HttpServerEnabled": false, "DicomPort": port,
                "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true, "DicomAlwaysAllowGet": true, "Plugins": [String](),
            ]
            for key in settings.keys.sorted() { configuration[key] = settings[key] }
            let file = folder.appendingPathComponent("orthanc.json")
            try JSONSerialization.data(withJSONObject: configuration).write(to: file)
            return [file.path]
        }
    }

    private static func start(_ title: String, _ program: String, _ arguments: (URL, Int) throws -> [String]) async throws -> Peer {
        let folder = try ServerProcess.temporaryFolder()
        let port = try ServerProcess.freePort()
        let address = try ApplicationEntityAddress(calledAETitle: title, host: "127.0.0.1", port: port, callingAETitle: "SKEIN")
        let peer = Peer(folder: folder, address: address, process: try ServerProcess(program, try arguments(folder, port), in: folder))
        do {
            try await ServerProcess.awaitEcho(from: address)
        } catch {
            peer.stop()
            throw error
        }
        return peer
    }

    func stop() {
        process.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func destination(_ transcoder: PixelTranscoder) -> CStoreDestination {
        CStoreDestination(address: address, polling: .once, transcoder: transcoder)
    }

    /// Sends all over one association; verdicts by place.
    func send(_ objects: [OutgoingInstance], _ transcoder: PixelTranscoder) async throws -> [InstanceVerdict] {
        let verdicts = Verdicts()
        try await destination(transcoder).store(objects, associations: 1, mayStart: { true }, report: { await verdicts.add($0, $1) })
        let all = await verdicts.all
        return objects.indices.map { all[$0] ?? .failed(.worker, detail: "no verdict") }
    }

    /// What storescp has of an object.
    func stored(_ object: OutgoingInstance) throws -> (dataSet: DataSet, syntax: TransferSyntax) {
        let stored = try Self.object(file(of: object).path, as: nil)
        return (try stored.dataSet(), TransferSyntax(uid: stored.transferSyntaxUID))
    }

    /// Where storescp has written it.
    func file(of object: OutgoingInstance) throws -> URL {
        guard let name = try FileManager.default.contentsOfDirectory(atPath: folder.path).first(where: { $0.hasSuffix(".\(object.sopInstanceUID)") })
        else { throw Failure(description: "\(object.sopInstanceUID) is not there") }
        return folder.appendingPathComponent(name)
    }

    /// A file's object as the gateway would send it, under an instance UID of its own where one is given.
    static func object(_ path: String, as instance: String?) throws -> OutgoingInstance {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var reader = ObjectHeaderReader(byteCount: Int64(bytes.count))
        _ = try reader.feed(bytes)
        guard let header = try reader.finish() else { throw Failure(description: "\(path) is no object") }
        let coercion = Coercion(instance.map { [.init(.sopInstanceUID, $0)] } ?? [])
        let object = try header.coerced(by: coercion, record: CoercionRecord(modifyingSystem: "TEST", dateTime: "20260101")) {
            Array(bytes[Int($0.lowerBound)..<Int($0.upperBound)])
        }
        let text = { (tag: Tag) in header.dataSet.string(tag) ?? "" }
        return OutgoingInstance(
            sopClassUID: text(.sopClassUID), sopInstanceUID: instance ?? text(.sopInstanceUID), studyInstanceUID: text(.studyInstanceUID),
            seriesInstanceUID: text(.seriesInstanceUID), transferSyntaxUID: header.transferSyntax.uid,
            content: CoercedContent(object, from: MemoryContent(bytes)))
    }

    /// Runs `worker send --json` with files to its end.
    func sendByCommand(_ paths: [String]) throws -> (status: Int32, report: [String: Any]) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.worker)
        process.arguments = ["send", "--json", "--to", "dicom://\(address.calledAETitle)@127.0.0.1:\(address.port)?calling=SKEIN"] + paths
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:])
    }

    /// Runs one of DCMTK's programs to its end.
    static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(description: "\(program) ended with status \(process.terminationStatus)") }
    }
}

extension OutgoingInstance {
    /// The whole data set.
    func bytes() throws -> [UInt8] {
        var buffer = ReadBuffer()
        try content.read(from: 0, count: Int(content.byteCount), into: &buffer)
        return Array(buffer.readableBytesView)
    }

    func dataSet() throws -> DataSet { try DataSet(parsing: bytes(), as: TransferSyntax(uid: transferSyntaxUID)) }
}

/// Verdicts by place.
private actor Verdicts {
    private(set) var all: [Int: InstanceVerdict] = [:]

    func add(_ place: Int, _ verdict: InstanceVerdict) { all[place] = verdict }
}

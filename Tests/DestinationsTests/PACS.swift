import DICOMNetwork
import Destinations
import Foundation

/// A PACS of the tests: a real program on a free port with its own storage.
struct PACS {
    let port: Int
    let folder: URL
    private let process: ServerProcess
    private let calledAETitle: String

    /// The destination, by the AE title that was given at the start or another one; asked once unless told otherwise.
    func destination(
        _ title: String? = nil, polling: PollingBound = .once, returnPort: ReturnPort? = nil
    ) throws -> CStoreDestination {
        CStoreDestination(address: try address(title ?? calledAETitle), polling: polling, returnPort: returnPort)
    }

    private func address(_ title: String) throws -> ApplicationEntityAddress {
        try ApplicationEntityAddress(calledAETitle: title, host: "127.0.0.1", port: port, callingAETitle: "SKEIN")
    }

    func stop() {
        process.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func start(
        _ calledAETitle: String, _ program: String, _ arguments: (URL, Int) throws -> [String]
    ) async throws -> PACS {
        let folder = try ServerProcess.temporaryFolder()
        let port = try ServerProcess.freePort()
        let process = try ServerProcess(program, try arguments(folder, port), in: folder)
        let pacs = PACS(port: port, folder: folder, process: process, calledAETitle: calledAETitle)
        do {
            try await ServerProcess.awaitEcho(from: pacs.address(calledAETitle))
        } catch {
            pacs.stop()
            throw error
        }
        return pacs
    }

    /// Orthanc, with its own index and storage, which knows us at our port where we have one; C-GET only where it is wanted.
    static func orthanc(returningTo port: Int? = nil, offersGet: Bool = true) async throws -> PACS {
        let returnPort = port
        return try await start("ORTHANC", "Orthanc") { folder, port in
            let configuration: [String: Any] = [
                "StorageDirectory": folder.path, "IndexDirectory": folder.path, "HttpServerEnabled": false, "DicomPort": port,
                "DicomAlwaysAllowStore": true, "DicomAlwaysAllowFind": true, "DicomAlwaysAllowGet": offersGet, "Plugins": [String](),
                "DicomModalities": returnPort.map {
                    ["skein": ["AET": "SKEIN", "Host": "127.0.0.1", "Port": $0, "AllowGet": offersGet] as [String: Any]]
                } ?? [String: [String: Any]](),
            ]
            let file = folder.appendingPathComponent("orthanc.json")
            try JSONSerialization.data(withJSONObject: configuration).write(to: file)
            return [file.path]
        }
    }

    /// DCMTK's `dcmqrscp`, which knows us at our port where we have one; with other options.
    static func dcmqrscp(returningTo returnPort: Int? = nil, _ options: [String] = []) async throws -> PACS {
        try await start("QRSCP", "dcmqrscp") { folder, port in
            let storage = folder.appendingPathComponent("storage")
            try FileManager.default.createDirectory(at: storage, withIntermediateDirectories: true)
            let configuration = """
                NetworkTCPPort = \(port)
                MaxPDUSize = 131072
                MaxAssociations = 16
                HostTable BEGIN
                \(returnPort.map { "skein = (SKEIN, 127.0.0.1, \($0))" } ?? "")
                HostTable END
                VendorTable BEGIN
                VendorTable END
                AETable BEGIN
                QRSCP \(storage.path) RW (1000, 1024mb) ANY
                AETable END

                """
            let file = folder.appendingPathComponent("dcmqrscp.cfg")
            try Data(configuration.utf8).write(to: file)
            return options + ["-c", file.path]
        }
    }

    /// The PACS of `nasty_pacs.py`, on pynetdicom: the called AE title says what it does wrong. It keeps what it gets apart by that
    /// title, and in memory, so one serves all tests; it ends with their process.
    static func nasty() async throws -> PACS { try await sharedNasty.value }

    private static let sharedNasty = Task {
        let pacs = try await startNasty()
        try FileManager.default.removeItem(at: pacs.folder)
        return pacs
    }

    private static func startNasty() async throws -> PACS {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let ownPython = folder.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".venv/bin/python").path
        let python = ProcessInfo.processInfo.environment["SKEIN_PYTHON"] ?? ownPython
        return try await start("GOOD", python) { _, port in [folder.appendingPathComponent("nasty_pacs.py").path, "\(port)"] }
    }
}

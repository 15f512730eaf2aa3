import DICOM
import Foundation
import Testing

@testable import DICOMNetwork

/// Programs that bring us objects of others, and programs that ask our port for what it does not do.
@Suite(.timeLimit(.minutes(5))) struct RealCallerTests {
    private static let study = "1.2.826.0.1.3680043.2.1143.7"

    private func inFolder<Result: Sendable>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = try ServerProcess.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    /// Runs the body while DCMTK's `dcmqrscp` is there, which knows our port as SKEIN.
    private func withArchive(_ ours: Int, in folder: URL, _ body: (Int) async throws -> Void) async throws {
        let port = try ServerProcess.freePort()
        let storage = folder.appendingPathComponent("archive")
        try FileManager.default.createDirectory(at: storage, withIntermediateDirectories: true)
        let configuration = """
            NetworkTCPPort = \(port)
            MaxPDUSize = 131072
            MaxAssociations = 16
            HostTable BEGIN
            skein = (SKEIN, 127.0.0.1, \(ours))
            HostTable END
            VendorTable BEGIN
            VendorTable END
            AETable BEGIN
            QRSCP \(storage.path) RW (10, 64mb) ANY
            AETable END

            """
        let file = folder.appendingPathComponent("dcmqrscp.cfg")
        try Data(configuration.utf8).write(to: file)
        let process = try ServerProcess("/usr/bin/dcmqrscp", ["-c", file.path], in: folder)
        defer { process.stop() }
        try await ServerProcess.awaitEcho(
            from: ApplicationEntityAddress(calledAETitle: "QRSCP", host: "127.0.0.1", port: port, callingAETitle: "SKEIN"))
        try await body(port)
    }

    @Test("DCMTK's movescu has dcmqrscp send a study to our port, every byte of it")
    func movescu() async throws {
        let port = OwnPort()
        let files = (1...3).map { TestFile(instance: "\(Self.study).9.\($0)") }
        try await inFolder { folder in
            let paths = try files.map { try $0.write(into: folder) }
            try await port.run { address in
                try await withArchive(address.port, in: folder) { archive in
                    let peer = ["-aet", "MOVER", "-aec", "QRSCP", "127.0.0.1", "\(archive)"]
                    let stored = try await Command.run("/usr/bin/storescu", peer + paths, in: folder)
                    #expect(stored.status == 0, "\(stored.output)")
                    let keys = ["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=\(Self.study)"]
                    let moved = try await Command.run("/usr/bin/movescu", ["-S", "-aem", "SKEIN"] + keys + peer, in: folder)
                    #expect(moved.status == 0, "\(moved.output)")
                }
            }
        }
        #expect(port.objects.keys.sorted() == files.map(\.instance))
        for file in files {
            let object = try #require(port.objects[file.instance])
            #expect(object.instance.transferSyntaxUID == file.syntax.uid)
            #expect(try DataSet(parsing: object.bytes, as: file.syntax)[.pixelData]?.value == DataSet(parsing: file.dataSet(), as: file.syntax)[.pixelData]?.value)
        }
    }

    @Test("DCMTK's findscu, getscu and movescu get no context at our port, which costs their association and no other")
    func refused() async throws {
        let port = OwnPort()
        try await inFolder { folder in
            try await port.run { address in
                let keys = ["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=\(Self.study)"]
                let peer = ["-aec", "SKEIN", "127.0.0.1", "\(address.port)"]
                try await Association.with(address, proposing: [Association.verificationContext]) { association in
                    for (program, options) in [("findscu", ["-S"]), ("getscu", ["-S"]), ("movescu", ["-S", "-aem", "X"])] {
                        let outcome = try await Command.run("/usr/bin/\(program)", options + keys + peer, in: folder)
                        #expect(outcome.status != 0, "\(program): \(outcome.output)")
                        #expect(outcome.output.lowercased().contains("presentation context"), "\(program): \(outcome.output)")
                    }
                    let echo = try await association.echo()
                    #expect(echo == .success)
                }
                let echo = try await Command.run("/usr/bin/echoscu", peer, in: folder)
                #expect(echo.status == 0, "\(echo.output)")
            }
        }
        #expect(port.objects.isEmpty)
    }

    @Test("Orthanc sends us by its own will what it has, compressed or not, as it has it")
    func orthanc() async throws {
        let port = OwnPort()
        try await inFolder { folder in
            let file = TestFile(instance: "\(Self.study).10.1")
            let plain = try file.write(into: folder)
            let compressed = folder.appendingPathComponent("compressed.dcm").path
            let made = try await Command.run("/usr/bin/dcmcjpeg", ["+e1", plain, compressed], in: folder)
            #expect(made.status == 0, "\(made.output)")
            try await port.run { address in
                try await withOrthanc(address.port, in: folder) { http in
                    for path in [plain, compressed] {
                        let taken = try await curl(["--data-binary", "@\(path)", "\(http)/instances"], in: folder)
                        let id = try #require(try JSONSerialization.jsonObject(with: Data(taken.utf8)) as? [String: Any])["ID"] as? String
                        let echo = try await curl(["-d", "{}", "\(http)/modalities/skein/echo"], in: folder)
                        #expect(!echo.contains("Error"), "\(echo)")
                        let sent = try await curl(["-d", id ?? "", "\(http)/modalities/skein/store"], in: folder)
                        #expect(sent.contains("\"FailedInstancesCount\" : 0"), "\(sent)")
                        _ = try await curl(["-X", "DELETE", "\(http)/instances/\(id ?? "")"], in: folder)
                        let object = try #require(port.objects[file.instance])
                        #expect(object.instance.transferSyntaxUID == (path == plain ? file.syntax.uid : "1.2.840.10008.1.2.4.70"))
                        let dataSet = try DataSet(parsing: object.bytes, as: TransferSyntax(uid: object.instance.transferSyntaxUID))
                        #expect(dataSet.string(.sopInstanceUID) == file.instance)
                        #expect(dataSet.contains(.pixelData))
                    }
                }
            }
        }
        #expect(port.failures.isEmpty)
    }

    private func curl(_ arguments: [String], in folder: URL) async throws -> String {
        try await Command.run("/usr/bin/curl", ["-s", "-S"] + arguments, in: folder).output
    }

    private func withOrthanc(_ ours: Int, in folder: URL, _ body: (String) async throws -> Void) async throws {
        let (port, http) = (try ServerProcess.freePort(), try ServerProcess.freePort())
        let storage = folder.appendingPathComponent("orthanc")
        try FileManager.default.createDirectory(at: storage, withIntermediateDirectories: true)
        let configuration: [String: Any] = [
            "StorageDirectory": storage.path, "IndexDirectory": storage.path, "HttpPort": http, "RemoteAccessAllowed": false,
            "AuthenticationEnabled": false, "DicomPort": port, "DicomAet": "ORTHANC", "DicomAlwaysAllowEcho": true, "Plugins": [String](),
            "DicomModalities": ["skein": ["AET": "SKEIN", "Host": "127.0.0.1", "Port": ours] as [String: Any]],
        ]
        let file = folder.appendingPathComponent("orthanc.json")
        try JSONSerialization.data(withJSONObject: configuration).write(to: file)
        let process = try ServerProcess("/usr/sbin/Orthanc", [file.path], in: folder)
        defer { process.stop() }
        try await ServerProcess.awaitEcho(
            from: ApplicationEntityAddress(calledAETitle: "ORTHANC", host: "127.0.0.1", port: port, callingAETitle: "SKEIN"))
        try await body("http://127.0.0.1:\(http)")
    }
}

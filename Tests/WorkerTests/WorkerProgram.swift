import Foundation

/// The real programs in a folder of their own, as an operator runs them.
final class WorkerProgram: Sendable {
    struct Outcome {
        var status: Int32
        var output: String
        var messages: String
    }

    let folder: String
    /// Where the worker is enrolled.
    var dir: String { folder + "/w" }

    init() throws {
        // A socket's path has at most 107 bytes, so the folder's name is short.
        folder = FileManager.default.temporaryDirectory.path + "/skein-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The programs lie beside the tests.
    private static func executable(_ name: String) -> URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(name)
    }

    /// Runs `worker` to its end; its output goes to `destination`, or to the outcome.
    func run(_ arguments: String..., output destination: FileHandle? = nil, messages: FileHandle? = nil) throws -> Outcome {
        try run("worker", arguments, destination, messages)
    }

    /// Runs `coordinator` to its end.
    func coordinator(_ arguments: String...) throws -> Outcome { try run("coordinator", arguments, nil, nil) }

    private func run(_ name: String, _ arguments: [String], _ destination: FileHandle?, _ messages: FileHandle?) throws -> Outcome {
        let process = Process()
        process.executableURL = Self.executable(name)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let (out, err) = (folder + "/out", folder + "/err")
        for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = destination ?? FileHandle(forWritingAtPath: out)
        process.standardError = messages ?? FileHandle(forWritingAtPath: err)
        try process.run()
        process.waitUntilExit()
        // A program that crashes ends by a signal; that is never a status of a command.
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return Outcome(
            status: status, output: try String(contentsOfFile: out, encoding: .utf8),
            messages: try String(contentsOfFile: err, encoding: .utf8))
    }

    /// A coordinator that serves at any free port until the returned process is ended, and an invitation of it.
    func serveAndInvite() async throws -> (coordinator: Process, invitation: String) {
        let home = folder + "/m"
        guard try coordinator("init", home, "--destination", "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN").status == 0 else { throw Failure() }
        let configuration = home + "/coordinator.yaml"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try text.replacing("port: 7420", with: "port: 0").write(toFile: configuration, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = Self.executable("coordinator")
        process.arguments = ["serve", "--config", configuration]
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var said = ""
                while !said.contains("serving"), case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                    said += String(decoding: data, as: UTF8.self)
                }
                continuation.resume()
            }
        }
        let invitation = try coordinator("invite", "gateway1", "--config", configuration).output
        return (process, invitation.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    struct Failure: Error {}

    /// A configuration of a worker whose coordinator nobody is.
    func configure(_ more: String = "") throws {
        try FileManager.default.createDirectory(atPath: dir, withIntermediateDirectories: true)
        try "coordinator: 127.0.0.1:1\n\(more)".write(toFile: dir + "/worker.yaml", atomically: true, encoding: .utf8)
    }

    /// A pipe that nobody reads any more.
    static func closedPipe() throws -> FileHandle {
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        return pipe.fileHandleForWriting
    }
}

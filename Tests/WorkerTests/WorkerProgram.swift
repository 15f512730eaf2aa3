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

    /// Runs `worker` where no file may have more than so many KiB.
    func runWithFilesUpTo(_ kibibytes: Int, _ arguments: String...) throws -> Outcome {
        let shell = ["-c", "trap '' XFSZ; ulimit -f \(kibibytes); exec \"$0\" \"$@\"", Self.executable("worker").path]
        return try run(URL(fileURLWithPath: "/bin/bash"), shell + arguments, nil, nil)
    }

    /// Runs `coordinator` to its end.
    func coordinator(_ arguments: String...) throws -> Outcome { try run("coordinator", arguments, nil, nil) }

    func run(_ name: String, _ arguments: [String], _ destination: FileHandle?, _ messages: FileHandle?) throws -> Outcome {
        try run(Self.executable(name), arguments, destination, messages)
    }

    private func run(_ program: URL, _ arguments: [String], _ destination: FileHandle?, _ messages: FileHandle?) throws -> Outcome {
        let process = Process()
        process.executableURL = program
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

    /// Starts one of the programs.
    func start(_ name: String, _ arguments: [String]) throws -> Running {
        let process = Process()
        process.executableURL = Self.executable(name)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        return Running(process: process, messages: pipe)
    }

    /// A coordinator that serves at any free port until the returned process is ended, and an invitation of it.
    func serveAndInvite(term: String = "30 s") async throws -> (coordinator: Running, invitation: String) {
        let home = folder + "/m"
        guard try coordinator("init", home, "--destination", "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN").status == 0 else { throw Failure() }
        let configuration = home + "/coordinator.yaml"
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try text.replacing("port: 7420", with: "port: 0").replacing("term: 30 s", with: "term: \(term)")
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        let coordinator = try start("coordinator", ["serve", "--config", configuration])
        guard await coordinator.says("serving") else { throw Failure() }
        let invitation = try self.coordinator("invite", "gateway1", "--config", configuration).output
        return (coordinator, invitation.trimmingCharacters(in: .whitespacesAndNewlines))
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

/// A program that runs; what it says is heard as far as a test waits for it.
final class Running: @unchecked Sendable {
    // @unchecked Sendable because Process is not marked; a test uses it from one task at a time.
    let process: Process
    private let messages: Pipe
    private var heard = ""

    init(process: Process, messages: Pipe) {
        self.process = process
        self.messages = messages
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// Waits until it has said these words, and forgets what came up to them; false when it ends before.
    func says(_ words: String) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in
                while true {
                    if let range = heard.range(of: words) {
                        heard = String(heard[range.upperBound...])
                        return continuation.resume(returning: true)
                    }
                    let data = messages.fileHandleForReading.availableData
                    guard !data.isEmpty else { return continuation.resume(returning: false) }
                    heard += String(decoding: data, as: UTF8.self)
                }
            }
        }
    }
}

import Foundation

/// The real program in a folder of its own, as an operator runs it.
final class CoordinatorProgram: Sendable {
    struct Outcome {
        var status: Int32
        var output: String
        var messages: String
    }

    let folder: String
    var configuration: String { folder + "/m/coordinator.yaml" }

    init() throws {
        // A socket's path has at most 107 bytes, so the folder's name is short.
        folder = FileManager.default.temporaryDirectory.path + "/skein-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The program lies beside the tests.
    private static var executable: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("coordinator")
    }

    private func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        return process
    }

    /// Runs a command to its end.
    func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    /// Runs a command to its end.
    func run(_ arguments: [String]) throws -> Outcome {
        let process = process(arguments)
        let (output, messages) = (folder + "/out", folder + "/err")
        for path in [output, messages] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: messages)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOfFile: output, encoding: .utf8),
            messages: try String(contentsOfFile: messages, encoding: .utf8))
    }

    /// A migration that is set up, listening at any free port.
    func initialise() throws {
        let outcome = try run("init", folder + "/m", "--destination", "dicom://SKEINPACS@127.0.0.1:4242?calling=SKEIN")
        guard outcome.status == 0 else { throw Failure(outcome: outcome) }
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        try text.replacing("port: 7420", with: "port: 0").write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    struct Failure: Error { var outcome: Outcome }

    /// Serves until the returned process is ended; returns when it says that it serves, or `words`.
    func serve(until words: String = "serving") async throws -> Serving {
        let process = process(["serve", "--config", configuration])
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        return Serving(process: process, pipe: pipe, said: await Serving.read(pipe, until: words))
    }
}

/// A coordinator that serves.
final class Serving: @unchecked Sendable {
    // @unchecked Sendable because Process is not marked; a test uses it from one task at a time.
    private let process: Process
    private let pipe: Pipe
    /// What it logged until it served.
    let said: String

    init(process: Process, pipe: Pipe, said: String) {
        self.process = process
        self.pipe = pipe
        self.said = said
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// What it says from now on until it says `words`, or ends.
    func hear(_ words: String) async -> String { await Self.read(pipe, until: words) }

    static func read(_ pipe: Pipe, until words: String) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var text = ""
                while !text.contains(words), case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                    text += String(decoding: data, as: UTF8.self)
                }
                continuation.resume(returning: text)
            }
        }
    }

    /// The port that it said it listens at.
    var port: Int? { said.firstMatch(of: /port=(\d+)/).flatMap { Int($0.1) } }

    /// Ends it with `signal` and returns its exit status.
    func end(by signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }
}

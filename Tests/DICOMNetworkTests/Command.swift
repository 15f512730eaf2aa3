import Foundation

/// A real program that runs to its end.
enum Command {
    struct Outcome {
        let status: Int32
        /// What it wrote on both of its outputs.
        let output: String
    }

    /// Runs a program in `folder`, without an input.
    static func run(_ program: String, _ arguments: [String], in folder: URL) async throws -> Outcome {
        let log = folder.appendingPathComponent("\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        try output.close()
        return Outcome(status: process.terminationStatus, output: String(decoding: try Data(contentsOf: log), as: UTF8.self))
    }

    /// The interpreter with pynetdicom.
    static var python: String {
        let tree = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return ProcessInfo.processInfo.environment["SKEIN_PYTHON"] ?? tree.appendingPathComponent(".venv/bin/python").path
    }
}

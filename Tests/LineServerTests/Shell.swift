import Foundation

/// Another program as a peer.
enum Shell {
    /// Runs `program`, gives it `input` and returns what it wrote to stdout: all of it, or as far as `until`, at which its input is closed.
    static func run(_ program: String, _ arguments: [String], input: String, until end: String?) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = FileHandle.nullDevice
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        if end == nil { try standardInput.fileHandleForWriting.close() }
        let output = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var text = ""
                while case let data = standardOutput.fileHandleForReading.availableData, !data.isEmpty {
                    text += String(decoding: data, as: UTF8.self)
                    if let end, text.contains(end) { break }
                }
                continuation.resume(returning: text)
            }
        }
        process.terminate()
        return output
    }
}

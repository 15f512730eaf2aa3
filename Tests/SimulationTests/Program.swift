import Foundation

/// The simulator program, which lies beside the tests.
enum Program {
    /// Runs it with `arguments`: what it says on stdout, and its exit status.
    static func run(_ arguments: String...) throws -> (text: String, status: Int32) { try run(path, arguments) }

    /// Runs it so that no process of it may use more processor time than `seconds`: one that plays on dies.
    static func run(withProcessorSeconds seconds: Int, _ arguments: String...) throws -> (text: String, status: Int32) {
        try run("/bin/sh", ["-c", "ulimit -t \(seconds); exec \"$@\"", "sh", path] + arguments)
    }

    private static var path: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("simulator").path
    }

    private static func run(_ path: String, _ arguments: [String]) throws -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("simulator-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = FileHandle(forWritingAtPath: output.path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (try String(contentsOf: output, encoding: .utf8), process.terminationStatus)
    }
}

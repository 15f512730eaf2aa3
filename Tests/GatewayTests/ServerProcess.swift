import DICOMNetwork
import Foundation

/// A real peer as a child process. It ends with `stop()`, and also when the test's own process ends in whatever way.
final class ServerProcess: Sendable {
    private let lifeline: Pipe
    private let process: Process

    /// Starts a program.
    ///
    /// The shell around it waits for the end of its standard input, which comes when this process dies, and kills the program.
    init(_ program: String, _ arguments: [String], in folder: URL) throws {
        let script = #""$@" & child=$!; trap 'kill -9 $child' EXIT; read -r _; exit 0"#
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh", program] + arguments
        process.currentDirectoryURL = folder
        lifeline = Pipe()
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
    }

    /// Kills the program and waits for its end.
    ///
    /// By a line, not by closing alone: programs started at the same moment may hold copies of the pipe's end.
    func stop() {
        try? lifeline.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        try? lifeline.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Asks the peer by C-ECHO until it answers. Attempts follow each other at once: a refused connection is the event waited for.
    ///
    /// - Throws: The last attempt's error when the peer does not come up in two minutes, which a loaded machine may need.
    static func awaitEcho(from address: ApplicationEntityAddress, security: SecureTransport? = nil) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            do {
                _ = try await Association.with(address, proposing: [Association.verificationContext], security: security) { try await $0.echo() }
                return
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                await Task.yield()
            }
        }
    }

    /// A TCP port of 127.0.0.1 that nobody listens on now, and that the system gives to no connection meanwhile (ip(7), ip_local_port_range).
    static func freePort() throws -> Int {
        let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        guard let firstOfConnections = range.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) }) else { throw POSIXError(.EINVAL) }
        while true {
            let port = Int.random(in: firstPort..<firstOfConnections)
            if try isFree(port) { return port }
        }
    }

    /// Above what the services of a machine use.
    private static let firstPort = 15_000

    private static func isFree(_ port: Int) throws -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = UInt16(port).bigEndian
        // The socket interface of C takes no other type of pointer.
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A new empty folder.
    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("skein-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

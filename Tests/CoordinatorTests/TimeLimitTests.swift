import Console
import Foundation
import Glibc
import Testing

@testable import coordinator

@Suite("How long a command waits for the coordinator", .timeLimit(.minutes(5))) struct TimeLimitTests {
    /// An operation that may take no longer than a tenth of a second.
    private struct Short: ConsoleOperation {
        static let path = "/v1/short"
        static let isReading = true
        static let timeLimit = Duration.milliseconds(100)

        func perform(at desk: Desk) async throws -> Done { Done(text: "") }
    }

    /// One that may take an hour.
    private struct Long: ConsoleOperation {
        static let path = "/v1/long"
        static let isReading = true
        static let timeLimit = Duration.seconds(3600)

        func perform(at desk: Desk) async throws -> Done { Done(text: "") }
    }

    @Test("As long as the operation says: one that may take less time gives up before one that may take more and was asked for earlier")
    func byOperation() async throws {
        let program = try CoordinatorProgram()
        let configuration = CoordinatorConfiguration(folder: program.folder, destination: "dicom://PACS@127.0.0.1:104?calling=SKEIN")
        let silent = try Self.listen(at: MigrationFolder(path: program.folder).socket)
        defer { close(silent) }
        let first = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { await Self.trouble(with: Long(), configuration) }
            // A command looks whether anybody serves, and then asks.
            for _ in 1...2 { try await Self.awaitGuest(at: silent) }
            group.addTask { await Self.trouble(with: Short(), configuration) }
            defer { group.cancelAll() }
            return try await group.next()
        }
        #expect(first?.hasPrefix("Short: ") == true && first?.contains("does not answer") == true, "\(first ?? "")")
    }

    /// Whose command failed, and why.
    private static func trouble(with operation: some ConsoleOperation, _ configuration: CoordinatorConfiguration) async -> String {
        do {
            _ = try await Operators.ask(configuration) { try await $0.run(operation) }
            return "\(type(of: operation)): answered"
        } catch {
            return "\(type(of: operation)): \(error)"
        }
    }

    /// Waits until somebody has connected.
    private static func awaitGuest(at descriptor: Int32) async throws {
        let guest = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: accept(descriptor, nil, nil)) }
        }
        try #require(guest >= 0)
    }

    /// A socket that takes connections and answers nobody.
    private static func listen(at path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 }
        }
        try #require(isBound && Glibc.listen(descriptor, 8) == 0)
        return descriptor
    }
}

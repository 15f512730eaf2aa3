import Console
import Foundation
import Glibc
import Testing

@testable import coordinator

@Suite("How long a command waits for the coordinator", .timeLimit(.minutes(1))) struct TimeLimitTests {
    /// An operation that may take no longer than a tenth of a second.
    private struct Short: ConsoleOperation {
        static let path = "/v1/short"
        static let isReading = true
        static let timeLimit = Duration.milliseconds(100)

        func perform(at desk: Desk) async throws -> Done { Done(text: "") }
    }

    @Test("The operation says how long; the simulation of matching may take longer than others")
    func byOperation() async throws {
        let program = try CoordinatorProgram()
        let configuration = CoordinatorConfiguration(folder: program.folder, destination: "dicom://PACS@127.0.0.1:104?calling=SKEIN")
        let silent = try Self.listen(at: MigrationFolder(path: program.folder).socket)
        defer { close(silent) }
        let begin = ContinuousClock.now
        let refused = await #expect(throws: (any Error).self) { try await Operators.ask(configuration) { try await $0.run(Short()) } }
        #expect(String(describing: refused).contains("does not answer"))
        #expect(ContinuousClock.now - begin < .seconds(30))
        #expect(SimulateMatching.timeLimit > ShowStatus.timeLimit)
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

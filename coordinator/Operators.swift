import AsyncHTTPClient
import Console
import Foundation
import Glibc
import Terminal

/// The way from a command to the engine: over the running coordinator's socket, or, when none runs, in this process under the ledger's lock.
enum Operators {
    /// How long a command waits for another one that has the ledger's lock.
    private static var patience: Duration { .seconds(10) }
    /// How long `serve` waits for a command that has the ledger's lock: a first answer from ten million studies on a cold disk took 131 seconds.
    private static var servePatience: Duration { .seconds(300) }

    /// Runs `body` with a way to carry out operations.
    static func ask<Result: Sendable>(
        _ configuration: CoordinatorConfiguration, _ body: @Sendable (any OperationRunner) async throws -> Result
    ) async throws -> Result {
        let folder = MigrationFolder(path: configuration.folder)
        let deadline = ContinuousClock.now + patience
        repeat {
            if try isServed(folder) { return try await overSocket(folder, body) }
            if let lock = try LedgerLock.take(folder) { return try await inProcess(configuration, lock, body) }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        throw CommandFailure(
            .unreachable,
            "process \(LedgerLock.holder(folder)) has the ledger in \(folder.path), but nobody answers at \(folder.socket)")
    }

    /// Takes the lock for `serve`: another command that has it is waited for, and that it is said; another coordinator is not waited for.
    static func lockToServe(_ folder: MigrationFolder) async throws -> LedgerLock {
        let deadline = ContinuousClock.now + servePatience
        var isSaid = false
        repeat {
            if let lock = try LedgerLock.take(folder) { return lock }
            let holder = LedgerLock.holder(folder)
            if try isServed(folder) {
                throw CommandFailure(
                    .failed, "the ledger in \(folder.path) is served already, by process \(holder); one coordinator serves a ledger")
            }
            if !isSaid { Standard.error("waiting for process \(holder), which has the ledger in \(folder.path)") }
            isSaid = true
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        throw CommandFailure(
            .failed, "process \(LedgerLock.holder(folder)) has had the ledger in \(folder.path) for \(servePatience) and does not serve it: end it first")
    }

    /// Takes the lock for `restore`: a ledger in use is not exchanged.
    static func lockToRestore(_ folder: MigrationFolder) async throws -> LedgerLock {
        let deadline = ContinuousClock.now + patience
        repeat {
            if try isServed(folder) { break }
            if let lock = try LedgerLock.take(folder) { return lock }
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        throw CommandFailure(
            .failed, "the ledger in \(folder.path) is in use by process \(LedgerLock.holder(folder)): stop the coordinator before restoring")
    }

    /// The user at the command line, for the chain of events.
    static var person: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid-\(geteuid())" }

    private static func inProcess<Result: Sendable>(
        _ configuration: CoordinatorConfiguration, _ lock: LedgerLock, _ body: @Sendable (any OperationRunner) async throws -> Result
    ) async throws -> Result {
        let office = try Office(configuration, lock: lock)
        do {
            let result = try await body(LocalRunner(desk: office.desk.asked(by: person)))
            await office.close()
            return result
        } catch {
            await office.close()
            throw error
        }
    }

    private static func overSocket<Result: Sendable>(
        _ folder: MigrationFolder, _ body: @Sendable (any OperationRunner) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            let result = try await body(SocketRunner(client: client, socket: folder.socket, person: person))
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// Whether somebody accepts connections at the socket.
    private static func isServed(_ folder: MigrationFolder) throws(CommandFailure) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(folder.socket.utf8)
        try checkSocketPath(folder)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    /// Refuses a folder whose path is too long for the system's socket addresses.
    static func checkSocketPath(_ folder: MigrationFolder) throws(CommandFailure) {
        guard folder.socket.utf8.count < ConsoleServer.socketPathLimit else {
            throw CommandFailure(
                .usage,
                """
                \(folder.socket) is \(folder.socket.utf8.count) bytes long; a socket's path has at most \
                \(ConsoleServer.socketPathLimit - 1): choose a folder with a shorter path
                """)
        }
    }
}

/// Carries out operations, wherever the engine is.
protocol OperationRunner: Sendable {
    func run<Asked: ConsoleOperation>(_ operation: Asked) async throws -> Asked.Output
}

extension OperationRunner {
    /// All rows of a list, page by page.
    func all<Asked: ListOperation>(_ operation: Asked) async throws -> [Asked.Output.Row] {
        var operation = operation
        var rows: [Asked.Output.Row] = []
        repeat {
            let page = try await run(operation)
            rows += page.rows
            operation.after = page.next
        } while operation.after != nil
        return rows
    }
}

/// Carries out operations in this process.
struct LocalRunner: OperationRunner {
    let desk: Desk

    func run<Asked: ConsoleOperation>(_ operation: Asked) async throws -> Asked.Output {
        do {
            return try await operation.perform(at: desk)
        } catch let error as OperationError {
            throw CommandFailure(.failed, error.message)
        }
    }
}

internal import Dispatch
internal import Glibc
internal import Subprocess

/// One child process of the codec's. It lives until it is ended, or is dropped.
final class CodecChild: Sendable {
    /// Our end of the only file that the child has: a socket, since writing to a pipe that nobody reads would signal this program.
    private let connection: Int32
    private let life: Task<TerminationStatus, any Error>
    /// A thread that may wait for the child. Tasks do not wait for one another on it.
    private let queue = DispatchQueue(label: "codec")

    /// Starts the child. That it cannot be started is told by `end`.
    ///
    /// Throws `PixelCodecError` of code `codec-unavailable`.
    init(program: String, arguments: [String]) throws(PixelCodecError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw PixelCodecError(.codecUnavailable, "No connection to a codec can be made: error \(errno)")
        }
        connection = ends[0]
        life = Task { [theirs = ends[1]] in try await Self.live(program, arguments, connection: theirs) }
    }

    deinit {
        life.cancel()
        close(connection)
    }

    /// What the child answers to a request. When the task is cancelled the child is ended, whatever it does.
    func answer(to request: CodecRequest, _ payload: [UInt8], within wait: Duration) async -> Result<CodecReply, CodecExchange.Failure> {
        let deadline = ContinuousClock.now + wait
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { [self] in
                    let exchange = CodecExchange(connection: connection, deadline: deadline)
                    continuation.resume(returning: exchange.answer(to: request, payload))
                }
            }
        } onCancel: {
            life.cancel()
        }
    }

    /// Ends the child: one that waits for a request has nothing to lose, and whatever else it does has lost its purpose. Gives how it ended, or
    /// why it could not be started.
    func end() async -> Result<TerminationStatus, any Error> {
        life.cancel()
        return await life.result
    }

    /// Runs the program to its end, or kills it when the task is cancelled. It has the connection and nothing else: its messages could name what
    /// is in the image, and go nowhere.
    private static func live(_ program: String, _ arguments: [String], connection: Int32) async throws -> TerminationStatus {
        var isOurs = true
        defer { if isOurs { close(connection) } }
        return try await Subprocess.run(
            .path(.init(program)), arguments: Arguments(arguments), environment: environment,
            input: .fileDescriptor(.init(rawValue: connection), closeAfterSpawningProcess: false),
            output: .fileDescriptor(.init(rawValue: connection), closeAfterSpawningProcess: false),
            error: .discarded
        ) { _ in
            // The child has it now: with the child it ends.
            close(connection)
            isOurs = false
        }.terminationStatus
    }

    /// What the program needs to find its libraries, and nothing that this program was told.
    private static var environment: Environment {
        var variables: [Environment.Key: String] = [:]
        variables["LD_LIBRARY_PATH"] = getenv("LD_LIBRARY_PATH").map { String(cString: $0) }
        variables["PATH"] = getenv("PATH").map { String(cString: $0) }
        return .custom(variables)
    }
}

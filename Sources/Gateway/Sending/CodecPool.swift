internal import NIOPosix
internal import PixelCodec
internal import Synchronization

/// Codecs for a number of objects at a time, each with a child process: who comes when all are taken waits for his turn. The work around the
/// codecs, of which an object may need minutes, has as many threads of its own: nothing else waits for it.
final class CodecPool: Sendable {
    /// A codec's process is for one task at a time: one takes it out, and puts it back when it is done with it.
    private struct Codec: @unchecked Sendable {
        let process: CodecProcess
    }

    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Codec, any Error>
    }

    private struct State {
        var idle: [Codec]
        var waiters: [Waiter] = []
        var nextTicket = 0
    }

    private let state: Mutex<State>
    private let threads: Threads

    /// So many codecs as `program` runs them.
    init(program: String, count: Int) {
        state = Mutex(State(idle: (0..<count).map { _ in Codec(process: CodecProcess(program: program)) }))
        threads = Threads(count: count)
    }

    /// Does a work with a codec that nobody else has meanwhile. Throws `CancellationError` when its task is cancelled before its turn comes, and what
    /// the work throws.
    func withCodec<Result: Sendable>(_ work: @Sendable (CodecProcess) async throws -> Result) async throws -> Result {
        let codec = try await take()
        defer { putBack(codec) }
        return try await withTaskExecutorPreference(threads) { try await work(codec.process) }
    }

    private func take() async throws -> Codec {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(ticket: ticket, continuation: continuation)
                if let turn = state.withLock({ Self.turn(of: waiter, &$0) }) { continuation.resume(with: turn) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// A codec, or that there is to be none; `nil`: later.
    private static func turn(of waiter: Waiter, _ state: inout State) -> Result<Codec, any Error>? {
        guard !Task.isCancelled else { return .failure(CancellationError()) }
        guard let codec = state.idle.popLast() else {
            state.waiters.append(waiter)
            return nil
        }
        return .success(codec)
    }

    private func putBack(_ codec: Codec) {
        let next = state.withLock { state -> Waiter? in
            guard state.waiters.isEmpty else { return state.waiters.removeFirst() }
            state.idle.append(codec)
            return nil
        }
        next?.continuation.resume(returning: codec)
    }
}

/// Threads on which tasks go on between their waits.
private final class Threads: TaskExecutor {
    private let pool: NIOThreadPool

    init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    // Never waited for: the last user may be on one of them.
    deinit { pool.shutdownGracefully { _ in } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { [self] _ in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

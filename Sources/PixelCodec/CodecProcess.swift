internal import Glibc
internal import Subprocess

/// The codec in a child process of its own, made when it is first needed and anew after it was lost. A frame that crashes it, or
/// takes more than `CodecLimits`, costs that frame. For one task at a time; the child is gone with it.
public final class CodecProcess {
    private let program: String
    private let arguments: [String]
    private let limits: CodecLimits
    private var child: CodecChild?

    /// The codec as `program` runs it when it is called with `arguments`; as they stand: this program's own `codec` command.
    public init(program: String = "/proc/self/exe", arguments: [String]? = nil, limits: CodecLimits = .standard) {
        self.program = program
        self.limits = limits
        self.arguments = arguments ?? [
            "codec", "--memory", String(limits.memoryByteCount), "--seconds", String(limits.processorSeconds),
        ]
    }

    /// Does a work with a codec of its own, whose child is gone when this returns: a program that ends then leaves nothing behind. Throws what
    /// the work throws.
    public static func use<Result>(_ work: (CodecProcess) async throws -> Result) async throws -> Result {
        let codec = CodecProcess()
        do {
            let result = try await work(codec)
            await codec.end()
            return result
        } catch {
            await codec.end()
            throw error
        }
    }

    /// Ends the child, if there is one, and waits until it is gone. The next frame has another.
    func end() async {
        _ = await child?.end()
        child = nil
    }

    /// Compresses or decodes one frame.
    ///
    /// Throws `PixelCodecError` of code `codec-failed`, `codec-unavailable`, `codec-crashed`, `codec-timeout` or `limit`; `CancellationError` when its task
    /// is cancelled, for which the child does not go on.
    func run(
        _ operation: CodecRequest.Operation, _ family: Compression.Family, _ shape: FrameShape, _ payload: [UInt8]
    ) async throws -> [UInt8] {
        guard payload.count <= PixelCodecLimits.maximumStreamByteCount else {
            throw PixelCodecError(.limit, "A frame of \(payload.count) bytes is above \(PixelCodecLimits.maximumStreamByteCount)")
        }
        try Task.checkCancellation()
        let request = CodecRequest(operation, family, shape, payloadByteCount: payload.count)
        var child = try self.child ?? CodecChild(program: program, arguments: arguments)
        var answer = await child.answer(to: request, payload, within: limits.wait)
        if case .failure(.absent) = answer, self.child != nil {
            // It has ended since its last frame, which is no fault of this one's.
            child = try CodecChild(program: program, arguments: arguments)
            answer = await child.answer(to: request, payload, within: limits.wait)
        }
        self.child = nil
        switch answer {
        case _ where Task.isCancelled:
            _ = await child.end()
            throw CancellationError()
        case .failure(let failure): throw error(failure, await child.end())
        case .success(let reply):
            self.child = child
            guard reply.isDone else {
                throw PixelCodecError(.codecFailed, "The codec refuses a frame: \(String(decoding: reply.payload, as: UTF8.self))")
            }
            return reply.payload
        }
    }

    private func error(_ failure: CodecExchange.Failure, _ end: Result<TerminationStatus, any Error>) -> PixelCodecError {
        switch (failure, end) {
        case (.late, _): return PixelCodecError(.codecTimeout, "The codec has not answered for \(limits.wait)")
        case (_, .success(.signaled(SIGXCPU))):
            return PixelCodecError(.codecTimeout, "The codec took more than \(limits.processorSeconds) s of processor time for a frame")
        case (_, .success(.signaled(let signal))): return PixelCodecError(.codecCrashed, "The codec's process ended by signal \(signal)")
        case (_, .success(.exited(let status))): return PixelCodecError(.codecCrashed, "The codec's process ended with status \(status)")
        case (_, .failure(let error)):
            let number = (error as? SubprocessError)?.underlyingError.map { "error \($0.rawValue)" }
            return PixelCodecError(.codecUnavailable, "The codec's program cannot be started: \(number ?? "\(error)")")
        }
    }
}

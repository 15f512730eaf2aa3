internal import CGDCM
internal import Glibc

/// The codec in a child process of its own, made when it is first needed and anew after it was lost. A frame that crashes it, or
/// takes more than `CodecLimits`, costs that frame. For one thread at a time.
public final class CodecProcess {
    private struct Child {
        let id: pid_t
        let connection: Int32
    }

    private let program: String
    private let arguments: [String]
    private let limits: CodecLimits
    private var child: Child?

    /// The codec as `program` runs it when it is called with `arguments`; as they stand: this program's own `codec` command.
    public init(program: String = "/proc/self/exe", arguments: [String]? = nil, limits: CodecLimits = .standard) {
        self.program = program
        self.limits = limits
        self.arguments = arguments ?? [
            "codec", "--memory", String(limits.memoryByteCount), "--seconds", String(limits.processorSeconds),
        ]
    }

    deinit { end() }

    /// Compresses or decodes one frame.
    ///
    /// Throws `PixelCodecError` of code `codec-failed`, `codec-crashed`, `codec-timeout` or `limit`.
    func run(
        _ operation: CodecRequest.Operation, _ family: Compression.Family, _ shape: FrameShape, _ payload: [UInt8]
    ) throws(PixelCodecError) -> [UInt8] {
        guard payload.count <= PixelCodecLimits.maximumStreamByteCount else {
            throw PixelCodecError(.limit, "A frame of \(payload.count) bytes is above \(PixelCodecLimits.maximumStreamByteCount)")
        }
        let child = try running()
        let exchange = Exchange(connection: child.connection, deadline: .now + limits.wait)
        do throws(Exchange.Failure) {
            let request = CodecRequest(operation, family, shape, payloadByteCount: payload.count)
            try exchange.send(request.bytes)
            try exchange.send(payload)
            let head = try exchange.receive(CodecReply.byteCount)
            let reply = CodecReply(isDone: head[0] == 0, payload: try exchange.receive(try Self.length(head)))
            guard reply.isDone else { return try refused(reply) }
            return reply.payload
        } catch {
            throw lost(error)
        }
    }

    private func refused(_ reply: CodecReply) throws(Exchange.Failure) -> [UInt8] {
        throw .refused(String(decoding: reply.payload, as: UTF8.self))
    }

    /// The child is not trusted: it does not say how much memory is taken here.
    private static func length(_ head: [UInt8]) throws(Exchange.Failure) -> Int {
        let count = Int(head.uint32(at: 4))
        guard count <= PixelCodecLimits.maximumStreamByteCount else { throw .closed }
        return count
    }

    private func lost(_ failure: Exchange.Failure) -> PixelCodecError {
        switch failure {
        case .refused(let reason): return PixelCodecError(.codecFailed, "The codec refuses a frame: \(reason)")
        case .late:
            _ = end()
            return PixelCodecError(.codecTimeout, "The codec has not answered for \(limits.wait)")
        case .closed:
            let status = end() ?? 0
            let signal = status & 0x7F
            guard signal != SIGXCPU else {
                return PixelCodecError(.codecTimeout, "The codec took more than \(limits.processorSeconds) s of processor time for a frame")
            }
            let how = signal == 0 ? "with status \(status >> 8 & 0xFF)" : "by signal \(signal)"
            return PixelCodecError(.codecCrashed, "The codec's process ended \(how)")
        }
    }

    /// Ends the child, if there is one; gives its wait status.
    @discardableResult private func end() -> Int32? {
        guard let child else { return nil }
        self.child = nil
        // One that waits for a request ends by itself; whatever else it does has lost its purpose.
        close(child.connection)
        kill(child.id, SIGKILL)
        var status: Int32 = 0
        while waitpid(child.id, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private func running() throws(PixelCodecError) -> Child {
        if let child { return child }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw PixelCodecError(.limit, "No connection to a codec can be made: error \(errno)")
        }
        defer { close(ends[1]) }
        var id: pid_t = 0
        let fault = spawn(&id, connection: ends[1])
        guard fault == 0 else {
            close(ends[0])
            throw PixelCodecError(.codecFailed, "The codec's program cannot be started: error \(fault)")
        }
        let child = Child(id: id, connection: ends[0])
        self.child = child
        return child
    }

    /// The child has the connection and nothing else: its messages could name what is in the image, and go nowhere.
    private func spawn(_ id: inout pid_t, connection: Int32) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, connection, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, connection, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        _ = cgdcm_close_from(&actions, STDERR_FILENO + 1)
        let words = Self.list([program] + arguments)
        let environment = Self.list(["LD_LIBRARY_PATH", "PATH"].compactMap { (name: String) -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        })
        defer { for word in words + environment { free(word) } }
        var attributes = Self.signalsByDefault()
        defer { posix_spawnattr_destroy(&attributes) }
        return posix_spawn(&id, program, &actions, &attributes, words, environment)
    }

    /// Threads of this program block nearly all signals, and a child inherits that: the end of its processor time would not reach it.
    private static func signalsByDefault() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGXCPU)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        return attributes
    }

    /// Strings as C takes them, and a null behind them.
    private static func list(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        words.map { word -> UnsafeMutablePointer<CChar>? in strdup(word) } + [nil]
    }
}

/// Bytes to and from the child until a moment.
private struct Exchange {
    enum Failure: Error {
        case late
        case closed
        case refused(String)
    }

    let connection: Int32
    let deadline: ContinuousClock.Instant

    func send(_ bytes: [UInt8]) throws(Failure) {
        var place = 0
        while place < bytes.count {
            try wait(for: POLLOUT)
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress! + place, bytes.count - place, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 || errno == EINTR || errno == EAGAIN else { throw .closed }
            place += max(0, count)
        }
    }

    func receive(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var place = 0
        while place < count {
            try wait(for: POLLIN)
            let got = bytes.withUnsafeMutableBytes {
                recv(connection, $0.baseAddress! + place, count - place, Int32(MSG_DONTWAIT))
            }
            guard got > 0 || got < 0 && (errno == EINTR || errno == EAGAIN) else { throw .closed }
            place += max(0, got)
        }
        return bytes
    }

    private func wait(for event: Int32) throws(Failure) {
        while true {
            let rest = deadline - .now
            guard rest > .zero else { throw .late }
            var entry = pollfd(fd: connection, events: Int16(event), revents: 0)
            let milliseconds = min(Int64(Int32.max), Int64(rest / .milliseconds(1)) + 1)
            let count = poll(&entry, 1, Int32(milliseconds))
            if count > 0 { return }
            guard count == 0 || errno == EINTR else { throw .closed }
        }
    }
}

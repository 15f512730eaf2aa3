internal import Glibc

/// A request and its answer, over a socket, until a moment. It waits.
struct CodecExchange {
    enum Failure: Error {
        /// The child was gone before it was asked.
        case absent
        /// The child has gone, or says what is no answer.
        case closed
        case late
    }

    let connection: Int32
    let deadline: ContinuousClock.Instant

    func answer(to request: CodecRequest, _ payload: [UInt8]) -> Result<CodecReply, Failure> {
        Result { () throws(Failure) in
            do throws(Failure) { try send(request.bytes) } catch { throw error == .closed ? .absent : error }
            try send(payload)
            let head = try receive(CodecReply.byteCount)
            return CodecReply(isDone: head[0] == 0, payload: try receive(try Self.length(head)))
        }
    }

    /// The child is not trusted: it does not say how much memory is taken here.
    private static func length(_ head: [UInt8]) throws(Failure) -> Int {
        let count = Int(head.uint32(at: 4))
        guard count <= PixelCodecLimits.maximumStreamByteCount else { throw .closed }
        return count
    }

    private func send(_ bytes: [UInt8]) throws(Failure) {
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

    private func receive(_ count: Int) throws(Failure) -> [UInt8] {
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

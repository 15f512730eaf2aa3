internal import NIOCore
internal import NIOPosix

extension Association {
    /// Sends a command without a data set.
    func send(_ command: CommandSet, contextID: UInt8) async throws {
        var bytes = ByteBuffer()
        MessageWriter(contextID: contextID, maximumPDULength: maximumPDULengthSent).write(command, into: &bytes)
        try await value(of: beginWriting(bytes))
    }

    /// A command with its data set; its first buffer is being read from the moment that this exists.
    struct OutgoingMessage: Sendable {
        fileprivate let writer: MessageWriter
        fileprivate let content: any ObjectContent
        fileprivate let first: EventLoopFuture<Filled>
    }

    /// A buffer, and the offset in the data set after its last byte.
    fileprivate struct Filled: Sendable {
        let buffer: ByteBuffer
        let offset: Int64
    }

    /// Begins to read what is to be sent; nothing is sent yet.
    func begin(_ command: CommandSet, with content: any ObjectContent, contextID: UInt8) -> OutgoingMessage {
        let writer = MessageWriter(contextID: contextID, maximumPDULength: maximumPDULengthSent)
        var first = ByteBuffer()
        writer.write(command, into: &first)
        return OutgoingMessage(writer: writer, content: content, first: fill(first, writer, content, from: 0))
    }

    /// Sends a command and its data set; the next buffer is read while the one before is on its way.
    ///
    /// Content that cannot be read aborts the association and is thrown as `NetworkError.contentFailed`.
    func send(_ message: OutgoingMessage) async throws {
        let byteCount = message.content.byteCount
        var filled = try await content(of: message.first)
        while filled.offset < byteCount {
            let written = beginWriting(filled.buffer)
            do {
                filled = try await content(of: fill(ByteBuffer(), message.writer, message.content, from: filled.offset))
            } catch {
                try? await value(of: written)
                throw error
            }
            try await value(of: written)
        }
        try await value(of: beginWriting(filled.buffer))
    }

    private func fill(
        _ buffer: ByteBuffer, _ writer: MessageWriter, _ content: any ObjectContent, from offset: Int64
    ) -> EventLoopFuture<Filled> {
        NIOThreadPool.singleton.runIfActive(eventLoop: channel.eventLoop) {
            var buffer = buffer
            buffer.reserveCapacity(minimumWritableBytes: writer.capacity(forRemaining: content.byteCount - offset))
            let end = try writer.write(content, from: offset, into: &buffer)
            return Filled(buffer: buffer, offset: end)
        }
    }

    private func content(of filled: EventLoopFuture<Filled>) async throws -> Filled {
        do {
            return try await value(of: filled)
        } catch let error as NetworkError where error.code == .cancelled {
            throw error
        } catch {
            throw fault(.contentFailed, "the object's bytes could not be read: \(Self.reason(of: error))")
        }
    }

    /// The words of an error that vouches for them; of another one its type only: a path, for one, may bear a patient's name.
    private static func reason(of error: any Error) -> String {
        switch error {
        case let error as any ContentFailure: error.reason
        case let error as NetworkError: error.message
        default: "\(type(of: error))"
        }
    }

    private func beginWriting(_ bytes: ByteBuffer) -> EventLoopFuture<Void> {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        // A peer that is busy with what was sent before reads nothing meanwhile: it has the time that it has for an answer.
        let isBusy = unansweredStores.count > 1
        handler.write(bytes, within: isBusy ? max(timeouts.writing, timeouts.response) : timeouts.writing, promise)
        return promise.futureResult
    }

    /// The future's value, awaited without leaving the event loop; cancelling the task aborts the association.
    ///
    /// The association's own failure, where there is one, tells more than the broken connection.
    private func value<Value: Sendable>(of future: EventLoopFuture<Value>) async throws -> Value {
        do {
            return try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    future.whenComplete { continuation.resume(with: $0) }
                }
            } onCancel: {
                let handler = boundHandler
                channel.eventLoop.execute { handler.value.abort(Self.cancellation) }
            }
        } catch {
            throw handler.failure ?? error
        }
    }

    /// Waits for the next command: a response to this request, or a request that the operation allows.
    ///
    /// - Throws: `NetworkError.violation`, and aborts, for anything else.
    func nextCommand(
        _ kinds: [CommandSet.Kind], respondingTo messageID: UInt16, awaiting what: String
    ) async throws -> (command: CommandSet, contextID: UInt8) {
        try await nextCommand(kinds, respondingTo: [messageID], awaiting: what)
    }

    /// The same where a response may answer any of several requests.
    func nextCommand(
        _ kinds: [CommandSet.Kind], respondingTo messageIDs: Set<UInt16>, awaiting what: String
    ) async throws -> (command: CommandSet, contextID: UInt8) {
        let arrival = try await next(awaiting: what, within: timeouts.response)
        guard case .part(.command(let command, let contextID)) = arrival, let kind = command.kind, kinds.contains(kind) else {
            throw fault(.violation, "the peer sent something else where a \(what) must come")
        }
        if kind.isResponse {
            let answered = command[.messageIDBeingRespondedTo] ?? 0
            guard messageIDs.contains(answered) else {
                let expected = messageIDs.sorted().map(String.init).joined(separator: ", ")
                throw fault(.violation, "the \(what) answers message \(answered) instead of \(expected)")
            }
            guard command.status != nil else { throw fault(.violation, "the \(what) has no status (0000,0900)") }
        }
        return (command, contextID)
    }

    /// The next fragment of a data set that brings something: empty ones are passed over, and do not lengthen the wait.
    func nextFragment(of what: String) async throws -> (bytes: ByteBuffer, isLast: Bool) {
        let end = ContinuousClock.now + timeouts.response
        while true {
            guard case .part(.data(let bytes, let isLast)) = try await next(awaiting: what, within: end - .now) else {
                throw fault(.violation, "the peer ended the association in the midst of a data set (\(what))")
            }
            if isLast || bytes.readableBytes > 0 { return (bytes, isLast) }
            guard ContinuousClock.now < end else {
                throw fault(.timedOut, "nothing but empty fragments of a \(what) within \(timeouts.response)")
            }
        }
    }

    /// A whole data set of bounded length: an identifier.
    func dataSet(of what: String, limit: Int) async throws -> ByteBuffer {
        var bytes = ByteBuffer()
        while true {
            var fragment = try await nextFragment(of: what)
            bytes.writeBuffer(&fragment.bytes)
            guard bytes.readableBytes <= limit else {
                throw fault(.limitExceeded, "the data set of a \(what) has more than \(limit) bytes")
            }
            if fragment.isLast { return bytes }
        }
    }
}

/// Why an object's content cannot be read, in words that identify no patient: what is thrown by content and may be told on.
public protocol ContentFailure: Error {
    /// The words.
    var reason: String { get }
}

extension CommandSet.Kind {
    var isResponse: Bool { rawValue & CommandSet.responseBit != 0 }
}

extension CommandSet {
    /// PS3.7 §E.1: the highest bit of the command field tells a response from a request.
    static let responseBit: UInt16 = 0x8000
}

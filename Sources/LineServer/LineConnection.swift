import Coordination
import LineProtocol
import Logging
import Migration
import NIOCore
import NIOSSL
import NIOTLS
import Trust

/// One connection of the line: TLS has been spoken before it in the pipeline.
///
/// Reads no further while too much waits for replies, or while the peer does not take them.
final class LineConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: LineService
    /// The fingerprint of the authority whose certificate is shown on this connection.
    private let authority: String
    private let codec = LineCodec()
    private var framer = LineFramer()
    private var replies = ReplyQueue()
    private var session: LineSession?
    private var isReadWanted = false
    /// Whether lines that were read wait for their turn; nothing more is read meanwhile.
    private var isTurnAwaited = false
    private var isClosed = false
    /// Whether we have said that we close: nothing of it is carried out any more, though it may last until the peer has answered.
    private var isLeaving = false
    private var timing = ConnectionTiming(now: .now())
    private var certificate: PeerCertificate?
    private var logger: Logger

    init(service: LineService, authority: String) {
        self.service = service
        self.authority = authority
        logger = service.logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        logger[metadataKey: "peer"] = "\(peer(context))"
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        logger.debug("connection closed")
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ConnectionInspection { return inspect(context) }
        if case .handshakeCompleted = event as? TLSUserEvent { identify(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        service.strangers.failed(peer(context), "\(error)")
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        framer.append(&bytes)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        takeLines(context)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        takeLines(context)
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if mayTakeMore(context), !isTurnAwaited { context.read() } else { isReadWanted = true }
    }
}

// MARK: - Lines in

extension LineConnection {
    private func mayTakeMore(_ context: ChannelHandlerContext) -> Bool {
        replies.count < LineLimits.pipelinedRequests && replies.waitingBytes < ConnectionLimits.waitingBytes
            && context.channel.isWritable && session?.mayGoOn != false
    }

    /// Takes the lines of one turn; then the other connections of this event loop have theirs.
    private func takeLines(_ context: ChannelHandlerContext) {
        var rest = ConnectionLimits.linesInATurn
        var hasMore = session != nil
        while hasMore, rest > 0, !isClosed, !isLeaving, mayTakeMore(context) {
            guard let frame = framer.next() else {
                hasMore = false
                break
            }
            rest -= 1
            timing.lineCame(at: .now())
            guard !timing.hasSaidTooMuch else {
                return closeNow(context, "more than \(ConnectionLimits.strangerLines) lines from a peer without a certificate")
            }
            take(frame, context)
        }
        sendReplies(context)
        guard !isClosed, !isLeaving, mayTakeMore(context) else { return }
        if hasMore {
            takeNextTurn(context)
        } else if isReadWanted {
            isReadWanted = false
            context.read()
        }
    }

    private func takeNextTurn(_ context: ChannelHandlerContext) {
        guard !isTurnAwaited else { return }
        isTurnAwaited = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // Not `execute`: an event loop runs what it is given until nothing is left, before it looks at its sockets again.
        context.eventLoop.scheduleTask(in: ConnectionLimits.turnPause) {
            let (connection, context) = bound.value
            connection.isTurnAwaited = false
            if !connection.isClosed { connection.takeLines(context) }
        }
    }

    private func take(_ frame: LineFramer.Frame, _ context: ChannelHandlerContext) {
        switch frame {
        case .tooLong:
            let ticket = replies.enter(byteCount: 0)
            let message = "a line has at most \(LineLimits.lineByteCount) bytes, LF included; this one was longer and was skipped"
            replies.fill(ticket, with: .error(LineError(.lineTooLong, message)))
        case .line(let bytes):
            let ticket = replies.enter(byteCount: bytes.count)
            do {
                carryOut(try codec.decodeRequest(bytes), bytes, ticket, context)
            } catch {
                replies.fill(ticket, with: .error(error))
            }
        }
    }

    private func carryOut(_ request: Request, _ bytes: [UInt8], _ ticket: Int, _ context: ChannelHandlerContext) {
        if let superseded { return replies.fill(ticket, with: .error(superseded)) }
        guard let step = session?.receive(request) else { return }
        switch step {
        case .reply(let reply): replies.fill(ticket, with: reply)
        case .authority: replies.fill(ticket, with: service.authorityReply)
        case .enrol(let body): service.enrol(body, under: authority, whenDone: answer(request.verb, ticket, context))
        case .renew(let identity, let body):
            guard let certificate else { return }
            service.renew(body, of: identity, with: certificate, whenDone: answer(request.verb, ticket, context))
        case .preview(let identity, let body): service.take(body, of: identity, whenDone: answer(request.verb, ticket, context))
        case .engine(let identity, let request):
            let json = bytes.drop { $0 != UInt8(ascii: " ") }.dropFirst()
            let whenDone = answer(request.verb, ticket, context)
            service.engine.submit(.line(identity, request, payloadDigest: Digest.sha256(json))) { whenDone($0.asReply) }
        }
    }

    /// What is said of every line once the worker has spoken with a newer certificate than this connection's: who says it has a copy of the old key, or a
    /// connection that was given up.
    private var superseded: LineError? {
        guard let certificate, service.authorities.register.isSuperseded(certificate) else { return nil }
        return LineError(
            .certificateSuperseded,
            """
            this worker has spoken with a newer certificate since. If it was not this machine, its key was copied: revoke the worker and invite \
            it anew
            """)
    }

    /// The way of an answer from the engine's thread to its place in the queue.
    private func answer(_ verb: Verb, _ ticket: Int, _ context: ChannelHandlerContext) -> @Sendable (Reply) -> Void {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        return { reply in
            loop.execute {
                let (connection, context) = bound.value
                guard !connection.isClosed else { return }
                connection.session?.answered(verb, with: reply)
                connection.replies.fill(ticket, with: connection.noted(reply))
                connection.takeLines(context)
            }
        }
    }
}

// MARK: - Replies out

extension LineConnection {
    /// The answer to a `HELLO` says that older certificates are refused from now on: it is one only when that is written.
    private func noted(_ reply: Reply) -> Reply {
        if case .hello = reply, let certificate, let fault = service.noteSpoken(certificate) { return .error(fault) }
        return completed(reply)
    }

    /// The engine knows no certificates and no keys: what comes of them is added here.
    private func completed(_ reply: Reply) -> Reply {
        switch reply {
        case .beat(let beat): .beat(withOrders(beat))
        case .hello(let hello): .hello(greeted(hello))
        case .authority, .enrol, .medium, .inventory, .lease, .result, .renew, .preview, .members, .stale, .error: reply
        }
    }

    private func withOrders(_ beat: BeatReply) -> BeatReply {
        var beat = beat
        if session?.mayRenew == true, let certificate, service.ordersRenewal(of: certificate) { beat.orders.append(.renew) }
        if session?.makesPreviews == true, case .worker(_, let identity)? = session?.peer {
            beat.orders += service.previews.orders(for: identity.uuid, at: SystemClock.reading())
        }
        return beat
    }

    private func greeted(_ hello: HelloReply) -> HelloReply {
        guard hello.version >= LineLimits.stagingVersion, case .worker(_, let identity)? = session?.peer else { return hello }
        service.previews.greeted(identity.uuid)
        var hello = hello
        hello.staging = service.staging.staging(for: identity)
        return hello
    }

    private func sendReplies(_ context: ChannelHandlerContext) {
        var isAnyWritten = false
        while !isClosed, let reply = replies.next() {
            context.write(wrapOutboundOut(encode(reply)), promise: nil)
            isAnyWritten = true
        }
        if isAnyWritten { context.flush() }
    }

    private func encode(_ reply: Reply) -> ByteBuffer {
        if let bytes = try? codec.encode(reply), bytes.count < LineLimits.lineByteCount {
            var line = ByteBufferAllocator().buffer(capacity: bytes.count + 1)
            line.writeBytes(bytes)
            line.writeInteger(UInt8(ascii: "\n"))
            return line
        }
        logger.error("a reply does not fit into a line")
        return ByteBuffer(string: "ERR {\"code\":\"internal\",\"message\":\"the reply does not fit into a line\"}\n")
    }
}

// MARK: - Who and how long

extension LineConnection {
    private func identify(_ context: ChannelHandlerContext) {
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        guard let shown = handler?.peerCertificate else {
            session = LineSession(peer: .stranger)
            return timing.became(.stranger)
        }
        certificate = try? PeerCertificate(verified: shown)
        // A resumed TLS session shows the certificate of its beginning, which may have ended since.
        if let certificate, let fault = service.authorities.fault(of: certificate, at: SystemClock.reading()) {
            return closeNow(context, fault)
        }
        // Who has a superseded certificate is answered, but is counted among the strangers: a thief's connections push out none of the worker's own.
        if let certificate, case .worker(let name, let identity)? = certificate.role, superseded == nil {
            logger[metadataKey: "worker"] = "\(name)"
            session = LineSession(peer: .worker(name: name, identity: identity))
            timing.became(.worker)
            service.register.isKnown(context.channel, as: identity)
            service.authorities.noteShown(certificate)
        } else {
            session = LineSession(peer: .other)
            timing.became(.stranger)
        }
        logger.debug("connection secured")
    }

    private func inspect(_ context: ChannelHandlerContext) {
        guard !isClosed, !isLeaving, let reason = reasonToClose else { return }
        closeNow(context, reason)
    }

    private var reasonToClose: String? {
        timing.overdue(at: .now()) ?? certificate.flatMap { service.authorities.fault(of: $0, at: SystemClock.reading()) }
    }

    private func closeNow(_ context: ChannelHandlerContext, _ reason: String) {
        if case .worker? = session?.peer {
            logger.info("connection closed by us", metadata: ["reason": "\(reason)"])
        } else {
            service.strangers.closed(peer(context), reason)
        }
        isLeaving = true
        context.close(promise: nil)
    }

    private func peer(_ context: ChannelHandlerContext) -> String { context.remoteAddress?.description ?? "unknown" }
}

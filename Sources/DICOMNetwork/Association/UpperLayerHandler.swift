internal import Glibc
internal import NIOCore
internal import NIOTLS

/// The shell around the association machine on one connection: bytes to PDUs, effects to writes, timers and arrivals.
///
/// Confined to its channel's event loop, as every channel handler is.
final class UpperLayerHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the association waits for after it was established.
    enum Arrival: Sendable {
        case part(MessagePart)
        case released
    }

    /// Which end of the association we are.
    enum Side {
        case requestor(AssociateRequest)
        case acceptor(@Sendable (AssociateRequest) -> AssociateAnswer)
    }

    /// What both ends have agreed on.
    struct Established: Sendable {
        let request: AssociateRequest
        let accept: AssociateAccept
    }

    private let side: Side
    private let timeouts: AssociationTimeouts
    private let words: TransportWords
    private let established: EventLoopPromise<Established>
    private var machine: AssociationMachine
    /// The peer's request, once it has come, and what it is answered with.
    private var requested: AssociateRequest?
    private var answer = AssociateAnswer.reject(.protocolVersionNotSupported)
    private var assembler = MessageAssembler()
    private var inbox = Inbox()
    private var received = ByteBuffer()
    private var unflushedWrites = 0
    private var negotiationTimer: Scheduled<Void>?
    private var artimTimer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    /// After an invalid PDU nothing that follows has a meaning, and none of it is kept.
    private var isDeaf = false
    /// Whether TLS was agreed on.
    private var isSecured = false

    /// Why the association ended, once it has.
    private(set) var failure: NetworkError?

    /// The promise is completed with what was agreed on, or with why nothing was.
    init(_ side: Side, timeouts: AssociationTimeouts, words: TransportWords, established: EventLoopPromise<Established>) {
        self.side = side
        self.timeouts = timeouts
        self.words = words
        self.established = established
        machine =
            switch side {
            case .requestor: AssociationMachine(role: .requestor)
            case .acceptor: AssociationMachine(role: .acceptor)
            }
    }

    // MARK: From the association

    /// An arrival that is there already, or nil. Throws the association's failure when nothing more will come.
    func nextArrival() throws(NetworkError) -> Arrival? {
        if let arrival = inbox.removeFirst() {
            if inbox.mayRead, inbox.isReadHeld {
                inbox.isReadHeld = false
                context?.read()
            }
            return arrival
        }
        if let failure { throw failure }
        return nil
    }

    /// Gives the next arrival, or the failure, to the continuation; aborts with the error when nothing comes in time. Only to be called when
    /// `nextArrival` gave nil.
    func wait(within limit: Duration, orFail error: NetworkError, _ continuation: CheckedContinuation<Arrival, any Error>) {
        guard let context else {
            continuation.resume(throwing: failure ?? NetworkError(.closed, "the connection is closed"))
            return
        }
        let timer = schedule(limit, on: context) { handler in handler.abort(error) }
        inbox.waiter = Inbox.Waiter(continuation: .strict(continuation), timer: timer)
    }

    /// The same with a wait whose end costs nothing: nil is given when nothing came, or when ``endPatience()`` was called.
    func waitPatiently(within limit: Duration, _ continuation: CheckedContinuation<Arrival?, any Error>) {
        guard let context else {
            continuation.resume(throwing: failure ?? NetworkError(.closed, "the connection is closed"))
            return
        }
        let timer = schedule(limit, on: context) { handler in handler.endPatience() }
        inbox.waiter = Inbox.Waiter(continuation: .patient(continuation), timer: timer)
    }

    /// Ends a wait that may end without an arrival.
    func endPatience() { inbox.endPatience() }

    /// Sends the P-DATA-TFs in the buffer. The promise fails when the peer does not take them in time.
    func write(_ buffer: ByteBuffer, within limit: Duration, _ promise: EventLoopPromise<Void>) {
        guard failure == nil, let context else {
            promise.fail(failure ?? NetworkError(.closed, "the connection is closed"))
            return
        }
        let timer = schedule(limit, on: context) { handler in
            handler.abort(NetworkError(.timedOut, "the peer took no data for \(limit)"))
        }
        unflushedWrites += 1
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in
            timer.cancel()
            this.value.unflushedWrites -= 1
        }
        handle(.dataRequested, sending: buffer, promise: promise)
    }

    /// Sends A-RELEASE-RQ; `released` arrives, or the association fails.
    func release() {
        guard failure == nil, machine.state == .established else { return }
        handle(.releaseRequested)
    }

    /// Ends the association from our side with A-ABORT and makes the error its failure.
    func abort(_ error: NetworkError) {
        guard failure == nil else { return }
        fail(error)
        handle(.abortRequested)
        // Behind bytes that the peer does not take, A-ABORT never leaves, and ARTIM would only delay the end.
        if unflushedWrites > 0 { context?.close(promise: nil) }
    }

    // MARK: From the channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if case .requestor = side { handle(.associateRequested) }
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        switch (side, machine.state) {
        case (.requestor, .awaitingTransportOpen):
            let limit = timeouts.negotiation
            negotiationTimer = schedule(limit, on: context) { handler in
                handler.abort(handler.isUnsecured ? handler.words.silence(limit) : NetworkError(.timedOut, "no answer to A-ASSOCIATE-RQ within \(limit)"))
            }
            handle(.transportConnected)
        case (.acceptor, .idle) where failure == nil: handle(.transportIndicated)
        default: break
        }
    }

    func read(context: ChannelHandlerContext) {
        if inbox.mayRead { context.read() } else { inbox.isReadHeld = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        var incoming = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = incoming } else { received.writeBuffer(&incoming) }
        do throws(NetworkError) {
            while let pdu = try PDU.decode(from: &received) { try take(pdu) }
        } catch {
            isDeaf = true
            let begin = received
            received = ByteBuffer()
            handle(.invalidPDUReceived, error: words.explained(error, by: begin))
        }
        // A fresh buffer for the rest of a PDU: fragments that were handed on are views of the old one.
        received = received.readableBytes == 0 ? ByteBuffer() : ByteBuffer(bytes: received.readableBytesView)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if received.readableBytes > 0 { acknowledgeAtOnce(on: context) }
        context.fireChannelReadComplete()
    }

    /// A peer with Nagle's algorithm (RFC 896), DCMTK as it is installed for one, sends the rest of a PDU only when its beginning is
    /// acknowledged; delayed acknowledgement (RFC 1122 §4.2.3.2) would cost 40 ms for each response. Linux forgets the option (tcp(7),
    /// TCP_QUICKACK) soon, so it is set each time; a socket that does not know it is only slower.
    private func acknowledgeAtOnce(on context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_QUICKACK)), value: 1)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { isSecured = true }
        context.fireUserInboundEventTriggered(event)
    }

    /// Whether the peer owes its part of TLS.
    private var isUnsecured: Bool { words.security != nil && !isSecured }

    /// Whether the peer owes its answer to A-ASSOCIATE-RQ.
    private var isUnanswered: Bool { machine.state == .awaitingAssociateResponse }

    func channelInactive(context: ChannelHandlerContext) {
        let hint = isUnanswered ? " before it answered. \(words.hint(isSecured: isSecured))" : ""
        handle(.transportClosed, error: NetworkError(.closed, "the peer closed the connection\(hint)"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(words.failure(of: error, on: context, hint: isUnanswered ? ". \(words.hint(isSecured: isSecured))" : ""))
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(NetworkError(.closed, "the connection is closed"))
        artimTimer?.cancel()
        self.context = nil
    }

    private func take(_ pdu: PDU) throws(NetworkError) {
        switch pdu {
        case .associateRequest(let request):
            if requested == nil { requested = request }
            handle(
                .associateRequestReceived, isAcceptable: request.protocolVersion & AssociateRequest.versionBit != 0,
                error: Self.unexpected("A-ASSOCIATE-RQ"))
        case .associateAccept(let accept):
            handle(.associateAcceptReceived, accept: accept, error: Self.unexpected("A-ASSOCIATE-AC"))
        case .associateReject(let reject):
            let error = NetworkError(.rejected, "the peer rejected the association: \(reject)", rejection: reject)
            handle(.associateRejectReceived, error: error)
        case .data(let values):
            handle(.dataReceived, error: Self.unexpected("P-DATA-TF"))
            guard failure == nil else { return }
            for value in values {
                if let part = try assembler.take(value) { inbox.append(.part(part)) }
            }
        case .releaseRequest: handle(.releaseRequestReceived, error: Self.unexpected("A-RELEASE-RQ"))
        case .releaseResponse: handle(.releaseResponseReceived, error: Self.unexpected("A-RELEASE-RP"))
        case .abort(let notice):
            handle(.abortReceived, error: NetworkError(.aborted, "the peer aborted the association \(notice)"))
        }
    }

    private static func unexpected(_ pdu: String) -> NetworkError {
        NetworkError(.violation, "\(pdu) at a time when PS3.8 table 9-10 forbids it")
    }

    // MARK: Effects

    /// Feeds the machine and does what it says. Events for which the table has no cell come after the end only, and change nothing.
    private func handle(
        _ event: AssociationEvent, accept: AssociateAccept? = nil, isAcceptable: Bool = true, error: NetworkError? = nil,
        sending data: ByteBuffer? = nil, promise: EventLoopPromise<Void>? = nil
    ) {
        guard let context, let effects = try? machine.handle(event, isAcceptable: isAcceptable) else {
            promise?.fail(failure ?? NetworkError(.closed, "the association is no longer there"))
            return
        }
        for effect in effects {
            switch effect {
            case .openTransport: continue  // The bootstrap that made the channel does it.
            case .closeTransport: context.close(promise: nil)
            case .send(let pdu): send(pdu, data: data, promise: promise, on: context)
            case .indicate(let indication): indicate(indication, accept: accept, error: error)
            case .startARTIM: startARTIM(on: context)
            case .stopARTIM: artimTimer?.cancel()
            }
        }
        // Before there is an association its end is indicated to nobody (PS3.8 table 9-9, AA-1).
        if let error, machine.state == .awaitingTransportClose { fail(error) }
    }

    private func send(
        _ pdu: AssociationEffect.OutgoingPDU, data: ByteBuffer?, promise: EventLoopPromise<Void>?, on context: ChannelHandlerContext
    ) {
        switch pdu {
        case .data: if let data { context.writeAndFlush(wrapOutboundOut(data), promise: promise) }
        case .associateRequest: if case .requestor(let request) = side { send(.associateRequest(request), on: context) }
        case .associateAccept, .associateReject: sendAnswer(on: context)
        case .releaseRequest: send(.releaseRequest, on: context)
        case .releaseResponse: send(.releaseResponse, on: context)
        case .abortByUser: send(.abort(AbortNotice(source: 0, reason: 0)), on: context)
        case .abortByProvider: send(.abort(AbortNotice(source: 2, reason: 0)), on: context)
        }
    }

    private func sendAnswer(on context: ChannelHandlerContext) {
        switch answer {
        case .accept(let accept):
            send(.associateAccept(accept), on: context)
            if let requested { established.succeed(Established(request: requested, accept: accept)) }
        case .reject(let reject):
            send(.associateReject(reject), on: context)
            fail(NetworkError(.rejected, "we rejected the association: \(reject)", rejection: reject))
        }
    }

    private func send(_ pdu: PDU, on context: ChannelHandlerContext) {
        var bytes = context.channel.allocator.buffer(capacity: 1_024)
        pdu.encode(into: &bytes)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func indicate(_ indication: AssociationEffect.Indication, accept: AssociateAccept?, error: NetworkError?) {
        switch indication {
        case .associateAccept:
            negotiationTimer?.cancel()
            if let accept, case .requestor(let request) = side { established.succeed(Established(request: request, accept: accept)) }
        case .associateRequest: judge()
        case .data: break
        case .releaseResponse:
            inbox.append(.released)
            fail(NetworkError(.closed, "the association was released"))
        case .releaseRequest:
            // An acceptor does what was asked of it before; a requestor had more to ask.
            if case .acceptor = side { inbox.append(.released) }
            fail(NetworkError(.closed, "the peer released the association"))
            handle(.releaseResponseChosen)
        case .associateReject, .abort, .providerAbort:
            fail(error ?? NetworkError(.aborted, "the association was aborted"))
        }
    }

    /// Answers the peer's request as an acceptor.
    private func judge() {
        guard case .acceptor(let judge) = side, let requested else { return }
        answer = judge(requested)
        switch answer {
        case .accept: handle(.associateAcceptChosen)
        case .reject: handle(.associateRejectChosen)
        }
    }

    /// Makes the error the association's failure, once, and tells everyone who waits.
    private func fail(_ error: NetworkError) {
        negotiationTimer?.cancel()
        guard failure == nil else { return }
        failure = error
        established.fail(error)
        inbox.fail(error)
    }

    private func startARTIM(on context: ChannelHandlerContext) {
        artimTimer?.cancel()
        artimTimer = schedule(timeouts.artim, on: context) { handler in
            handler.fail(NetworkError(.timedOut, "the peer asked for nothing, or did not close the connection, within \(handler.timeouts.artim)"))
            handler.handle(.artimExpired)
        }
    }

    private func schedule(
        _ delay: Duration, on context: ChannelHandlerContext, _ body: @escaping @Sendable (UpperLayerHandler) -> Void
    ) -> Scheduled<Void> {
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: TimeAmount(delay)) { body(this.value) }
    }
}

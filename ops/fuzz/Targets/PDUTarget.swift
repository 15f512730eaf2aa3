@testable import DICOMNetwork
import NIOCore
import NIOEmbedded

/// Bytes from a peer. They go to the decoder alone, to the state machine in either role, and to the handler of a connection.
enum PDUTarget {
    static func run(_ input: [UInt8]) {
        decode(input)
        converse(input, role: .requestor)
        converse(input, role: .acceptor)
        connect(input, .requestor(request))
        connect(input, .acceptor { AcceptorNegotiation(aeTitles: [], takesStorage: true).answer(to: $0) })
    }

    /// What was read is read again as it was written, where it can be written.
    private static func decode(_ input: [UInt8]) {
        var bytes = ByteBuffer(bytes: input)
        while let pdu = try? PDU.decode(from: &bytes) {
            var written = ByteBuffer()
            pdu.encode(into: &written)
            require(written.readableBytes >= PDU.headerLength, "a PDU was written shorter than its header")
            guard let again = try? PDU.decode(from: &written) else { continue }
            var twice = ByteBuffer()
            again.encode(into: &twice)
            let third = try? PDU.decode(from: &twice)
            require(third == again, "a PDU is another one when it is written and read")
        }
    }

    /// The machine of PS3.8 §9.2 with the peer's PDUs as events; our own side answers as its indications ask.
    private static func converse(_ input: [UInt8], role: AssociationMachine.Role) {
        var machine = AssociationMachine(role: role)
        var assembler = MessageAssembler()
        var bytes = ByteBuffer(bytes: input)
        var events: [AssociationEvent] = role == .requestor ? [.associateRequested, .transportConnected] : [.transportIndicated]
        for _ in 0..<UpperLayerLimits.maximumDataValues {
            if events.isEmpty {
                do {
                    guard let pdu = try PDU.decode(from: &bytes) else { break }
                    events.append(event(of: pdu))
                    if case .data(let values) = pdu, machine.state == .established {
                        for value in values { _ = try assembler.take(value) }
                    }
                } catch {
                    events.append(.invalidPDUReceived)
                    bytes.clear()
                }
            }
            let effects = (try? machine.handle(events.removeFirst())) ?? []
            for effect in effects { if let answer = answer(to: effect) { events.append(answer) } }
        }
        _ = try? machine.handle(.transportClosed)
    }

    private static func event(of pdu: PDU) -> AssociationEvent {
        switch pdu {
        case .associateRequest: .associateRequestReceived
        case .associateAccept: .associateAcceptReceived
        case .associateReject: .associateRejectReceived
        case .data: .dataReceived
        case .releaseRequest: .releaseRequestReceived
        case .releaseResponse: .releaseResponseReceived
        case .abort: .abortReceived
        }
    }

    private static func answer(to effect: AssociationEffect) -> AssociationEvent? {
        switch effect {
        case .indicate(.associateRequest): .associateAcceptChosen
        case .indicate(.releaseRequest): .releaseResponseChosen
        case .closeTransport: .transportClosed
        default: nil
        }
    }

    /// What we ask for as the one who calls.
    private static let request = AssociateRequest(
        calledAETitle: "ARCHIVE", callingAETitle: "SKEIN",
        contexts: [.init(id: 1, abstractSyntaxUID: "1.2.840.10008.1.1", transferSyntaxUIDs: ["1.2.840.10008.1.2"])],
        userInformation: UserInformation())

    /// The handler of a connection. Timers do not run; the peer goes away at the end.
    private static func connect(_ input: [UInt8], _ side: UpperLayerHandler.Side) {
        let channel = EmbeddedChannel()
        let established = channel.eventLoop.makePromise(of: UpperLayerHandler.Established.self)
        established.futureResult.whenComplete { _ in }
        let handler = UpperLayerHandler(
            side, timeouts: AssociationTimeouts(), words: TransportWords(peer: "the peer", security: nil), established: established)
        _ = try? channel.pipeline.syncOperations.addHandler(handler)
        _ = try? channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 104)).wait()
        let step = 1 + Int(input.last ?? 0)
        for start in stride(from: 0, to: input.count, by: step) {
            _ = try? channel.writeInbound(ByteBuffer(bytes: input[start..<min(start + step, input.count)]))
            while let arrival = try? handler.nextArrival() {
                if case .part(.command(let command, _)) = arrival { CommandTarget.ask(command) }
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        require(handler.failure != nil, "an association is there although its connection is closed")
    }
}

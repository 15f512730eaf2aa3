public import NIOCore

/// An instance that comes in by C-STORE: as a sub-operation of C-GET, or on an association that a peer asked for.
public struct ReceivedInstance: Hashable, Sendable {
    /// Affected SOP Class UID of the command.
    public let sopClassUID: String
    /// Affected SOP Instance UID of the command.
    public let sopInstanceUID: String
    /// The syntax of the data set that follows.
    public let transferSyntaxUID: String
}

/// Takes the instances of an association, one after the other: `begin`, any number of `receive`, then `end` or `abandon`.
///
/// An ``InstanceRefusal`` that it throws costs the instance; an ``InstanceExcess`` aborts the association with `NetworkError.limitExceeded`, anything else with
/// `contentFailed`.
public protocol InstanceReceiver: Sendable {
    /// A new instance comes.
    func begin(_ instance: ReceivedInstance) async throws
    /// The next bytes of its data set. Not reading on is back pressure: the peer is stopped by TCP.
    func receive(_ bytes: ByteBuffer) async throws
    /// The data set is complete; the status goes to the peer.
    func end() async throws -> DIMSEStatus
    /// The instance that was begun will not be completed: it was refused, or the association is lost.
    func abandon() async
}

/// An instance that is not taken: its bytes are passed over and the peer is told so.
public struct InstanceRefusal: Error, Hashable, Sendable {
    /// What the peer is answered.
    public let status: DIMSEStatus

    /// A refusal with this status.
    public init(_ status: DIMSEStatus) {
        self.status = status
    }
}

/// An instance that is longer than what was asked for can be: it costs the association, which is not to go on sending it.
public struct InstanceExcess: Error, Hashable, Sendable {
    /// The most bytes that were expected.
    public let limit: Int64

    /// More than so many bytes came.
    public init(limit: Int64) {
        self.limit = limit
    }
}

extension Association {
    /// Takes the data set of a C-STORE request and answers it (PS3.7 §9.1.1).
    func take(_ request: CommandSet, contextID: UInt8, into receiver: any InstanceReceiver) async throws {
        guard request.hasDataSet, let context = acceptedContexts.first(where: { $0.id == contextID && $0.isReceiving }),
            let sopClassUID = request[text: .affectedSOPClassUID], let sopInstanceUID = request[text: .affectedSOPInstanceUID]
        else { throw fault(.violation, "a C-STORE request without data set, UIDs or a context that allows it") }
        let instance = ReceivedInstance(
            sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, transferSyntaxUID: context.transferSyntaxUID)
        let status: DIMSEStatus
        do {
            status = try await take(instance, into: receiver)
        } catch {
            await receiver.abandon()
            guard !(error is NetworkError) else { throw error }
            if let excess = error as? InstanceExcess {
                throw fault(.limitExceeded, "an instance of more than \(excess.limit) bytes, the most that was expected")
            }
            throw fault(.contentFailed, "a received instance could not be kept: \(error)")
        }
        try await acknowledge(request, .storeResponse, status: status, contextID: contextID)
    }

    /// The receiver's status; a refused instance is read to its end, since its answer comes after it.
    private func take(_ instance: ReceivedInstance, into receiver: any InstanceReceiver) async throws -> DIMSEStatus {
        var isWhole = false
        do {
            try await receiver.begin(instance)
            while !isWhole {
                let fragment = try await nextFragment(of: "C-STORE request")
                isWhole = fragment.isLast
                try await receiver.receive(fragment.bytes)
            }
            return try await receiver.end()
        } catch let refusal as InstanceRefusal {
            await receiver.abandon()
            if !isWhole { try await passOverDataSet(of: "C-STORE request") }
            return refusal.status
        }
    }

    /// Reads the rest of a data set and keeps nothing of it.
    func passOverDataSet(of what: String) async throws {
        while try await !nextFragment(of: what).isLast {}
    }

    /// Answers a request without a data set.
    func acknowledge(_ request: CommandSet, _ kind: CommandSet.Kind, status: DIMSEStatus, contextID: UInt8) async throws {
        var response = CommandSet(kind, hasDataSet: false)
        for field in [CommandSet.Field.affectedSOPClassUID, .affectedSOPInstanceUID] { response[text: field] = request[text: field] }
        response[.eventTypeID] = request[.eventTypeID]
        response[.messageIDBeingRespondedTo] = request[.messageID]
        response[.status] = status.rawValue
        try await send(response, contextID: contextID)
    }
}

public import DICOM
public import NIOCore

/// An instance that comes in by a C-STORE sub-operation.
public struct ReceivedInstance: Hashable, Sendable {
    /// Affected SOP Class UID of the command.
    public let sopClassUID: String
    /// Affected SOP Instance UID of the command.
    public let sopInstanceUID: String
    /// The syntax of the data set that follows.
    public let transferSyntaxUID: String
}

/// Takes the instances of a C-GET, one after the other: `begin`, any number of `receive`, `end`.
///
/// What it throws aborts the association and ends the C-GET with `NetworkError.contentFailed`.
public protocol InstanceReceiver: Sendable {
    /// A new instance comes.
    func begin(_ instance: ReceivedInstance) async throws
    /// The next bytes of its data set. Not reading on is back pressure: the peer is stopped by TCP.
    func receive(_ bytes: ByteBuffer) async throws
    /// The data set is complete; the status goes to the peer.
    func end() async throws -> DIMSEStatus
}

/// How a C-GET ended, in the peer's words. What was received is the receiver's to say.
public struct GetOutcome: Hashable, Sendable {
    /// The final status. PACS say Success although sub-operations failed, or none took place.
    public let status: DIMSEStatus
    /// Instances that came in.
    public let receivedCount: Int
    /// Number of Failed Sub-operations (0000,1022) in the final response, nil when absent.
    public let failedCount: Int?
}

extension Association {
    /// C-GET, PS3.7 §9.1.3, with its C-STORE sub-operations on this association.
    ///
    /// The association must have been proposed the model and, with `isReceiving`, the storage SOP classes to come.
    /// - Parameters:
    ///   - identifier: Query/Retrieve Level (0008,0052) and the unique keys.
    ///   - maximumInstances: More sub-operations than this cost the association.
    /// - Throws: `NetworkError.notAccepted` without a context, `contentFailed` when the receiver throws, and what ends the association.
    public func get(
        _ identifier: DataSet, model: QueryModel = .studyRootGet, maximumInstances: Int, into receiver: some InstanceReceiver
    ) async throws -> GetOutcome {
        let context = try context(for: model.sopClassUID)
        let content = try encoded(identifier, as: TransferSyntax(uid: context.transferSyntaxUID))
        await takeTurn()
        defer { passTurn() }
        let messageID = nextMessageID()
        var command = CommandSet(.getRequest, hasDataSet: true)
        command[text: .affectedSOPClassUID] = model.sopClassUID
        command[.messageID] = messageID
        command[.priority] = Self.mediumPriority
        try await send(begin(command, with: content, contextID: context.id))
        var count = 0
        while true {
            let (command, contextID) = try await nextCommand(
                [.getResponse, .storeRequest], respondingTo: messageID, awaiting: "C-GET response")
            if command.kind == .storeRequest {
                count += 1
                guard count <= maximumInstances else {
                    throw fault(.limitExceeded, "C-GET sends more than the \(maximumInstances) instances asked for")
                }
                try await take(command, contextID: contextID, into: receiver)
            } else if let outcome = try await outcome(of: command, receivedCount: count) {
                return outcome
            }
        }
    }

    /// The outcome when the response is the last one. Its data set, a list of failed instances, is passed over: we know what came.
    private func outcome(of response: CommandSet, receivedCount: Int) async throws -> GetOutcome? {
        if response.hasDataSet { _ = try await dataSet(of: "C-GET response", limit: Self.maximumIdentifierLength) }
        let status = response.status ?? .processingFailure
        guard status.category != .pending else { return nil }
        return GetOutcome(
            status: status, receivedCount: receivedCount, failedCount: response[.failedSuboperations].map(Int.init))
    }

    private func take(_ request: CommandSet, contextID: UInt8, into receiver: some InstanceReceiver) async throws {
        guard request.hasDataSet, let context = acceptedContexts.first(where: { $0.id == contextID && $0.isReceiving }),
            let sopClassUID = request[text: .affectedSOPClassUID], let sopInstanceUID = request[text: .affectedSOPInstanceUID]
        else { throw fault(.violation, "a C-STORE sub-operation without data set, UIDs or a context that allows it") }
        let status: DIMSEStatus
        do {
            try await receiver.begin(
                ReceivedInstance(
                    sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, transferSyntaxUID: context.transferSyntaxUID))
            while true {
                let fragment = try await nextFragment(of: "C-STORE sub-operation")
                try await receiver.receive(fragment.bytes)
                if fragment.isLast { break }
            }
            status = try await receiver.end()
        } catch let error as NetworkError {
            throw error
        } catch {
            throw fault(.contentFailed, "a received instance could not be kept: \(error)")
        }
        try await acknowledge(request, status: status, contextID: contextID)
    }

    private func acknowledge(_ request: CommandSet, status: DIMSEStatus, contextID: UInt8) async throws {
        var response = CommandSet(.storeResponse, hasDataSet: false)
        response[text: .affectedSOPClassUID] = request[text: .affectedSOPClassUID]
        response[text: .affectedSOPInstanceUID] = request[text: .affectedSOPInstanceUID]
        response[.messageIDBeingRespondedTo] = request[.messageID]
        response[.status] = status.rawValue
        try await send(response, contextID: contextID)
    }
}

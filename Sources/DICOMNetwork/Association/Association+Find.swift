public import DICOM
internal import NIOCore

/// A query/retrieve information model as one SOP class, PS3.4 annex C.
public struct QueryModel: Hashable, Sendable {
    /// The SOP class.
    public let sopClassUID: String

    /// The model with this SOP class UID.
    public init(sopClassUID: String) {
        self.sopClassUID = sopClassUID
    }

    /// Study Root Query/Retrieve – FIND.
    public static let studyRootFind = QueryModel(sopClassUID: "1.2.840.10008.5.1.4.1.2.2.1")
    /// Study Root Query/Retrieve – MOVE.
    public static let studyRootMove = QueryModel(sopClassUID: "1.2.840.10008.5.1.4.1.2.2.2")
    /// Study Root Query/Retrieve – GET.
    public static let studyRootGet = QueryModel(sopClassUID: "1.2.840.10008.5.1.4.1.2.2.3")

    /// The context to propose: both uncompressed little endian syntaxes, the explicit one first, because it keeps private elements' types.
    public var proposedContext: ProposedContext {
        ProposedContext(
            sopClassUID,
            transferSyntaxUIDs: [TransferSyntax.explicitVRLittleEndian.uid, TransferSyntax.implicitVRLittleEndian.uid])
    }
}

/// What happens when a C-FIND has more matches than are wanted.
public enum ResponseLimit: Hashable, Sendable {
    /// So many matches are all there can be: more is an error, because a part of an answer is no answer.
    case failing(beyond: Int)
    /// So many are enough: the rest is cancelled (C-CANCEL, PS3.7 §9.3.2.3).
    case cancelling(after: Int)

    /// A study has fewer instances than this: the largest known have some ten thousand.
    public static let standard = ResponseLimit.failing(beyond: 200_000)

    var count: Int {
        switch self {
        case .failing(let count), .cancelling(let count): count
        }
    }
}

extension Association {
    /// Largest identifier of a response, in bytes. A response has some dozens of elements.
    static let maximumIdentifierLength = 262_144
    /// Values of all matches of a C-FIND that are kept, in bytes: 60,000 of the image level with keys as long as they may be. The largest series known have some
    /// ten thousand instances.
    static let maximumMatchesLength: Int64 = 16_777_216
    /// Responses that a peer may still send after C-CANCEL, before it costs the association.
    static let maximumResponsesAfterCancel = 10_000

    /// C-FIND, PS3.7 §9.1.2.
    ///
    /// - Parameters:
    ///   - identifier: The keys, Query/Retrieve Level (0008,0052) among them. Nothing else is kept of a match, but for its character set.
    ///   - model: The SOP class; its context must have been accepted.
    ///   - limit: What to do about many matches.
    /// - Returns: The matches in the peer's order, doubled ones included: the peer said Success after them.
    /// - Throws: `NetworkError.operationFailed` with the status when the peer ended otherwise than with Success, whatever it
    ///   had answered before; `limitExceeded` beyond the limit, or for matches of more than 16 MiB; and what ends the association.
    public func find(
        _ identifier: DataSet, model: QueryModel = .studyRootFind, limit: ResponseLimit = .standard
    ) async throws -> [DataSet] {
        let context = try context(for: model.sopClassUID)
        let syntax = TransferSyntax(uid: context.transferSyntaxUID)
        await takeTurn()
        defer { passTurn() }
        limitOperation(to: timeouts.operation)
        let messageID = nextMessageID()
        var command = CommandSet(.findRequest, hasDataSet: true)
        command[text: .affectedSOPClassUID] = model.sopClassUID
        command[.messageID] = messageID
        command[.priority] = Self.mediumPriority
        try await send(begin(command, with: try encoded(identifier, as: syntax), contextID: context.id))
        let keys = Set(identifier.elements.map(\.tag) + [.specificCharacterSet])
        return try await collect(messageID, in: context, keys, limit: limit)
    }

    private func collect(_ messageID: UInt16, in context: AcceptedContext, _ keys: Set<Tag>, limit: ResponseLimit) async throws -> [DataSet] {
        var matches: [DataSet] = []
        var byteCount: Int64 = 0
        var surplus = 0
        while let match = try await nextMatch(messageID, in: context, isCancelled: surplus > 0)?.only(keys) {
            byteCount += match.elements.reduce(0) { $0 + $1.valueByteCount }
            guard surplus == 0, matches.count < limit.count, byteCount <= Self.maximumMatchesLength else {
                if surplus == 0 { try await cancel(messageID, contextID: context.id) }
                surplus += 1
                guard surplus <= Self.maximumResponsesAfterCancel else {
                    throw fault(.limitExceeded, "the peer goes on answering a cancelled C-FIND")
                }
                continue
            }
            matches.append(match)
        }
        guard byteCount <= Self.maximumMatchesLength || matches.count == limit.count else {
            throw NetworkError(.limitExceeded, "C-FIND with matches of more than \(Self.maximumMatchesLength) bytes")
        }
        if case .failing(let count) = limit, surplus > 0 {
            throw NetworkError(.limitExceeded, "C-FIND with more than \(count) matches")
        }
        return matches
    }

    /// The next match, nil after a final Success, or after Cancel when we cancelled.
    private func nextMatch(_ messageID: UInt16, in context: AcceptedContext, isCancelled: Bool) async throws -> DataSet? {
        let command = try await nextCommand([.findResponse], respondingTo: messageID, awaiting: "C-FIND response").command
        let bytes =
            command.hasDataSet
            ? try await dataSet(of: "C-FIND response", limit: Self.maximumIdentifierLength) : ByteBuffer()
        let status = command.status ?? .processingFailure
        switch status.category {
        case .pending:
            do {
                return try DataSet(
                    parsing: Array(bytes.readableBytesView), as: TransferSyntax(uid: context.transferSyntaxUID))
            } catch {
                throw fault(.violation, "a C-FIND response's identifier cannot be read: \(error)")
            }
        case .success: return nil
        case .cancel where isCancelled: return nil
        case .cancel, .warning, .failure:
            throw NetworkError(
                .operationFailed, "\(peerAETitle) ended C-FIND with status \(status)", status: status)
        }
    }

    /// C-CANCEL, PS3.7 §9.3.2.3.
    private func cancel(_ messageID: UInt16, contextID: UInt8) async throws {
        var command = CommandSet(.cancelRequest, hasDataSet: false)
        command[.messageIDBeingRespondedTo] = messageID
        try await send(command, contextID: contextID)
    }

    /// An identifier as it goes over the network.
    nonisolated func encoded(_ identifier: DataSet, as syntax: TransferSyntax) throws(NetworkError) -> MemoryContent {
        do {
            return MemoryContent(try identifier.encode(as: syntax))
        } catch {
            throw NetworkError(.contentFailed, "the identifier cannot be written in \(syntax.uid): \(error)")
        }
    }
}

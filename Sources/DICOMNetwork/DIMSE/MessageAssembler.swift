internal import NIOCore

/// A received piece of a message.
enum MessagePart: Sendable {
    /// A complete command; when it has a data set, its fragments follow.
    case command(CommandSet, contextID: UInt8)
    /// A fragment of the data set of the command before.
    case data(ByteBuffer, isLast: Bool)

    /// Bytes that it keeps in memory.
    var byteCount: Int {
        switch self {
        case .command: 0
        case .data(let fragment, _): fragment.readableBytes
        }
    }
}

/// Puts the fragments of P-DATA-TFs together: commands whole, data sets fragment by fragment (PS3.7 §6.3, PS3.8 annex E).
struct MessageAssembler: Sendable {
    private enum State {
        case command(ByteBuffer, contextID: UInt8?)
        case data(contextID: UInt8)
    }

    private var state: State = .command(ByteBuffer(), contextID: nil)

    /// Takes one fragment.
    ///
    /// - Returns: The command that it completes, the data that it is, or nil while a command is incomplete.
    /// - Throws: `NetworkError.violation` for fragments of another kind or context than must come now, `.limitExceeded` for a
    ///   too long command.
    mutating func take(_ value: PresentationDataValue) throws(NetworkError) -> MessagePart? {
        switch state {
        case .command(let bytes, let contextID):
            guard value.isCommand else {
                throw NetworkError(.violation, "a data set fragment where a command must come (PS3.7 §6.3.1)")
            }
            try check(value, against: contextID)
            return try extend(bytes, with: value)
        case .data(let contextID):
            guard !value.isCommand else {
                throw NetworkError(.violation, "a command fragment before the data set's last fragment (PS3.7 §6.3.1)")
            }
            try check(value, against: contextID)
            if value.isLast { state = .command(ByteBuffer(), contextID: nil) }
            return .data(value.fragment, isLast: value.isLast)
        }
    }

    private func check(_ value: PresentationDataValue, against contextID: UInt8?) throws(NetworkError) {
        guard let contextID, contextID != value.contextID else { return }
        throw NetworkError(
            .violation, "a message in two presentation contexts, \(contextID) and \(value.contextID) (PS3.8 annex E)")
    }

    private mutating func extend(_ bytes: ByteBuffer, with value: PresentationDataValue) throws(NetworkError) -> MessagePart? {
        var bytes = bytes
        bytes.writeImmutableBuffer(value.fragment)
        guard bytes.readableBytes <= UpperLayerLimits.maximumCommandSetLength else {
            throw NetworkError(.limitExceeded, "command set of more than \(UpperLayerLimits.maximumCommandSetLength) bytes")
        }
        guard value.isLast else {
            state = .command(bytes, contextID: value.contextID)
            return nil
        }
        let command = try CommandSet(from: &bytes)
        state = command.hasDataSet ? .data(contextID: value.contextID) : .command(ByteBuffer(), contextID: nil)
        return .command(command, contextID: value.contextID)
    }
}

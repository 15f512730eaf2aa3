internal import DICOM

extension Association {
    /// Verification SOP class, PS3.4 annex A.
    public static let verificationSOPClassUID = "1.2.840.10008.1.1"
    /// The context to propose for `echo`.
    public static let verificationContext = ProposedContext(
        verificationSOPClassUID, transferSyntaxUIDs: [TransferSyntax.implicitVRLittleEndian.uid])

    /// C-ECHO, PS3.7 §9.1.5.
    ///
    /// - Returns: The peer's status.
    /// - Throws: `NetworkError.notAccepted` without a context for verification, and what ends the association.
    public func echo() async throws -> DIMSEStatus {
        let context = try context(for: Self.verificationSOPClassUID)
        await takeTurn()
        defer { passTurn() }
        let messageID = nextMessageID()
        var command = CommandSet(.echoRequest, hasDataSet: false)
        command[text: .affectedSOPClassUID] = Self.verificationSOPClassUID
        command[.messageID] = messageID
        try await send(command, contextID: context.id)
        let response = try await nextCommand([.echoResponse], respondingTo: messageID, awaiting: "C-ECHO response").command
        return response.status ?? .processingFailure
    }

    /// The accepted context for a SOP class in whatever transfer syntax the peer chose.
    ///
    /// - Throws: `NetworkError.notAccepted`.
    nonisolated func context(for sopClassUID: String) throws(NetworkError) -> AcceptedContext {
        guard let context = acceptedContexts.first(where: { $0.abstractSyntaxUID == sopClassUID }) else {
            throw NetworkError(.notAccepted, "\(peerAETitle) accepted no presentation context for \(sopClassUID)")
        }
        return context
    }
}

internal import DICOM

/// How an acceptor answers an association request (PS3.8 §7.1, PS3.7 annex D). Pure: the same request is always answered the same way.
struct AcceptorNegotiation: Sendable {
    /// Titles that we answer to; any when empty.
    let aeTitles: Set<String>
    /// Whether instances are taken at all.
    let takesStorage: Bool

    /// The results of PS3.8 §9.3.3.2.
    private enum Result {
        static let acceptance: UInt8 = 0
        static let abstractSyntaxNotSupported: UInt8 = 3
        static let transferSyntaxesNotSupported: UInt8 = 4
    }

    /// What is answered.
    func answer(to request: AssociateRequest) -> AssociateAnswer {
        guard aeTitles.isEmpty || aeTitles.contains(request.calledAETitle) else { return .reject(.calledAETitleNotRecognized) }
        var information = UserInformation()
        information.maximumPDULength = UInt32(UpperLayerLimits.maximumPDULengthReceived)
        information.implementationClassUID = Implementation.classUID
        information.implementationVersionName = Implementation.versionName
        information.roles = roles(for: request)
        information.asynchronousOperations = request.userInformation.asynchronousOperations.map(Self.granted)
        return .accept(
            AssociateAccept(
                calledAETitle: request.calledAETitle, callingAETitle: request.callingAETitle,
                contexts: request.contexts.map(answer), userInformation: information))
    }

    /// The accepted contexts as the association uses them.
    static func accepted(_ established: UpperLayerHandler.Established) -> [AcceptedContext] {
        established.accept.contexts.compactMap { answer in
            guard answer.result == Result.acceptance, let proposal = established.request.contexts.first(where: { $0.id == answer.id }) else {
                return nil
            }
            return AcceptedContext(
                id: answer.id, abstractSyntaxUID: proposal.abstractSyntaxUID, transferSyntaxUID: answer.transferSyntaxUID,
                isReceiving: StorageSOPClass.includes(proposal.abstractSyntaxUID))
        }
    }

    /// The first transfer syntax that serves: of instances any, since their bytes are kept as they come; of the rest an uncompressed one.
    private func answer(_ context: AssociateRequest.Context) -> AssociateAccept.Context {
        let uid = context.abstractSyntaxUID
        let isStorage = StorageSOPClass.includes(uid)
        guard isStorage ? takesStorage : Self.services.contains(uid) else {
            return refusal(of: context, Result.abstractSyntaxNotSupported)
        }
        guard let syntax = context.transferSyntaxUIDs.first(where: { isStorage ? !$0.isEmpty : Self.plainSyntaxes.contains($0) }) else {
            return refusal(of: context, Result.transferSyntaxesNotSupported)
        }
        return .init(id: context.id, result: Result.acceptance, transferSyntaxUID: syntax)
    }

    /// PS3.8 §9.3.3.2: the transfer syntax of a refused context says nothing; some peers want to read one all the same.
    private func refusal(of context: AssociateRequest.Context, _ result: UInt8) -> AssociateAccept.Context {
        .init(id: context.id, result: result, transferSyntaxUID: context.transferSyntaxUIDs.first ?? "")
    }

    private static let services: Set = [Association.verificationSOPClassUID, CommitmentReport.sopClassUID]
    private static let plainSyntaxes: Set = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]

    /// PS3.7 §D.3.3.4: of what the peer proposes to be, what serves. It provides storage commitment, and uses all else.
    private func roles(for request: AssociateRequest) -> [UserInformation.RoleSelection] {
        request.userInformation.roles.map { role in
            let isCommitment = role.sopClassUID == CommitmentReport.sopClassUID
            return .init(
                sopClassUID: role.sopClassUID, isUser: role.isUser && !isCommitment, isProvider: role.isProvider && isCommitment)
        }
    }

    /// What may be under way at once is taken from the socket one by one and done in order.
    private static func granted(_ proposed: UserInformation.AsynchronousOperationsWindow) -> UserInformation.AsynchronousOperationsWindow {
        let limit = UInt16(UpperLayerLimits.maximumOperationsWindow)
        return .init(invoked: proposed.invoked == 0 ? limit : min(proposed.invoked, limit), performed: 1)
    }
}

/// Which abstract syntaxes are SOP classes of the storage service (PS3.4 §B.5), of objects without a patient (PS3.4 §GG.3), or were (PS3.6 table A-1).
enum StorageSOPClass {
    /// Most standard ones lie under one root; a private class, which no other service uses, is taken for one.
    static func includes(_ uid: String) -> Bool {
        uid.hasPrefix("1.2.840.10008.5.1.4.1.1.") || elsewhere.contains(uid) || (!uid.hasPrefix("1.2.840.10008.") && !uid.isEmpty)
    }

    /// The others whose name in PS3.6 table A-1 ends with Storage, but for Media Storage Directory, which no network service carries (PS3.4 §I.4).
    private static let elsewhere: Set = [
        "1.2.840.10008.5.1.1.27",  // Stored Print (retired)
        "1.2.840.10008.5.1.1.29",  // Hardcopy Grayscale Image (retired)
        "1.2.840.10008.5.1.1.30",  // Hardcopy Color Image (retired)
        "1.2.840.10008.5.1.4.34.1",  // RT Beams Delivery Instruction, Trial (retired)
        "1.2.840.10008.5.1.4.34.7",  // RT Beams Delivery Instruction
        "1.2.840.10008.5.1.4.34.10",  // RT Brachy Application Setup Delivery Instruction
        "1.2.840.10008.5.1.4.38.1",  // Hanging Protocol
        "1.2.840.10008.5.1.4.39.1",  // Color Palette
        "1.2.840.10008.5.1.4.43.1",  // Generic Implant Template
        "1.2.840.10008.5.1.4.44.1",  // Implant Assembly Template
        "1.2.840.10008.5.1.4.45.1",  // Implant Template Group
    ]
}

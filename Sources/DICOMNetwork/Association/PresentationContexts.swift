internal import DICOM

/// A presentation context to propose: one abstract syntax with the transfer syntaxes to choose from.
public struct ProposedContext: Hashable, Sendable {
    /// SOP class of the objects, or of the query.
    public var abstractSyntaxUID: String
    /// In order of preference; the peer picks one.
    public var transferSyntaxUIDs: [String]
    /// Whether we are the storage provider in it: for the sub-operations of C-GET (PS3.7 §D.3.3.4).
    public var isReceiving: Bool

    /// A proposal. Give one transfer syntax where the peer shall not choose another one.
    public init(_ abstractSyntaxUID: String, transferSyntaxUIDs: [String], isReceiving: Bool = false) {
        self.abstractSyntaxUID = abstractSyntaxUID
        self.transferSyntaxUIDs = transferSyntaxUIDs
        self.isReceiving = isReceiving
    }
}

/// A presentation context that the peer accepted.
public struct AcceptedContext: Hashable, Sendable {
    /// The identifier, odd, 1 to 255.
    public let id: UInt8
    /// As proposed.
    public let abstractSyntaxUID: String
    /// The one that the peer chose.
    public let transferSyntaxUID: String
    /// Whether the peer agreed that we are the provider in it, or, on an association that it asked for, we are.
    public let isReceiving: Bool
}

/// Proposals and answers of one association, matched by context identifier (PS3.8 §9.3.2.2, §9.3.3.2).
struct Negotiation: Sendable {
    let request: AssociateRequest
    private let proposals: [ProposedContext]

    /// The request for these proposals.
    ///
    /// - Throws: `NetworkError.limitExceeded` for more than 128 contexts, or for a syntax that is no UID by length.
    init(address: ApplicationEntityAddress, proposals: [ProposedContext], window: Int = 1) throws(NetworkError) {
        guard proposals.count <= UpperLayerLimits.maximumPresentationContexts else {
            throw NetworkError(
                .limitExceeded,
                "\(proposals.count) presentation contexts proposed; one association has at most "
                    + "\(UpperLayerLimits.maximumPresentationContexts) (PS3.8 §9.3.2.2)")
        }
        for proposal in proposals { try Self.check(proposal) }
        var information = UserInformation()
        information.maximumPDULength = UInt32(UpperLayerLimits.maximumPDULengthReceived)
        information.implementationClassUID = Implementation.classUID
        information.implementationVersionName = Implementation.versionName
        information.roles = Self.roles(for: proposals)
        if window > 1 { information.asynchronousOperations = .init(invoked: UInt16(clamping: window), performed: 1) }
        let contexts = proposals.enumerated().map { index, proposal in
            AssociateRequest.Context(
                id: UInt8(2 * index + 1), abstractSyntaxUID: proposal.abstractSyntaxUID,
                transferSyntaxUIDs: proposal.transferSyntaxUIDs)
        }
        self.proposals = proposals
        request = AssociateRequest(
            calledAETitle: address.calledAETitle, callingAETitle: address.callingAETitle, contexts: contexts,
            userInformation: information)
    }

    private static func check(_ proposal: ProposedContext) throws(NetworkError) {
        for uid in [proposal.abstractSyntaxUID] + proposal.transferSyntaxUIDs
        where uid.isEmpty || uid.utf8.count > UpperLayerLimits.maximumUIDLength {
            throw NetworkError(
                .limitExceeded,
                "a syntax of \(uid.utf8.count) characters proposed; a UID has 1 to \(UpperLayerLimits.maximumUIDLength) (PS3.5 §9.1)")
        }
        guard (1...UpperLayerLimits.maximumTransferSyntaxes).contains(proposal.transferSyntaxUIDs.count) else {
            throw NetworkError(
                .limitExceeded,
                "\(proposal.transferSyntaxUIDs.count) transfer syntaxes proposed for \(proposal.abstractSyntaxUID); "
                    + "1 to \(UpperLayerLimits.maximumTransferSyntaxes) are possible")
        }
    }

    /// One role item for each SOP class that we want to receive.
    private static func roles(for proposals: [ProposedContext]) -> [UserInformation.RoleSelection] {
        var roles: [UserInformation.RoleSelection] = []
        for proposal in proposals where proposal.isReceiving {
            guard !roles.contains(where: { $0.sopClassUID == proposal.abstractSyntaxUID }) else { continue }
            roles.append(.init(sopClassUID: proposal.abstractSyntaxUID, isUser: false, isProvider: true))
        }
        return roles
    }

    /// How many operations we may have under way when the peer answered so: none given is one (PS3.7 §D.3.3.3), 0 is any number; never
    /// more than were asked for.
    func window(granted: UserInformation.AsynchronousOperationsWindow?) -> Int {
        guard let granted, let asked = request.userInformation.asynchronousOperations else { return 1 }
        return Int(granted.invoked == 0 ? asked.invoked : min(granted.invoked, asked.invoked))
    }

    /// The contexts that the answer accepts. A transfer syntax that was not proposed counts as no acceptance; an answered
    /// context that was not proposed is passed over.
    func accepted(by accept: AssociateAccept) -> [AcceptedContext] {
        accept.contexts.compactMap { answer in
            let index = Int(answer.id) / 2
            guard answer.result == 0, answer.id % 2 == 1, index < proposals.count else { return nil }
            let proposal = proposals[index]
            guard proposal.transferSyntaxUIDs.contains(answer.transferSyntaxUID) else { return nil }
            let role = accept.userInformation.roles.first { $0.sopClassUID == proposal.abstractSyntaxUID }
            return AcceptedContext(
                id: answer.id, abstractSyntaxUID: proposal.abstractSyntaxUID, transferSyntaxUID: answer.transferSyntaxUID,
                isReceiving: proposal.isReceiving && role?.isProvider == true)
        }
    }
}

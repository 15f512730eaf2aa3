internal import LineProtocol
internal import NIOPosix
public import Trust

/// Enrols a gateway by an invitation.
public enum Join {
    /// Makes a key, checks the coordinator's authority, and only then says the invitation's secret.
    ///
    /// - Parameter folder: where key, certificate and authority are kept; made for the owner alone.
    /// - Returns: the name that the invitation gave the worker.
    /// - Throws: ``GatewayError`` with `configuration` when a gateway is enrolled in `folder` already, and when the coordinator cannot be
    ///   reached or says no; `TrustError` when it is another authority's or a file cannot be written.
    public static func run(_ invitation: Invitation, into folder: String) async throws -> String {
        guard !Identity.isStored(in: folder, named: Gateway.identityName) else { throw alreadyEnrolled(folder) }
        let group = MultiThreadedEventLoopGroup.singleton
        let address = LineAddress(host: invitation.host, port: invitation.port)
        let enrolment = try Enrolment(by: invitation)
        let authority: String
        switch try await LineExchange.ask(.authority, of: address, .stranger, on: group) {
        case .authority(let reply): authority = try enrolment.check(authority: reply.certificate)
        case let other: throw refusal(other, address)
        }
        // Whatever can fail here fails before ENROL: the secret works once.
        try FileSystem.makeFolder(folder)
        try enrolment.storeKey(in: folder, named: Gateway.identityName)
        let request = EnrolRequest(secret: invitation.secret.reveal(), signingRequest: enrolment.signingRequest)
        switch try await LineExchange.ask(.enrol(request), of: address, .enrolling(authority: authority), on: group) {
        case .enrol(let reply):
            let identity = try await enrolment.accept(certificate: reply.certificate, authority: authority)
            try identity.store(in: folder, named: Gateway.identityName)
            return reply.worker
        case let other: throw refusal(other, address)
        }
    }

    private static func alreadyEnrolled(_ folder: String) -> GatewayError {
        let name = Gateway.identityName
        return GatewayError(
            .configuration,
            """
            a gateway is enrolled in \(folder) already; choose another folder with --dir, or, to enrol it again, remove \(name)-key.pem, \
            \(name).pem and, where it is there, \(name)-new.pem first
            """)
    }

    private static func refusal(_ reply: Reply, _ address: LineAddress) -> GatewayError {
        if case .error(let error) = reply { return GatewayError(.line, "\(address) refused: \(error.message) (\(error.code.rawValue))") }
        return GatewayError(.line, "\(address) answered with a reply to another question")
    }
}

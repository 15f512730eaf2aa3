internal import X509

/// The worker's side of a renewal, without its sockets: a new key, the request for it, and what to check in the reply.
public struct Renewal: Sendable {
    private let former: Identity
    private let request: SigningRequest

    /// A renewal of `identity`, with a new key.
    public init(of identity: Identity) throws {
        former = identity
        request = try SigningRequest()
    }

    /// The certificate signing request, PEM.
    public var signingRequest: String { request.pem }

    /// Takes the certificate and the authorities that the coordinator, verified by the authorities known so far, named.
    ///
    /// - Throws: ``TrustError`` when the certificate is not for this key, not of those authorities, or not this worker's.
    public func accept(certificate: String, authorities: [String]) async throws(TrustError) -> Identity {
        guard let issued = try? Certificate(pemEncoded: certificate), request.isAnswered(by: issued) else {
            throw TrustError(.certificateInvalid, "the coordinator answered with a certificate that is not for this worker's new key")
        }
        let authorityPEM = authorities.flatMap(PEMText.blocks).joined()
        try await Chain.verify(issued, against: authorityPEM)
        guard try PeerRole(of: issued) == former.role() else {
            throw TrustError(.roleWrong, "the coordinator answered with a certificate for another worker")
        }
        return Identity(keyPEM: request.keyPEM, certificatePEM: certificate, authorityPEM: authorityPEM)
    }
}

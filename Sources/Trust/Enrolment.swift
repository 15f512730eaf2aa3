internal import X509

/// The worker's side of joining, without its sockets: what to check before what is said.
///
/// 1. Connect with ``TransportSecurity/strangerContext()`` and say `AUTHORITY`; give the reply's certificate to ``check(authority:)``.
/// 2. Connect anew with ``TransportSecurity/enrollingContext(trusting:)`` and a handler that verifies that authority; only then say `ENROL`
///    with the invitation's secret and ``signingRequest``.
/// 3. Give the reply to ``accept(certificate:authority:)`` and store the identity.
public struct Enrolment: Sendable {
    /// The invitation.
    public let invitation: Invitation
    private let request: SigningRequest

    /// An enrolment by `invitation`, with a new key.
    public init(by invitation: Invitation) throws {
        self.invitation = invitation
        request = try SigningRequest()
    }

    /// The certificate signing request, PEM.
    public var signingRequest: String { request.pem }

    /// Writes the key to `NAME-key.pem` (mode 0600) in `folder`: before the secret is said, for a secret works once.
    ///
    /// - Throws: ``TrustError`` with `file`, naming the file.
    public func storeKey(in folder: String, named name: String) throws(TrustError) {
        try SecretFile.write(request.keyPEM, to: "\(folder)/\(name)-key.pem", mode: SecretFile.privateMode)
    }

    /// Compares the authority that the coordinator named with the invitation's, before the secret is said.
    ///
    /// - Parameter authority: the certificate of the reply to `AUTHORITY`, PEM.
    /// - Returns: the same certificate in PEM, now to be trusted.
    /// - Throws: ``TrustError`` with `authority-mismatch` or `certificate-invalid`.
    public func check(authority: String) throws(TrustError) -> String {
        guard let document = try? Certificate(pemEncoded: authority).serializeAsPEM() else {
            throw TrustError(.certificateInvalid, "\(place) answered with an authority certificate that cannot be read")
        }
        guard Digest.hex(Digest.sha256(document.derBytes)) == invitation.authority else {
            throw TrustError(
                .authorityMismatch,
                "the coordinator at \(place) belongs to another authority than the invitation; nothing was said to it. Ask for a new invitation")
        }
        return document.pemString + "\n"
    }

    /// Takes the certificate that the coordinator issued.
    ///
    /// - Parameters:
    ///   - certificate: of the reply to `ENROL`, PEM.
    ///   - authority: as ``check(authority:)`` returned it.
    /// - Throws: ``TrustError`` when it is not for this key, not of that authority, or no worker's.
    public func accept(certificate: String, authority: String) async throws(TrustError) -> Identity {
        guard let issued = try? Certificate(pemEncoded: certificate), request.isAnswered(by: issued) else {
            throw TrustError(.certificateInvalid, "\(place) answered with a certificate that is not for this worker's key")
        }
        try await Chain.verify(issued, against: authority)
        guard case .worker = try PeerRole(of: issued) else {
            throw TrustError(.roleWrong, "\(place) answered with a certificate that is no worker's")
        }
        return Identity(keyPEM: request.keyPEM, certificatePEM: certificate, authorityPEM: authority)
    }

    private var place: String { "\(invitation.host):\(invitation.port)" }
}

public import Migration
internal import X509

/// One end's key and certificate, and the authorities that it trusts: all PEM.
public struct Identity: Hashable, Sendable {
    /// The private key. Never logged, never sent.
    let keyPEM: String
    /// The certificate.
    public let certificatePEM: String
    /// The certificate of the authority, or those of several.
    public let authorityPEM: String

    init(keyPEM: String, certificatePEM: String, authorityPEM: String) {
        self.keyPEM = keyPEM
        self.certificatePEM = certificatePEM
        self.authorityPEM = authorityPEM
    }

    /// The role that the certificate gives.
    ///
    /// - Throws: ``TrustError`` with `certificate-invalid` or `role-wrong`.
    public func role() throws(TrustError) -> PeerRole {
        guard let certificate = try? Certificate(pemEncoded: certificatePEM) else {
            throw TrustError(.certificateInvalid, "the certificate cannot be read")
        }
        return try PeerRole(of: certificate)
    }

    /// When the certificate ends; nil when it cannot be read.
    public var end: Instant? { (try? Certificate(pemEncoded: certificatePEM)).map { PeerCertificate($0).end } }
}

extension Identity: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "‹identity›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

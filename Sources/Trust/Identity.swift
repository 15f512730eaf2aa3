internal import X509

/// One end's key and certificate, and the authority that it trusts: all PEM.
public struct Identity: Hashable, Sendable {
    /// The private key. Never logged, never sent.
    let keyPEM: String
    /// The certificate.
    public let certificatePEM: String
    /// The authority's certificate.
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

    /// Writes `NAME-key.pem` (mode 0600), `NAME.pem` and `authority.pem` into `folder`.
    public func store(in folder: String, named name: String) throws(TrustError) {
        try SecretFile.write(keyPEM, to: "\(folder)/\(name)-key.pem", mode: SecretFile.privateMode)
        try SecretFile.write(certificatePEM, to: "\(folder)/\(name).pem", mode: SecretFile.publicMode)
        try SecretFile.write(authorityPEM, to: "\(folder)/authority.pem", mode: SecretFile.publicMode)
    }

    /// Whether `folder` holds a key of that name with its certificate: an identity that must not be lost.
    public static func isStored(in folder: String, named name: String) -> Bool {
        SecretFile.exists("\(folder)/\(name)-key.pem") && SecretFile.exists("\(folder)/\(name).pem")
    }

    /// Reads what ``store(in:named:)`` wrote.
    ///
    /// - Throws: ``TrustError`` with `file`, naming the file.
    public static func load(from folder: String, named name: String) throws(TrustError) -> Identity {
        Identity(
            keyPEM: try SecretFile.read("\(folder)/\(name)-key.pem"),
            certificatePEM: try SecretFile.read("\(folder)/\(name).pem"),
            authorityPEM: try SecretFile.read("\(folder)/authority.pem"))
    }
}

extension Identity: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "‹identity›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

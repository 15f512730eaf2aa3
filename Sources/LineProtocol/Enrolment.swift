/// The reply to `AUTHORITY`.
public struct AuthorityReply: Hashable, Sendable, Codable {
    /// The authority's certificate, PEM.
    public var certificate: String
    /// SHA-256 of the certificate's DER bytes, 64 lower-case hexadecimal digits: what an invitation carries.
    public var sha256: String

    /// A reply of these values.
    public init(certificate: String, sha256: String) {
        self.certificate = certificate
        self.sha256 = sha256
    }
}

/// `ENROL`: an invitation's secret and a certificate signing request.
public struct EnrolRequest: Hashable, Sendable, Codable {
    /// The one-time secret of the invitation.
    public var secret: String
    /// PKCS #10 certificate signing request with the worker's P-256 key, PEM.
    public var signingRequest: String

    /// A request of these values.
    public init(secret: String, signingRequest: String) {
        self.secret = secret
        self.signingRequest = signingRequest
    }
}

/// The reply to `ENROL`.
public struct EnrolReply: Hashable, Sendable, Codable {
    /// The name that the invitation gave the worker.
    public var worker: String
    /// The worker's certificate, PEM.
    public var certificate: String
    /// The authority's certificate, PEM.
    public var authority: String

    /// A reply of these values.
    public init(worker: String, certificate: String, authority: String) {
        self.worker = worker
        self.certificate = certificate
        self.authority = authority
    }
}

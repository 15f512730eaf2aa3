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

/// `RENEW`: a certificate signing request for a new key, on a connection with the certificate that is to be replaced.
public struct RenewRequest: Hashable, Sendable, Codable {
    /// PKCS #10 certificate signing request with the worker's new P-256 key, PEM.
    public var signingRequest: String

    /// A request with this signing request.
    public init(signingRequest: String) { self.signingRequest = signingRequest }
}

/// The reply to `RENEW`.
public struct RenewReply: Hashable, Sendable, Codable {
    /// The certificates of the authorities that the worker is to trust from now on, PEM; at least one.
    public var authorities: [String]
    /// The worker's new certificate, PEM: name and identity are those of the old one.
    public var certificate: String

    /// A reply of these values.
    public init(authorities: [String], certificate: String) {
        self.authorities = authorities
        self.certificate = certificate
    }
}

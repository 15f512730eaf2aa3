internal import Crypto
internal import Foundation
public import Migration
internal import X509

/// The certificate authority of one migration: P-256, its key on the coordinator's machine only.
///
/// A value: copies share nothing that changes.
public struct Authority: Sendable {
    private let key: P256.Signing.PrivateKey
    private let certificate: Certificate

    /// The authority's certificate, PEM.
    public let certificatePEM: String
    /// SHA-256 of the certificate's DER bytes, 64 lower-case hexadecimal digits.
    public let fingerprint: String

    /// How long an authority lives: longer than any migration and the look at its evidence afterwards.
    public static var validity: Interval { .minutes(60 * 24 * 365 * 10) }
    /// How long a leaf certificate lives. Until certificates are renewed during the run it must outlast a migration of months.
    public static var leafValidity: Interval { .minutes(60 * 24 * 365) }
    /// How far a certificate's beginning lies before its issue, for gateways whose clocks are late.
    public static var clockAllowance: Interval { .minutes(60) }

    /// A new authority named `name`, made at `now`.
    public static func make(named name: String, at now: Instant) throws -> Authority {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: Self.date(now, minus: clockAllowance), notValidAfter: Self.date(now + validity),
            issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: .init(key.publicKey))
            },
            issuerPrivateKey: .init(key))
        return try Authority(key: key, certificate: certificate)
    }

    private init(key: P256.Signing.PrivateKey, certificate: Certificate) throws {
        self.key = key
        self.certificate = certificate
        let document = try certificate.serializeAsPEM()
        certificatePEM = document.pemString + "\n"
        fingerprint = Digest.hex(Digest.sha256(document.derBytes))
    }
}

extension Authority {
    /// Issues a certificate for the coordinator's end of the line, with a new key.
    public func issueCoordinator(at now: Instant) throws -> Identity {
        let key = P256.Signing.PrivateKey()
        let issued = try issue(.init(key.publicKey), commonName: "coordinator", role: .coordinator, usage: [.serverAuth], at: now)
        return Identity(keyPEM: key.pemRepresentation + "\n", certificatePEM: issued, authorityPEM: certificatePEM)
    }

    /// Issues a worker's certificate for the key in `signingRequest` (PKCS #10, PEM). Of the request nothing but the key is used:
    /// name and identity are the coordinator's to give.
    ///
    /// - Returns: the certificate, PEM.
    /// - Throws: ``TrustError`` with `signing-request-invalid`.
    public func issueWorker(
        for signingRequest: String, name: String, identity: GatewayIdentity, at now: Instant
    ) throws -> String {
        let key = try SigningRequest.publicKey(of: signingRequest)
        return try issue(key, commonName: name, role: .worker(name: name, identity: identity), usage: [.clientAuth], at: now)
    }

    /// Checks a worker's signing request, so that an invitation is not used up for one that cannot be answered.
    ///
    /// - Throws: ``TrustError`` with `signing-request-invalid`.
    public static func check(signingRequest: String) throws(TrustError) { _ = try SigningRequest.publicKey(of: signingRequest) }

    private func issue(
        _ publicKey: Certificate.PublicKey, commonName: String, role: PeerRole, usage: [ExtendedKeyUsage.Usage],
        at now: Instant
    ) throws -> String {
        let issued = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: publicKey,
            notValidBefore: Self.date(now, minus: Self.clockAllowance), notValidAfter: Self.date(now + Self.leafValidity),
            issuer: certificate.subject, subject: try DistinguishedName { CommonName(commonName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage(usage)
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
                SubjectAlternativeNames(role.uris.map { .uniformResourceIdentifier($0) })
            },
            issuerPrivateKey: .init(key))
        return try issued.serializeAsPEM().pemString + "\n"
    }

    private static func date(_ instant: Instant, minus interval: Interval = Interval(milliseconds: 0)) -> Date {
        Date(timeIntervalSince1970: Double(instant.milliseconds - interval.milliseconds) / 1000)
    }
}

extension Authority {
    private static func keyPath(_ folder: String) -> String { folder + "/authority-key.pem" }
    private static func certificatePath(_ folder: String) -> String { folder + "/authority.pem" }

    /// Writes `authority-key.pem` (mode 0600) and `authority.pem` into `folder`.
    public func store(in folder: String) throws(TrustError) {
        try SecretFile.write(key.pemRepresentation + "\n", to: Self.keyPath(folder), mode: SecretFile.privateMode)
        try SecretFile.write(certificatePEM, to: Self.certificatePath(folder), mode: SecretFile.publicMode)
    }

    /// Reads what ``store(in:)`` wrote.
    ///
    /// - Throws: ``TrustError`` with `file` or `certificate-invalid`, naming the file.
    public static func load(from folder: String) throws(TrustError) -> Authority {
        let keyText = try SecretFile.read(keyPath(folder))
        let certificateText = try SecretFile.read(certificatePath(folder))
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText) else {
            throw TrustError(.file, "\(keyPath(folder)) holds no P-256 private key in PEM")
        }
        guard let certificate = try? Certificate(pemEncoded: certificateText),
            certificate.publicKey == Certificate.PublicKey(key.publicKey),
            let authority = try? Authority(key: key, certificate: certificate)
        else {
            throw TrustError(.certificateInvalid, "\(certificatePath(folder)) is not the certificate of \(keyPath(folder))")
        }
        return authority
    }
}

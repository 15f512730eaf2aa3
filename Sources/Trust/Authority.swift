internal import Crypto
internal import Foundation
public import Migration
internal import X509

/// The certificate authority of one migration: P-256, its key on the coordinator's machine only.
///
/// A value: copies share nothing that changes.
public struct Authority: Sendable {
    let key: P256.Signing.PrivateKey
    private let certificate: Certificate

    /// The authority's certificate, PEM.
    public let certificatePEM: String
    /// SHA-256 of the certificate's DER bytes, 64 lower-case hexadecimal digits.
    public let fingerprint: String
    /// The identifier of the authority's key that the certificates it issued name (RFC 5280 §4.2.1.1).
    let keyIdentifier: [UInt8]

    /// How long an authority lives: longer than any migration and the look at its evidence afterwards.
    public static var validity: Interval { .minutes(60 * 24 * 365 * 10) }
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

    init(key: P256.Signing.PrivateKey, certificate: Certificate) throws {
        self.key = key
        self.certificate = certificate
        let document = try certificate.serializeAsPEM()
        certificatePEM = document.pemString + "\n"
        fingerprint = Digest.hex(Digest.sha256(document.derBytes))
        keyIdentifier = Array(SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
    }
}

extension Authority {
    /// Issues a certificate for the coordinator's end of the line, with a new key.
    ///
    /// - Parameter others: authorities whose workers are to be heard beside this one's, PEM.
    public func issueCoordinator(at now: Instant, for life: CertificateLife = .standard, trusting others: String = "") throws -> Identity {
        let key = P256.Signing.PrivateKey()
        let issued = try issue(
            .init(key.publicKey), commonName: "coordinator", role: .coordinator, usage: [.serverAuth], at: now, for: life)
        return Identity(keyPEM: key.pemRepresentation + "\n", certificatePEM: issued, authorityPEM: certificatePEM + others)
    }

    /// Issues a worker's certificate for the key in `signingRequest` (PKCS #10, PEM). Of the request nothing but the key is used:
    /// name and identity are the coordinator's to give.
    ///
    /// - Parameter number: what tells it from the worker's earlier and later ones; 0: it names none.
    /// - Returns: the certificate, PEM.
    /// - Throws: ``TrustError`` with `signing-request-invalid`.
    public func issueWorker(
        for signingRequest: String, name: String, identity: GatewayIdentity, number: Int64 = 0, at now: Instant, for life: CertificateLife = .standard
    ) throws -> String {
        let key = try SigningRequest.publicKey(of: signingRequest)
        let role = PeerRole.worker(name: name, identity: identity)
        return try issue(key, commonName: name, role: role, number: number, usage: [.clientAuth], at: now, for: life)
    }

    /// Checks a worker's signing request, so that an invitation is not used up for one that cannot be answered.
    ///
    /// - Throws: ``TrustError`` with `signing-request-invalid`.
    public static func check(signingRequest: String) throws(TrustError) { _ = try SigningRequest.publicKey(of: signingRequest) }

    private func issue(
        _ publicKey: Certificate.PublicKey, commonName: String, role: PeerRole, number: Int64 = 0, usage: [ExtendedKeyUsage.Usage],
        at now: Instant, for life: CertificateLife
    ) throws -> String {
        let uris = role.uris + (number > 0 ? [PeerRole.uri(ofNumber: number)] : [])
        let issued = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: publicKey,
            notValidBefore: Self.date(now, minus: Self.clockAllowance), notValidAfter: Self.date(now + life.length),
            issuer: certificate.subject, subject: try DistinguishedName { CommonName(commonName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage(usage)
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
                SubjectAlternativeNames(uris.map { .uniformResourceIdentifier($0) })
            },
            issuerPrivateKey: .init(key))
        return try issued.serializeAsPEM().pemString + "\n"
    }

    private static func date(_ instant: Instant, minus interval: Interval = Interval(milliseconds: 0)) -> Date {
        Date(timeIntervalSince1970: Double(instant.milliseconds - interval.milliseconds) / 1000)
    }
}

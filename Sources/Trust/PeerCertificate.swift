internal import Foundation
public import Migration
public import NIOSSL
internal import X509

/// What the coordinator needs to know of a certificate that a peer has shown.
public struct PeerCertificate: Hashable, Sendable {
    /// Who the peer is; nil when the certificate names no role of a migration.
    public let role: PeerRole?
    /// When it ends.
    public let end: Instant
    /// The number that its issue had: greater than those of all that were issued before; 0 where it names none.
    public let number: Int64
    /// When it was issued, in whole seconds.
    let issued: Instant
    /// The key of the authority that issued it (RFC 5280 §4.2.1.1).
    let authorityKey: [UInt8]

    /// Reads a certificate that TLS has verified.
    ///
    /// - Throws: ``TrustError`` with `certificate-invalid`.
    public init(verified certificate: NIOSSLCertificate) throws(TrustError) {
        guard let der = try? certificate.toDERBytes(), let parsed = try? Certificate(derEncoded: der) else {
            throw TrustError(.certificateInvalid, "the peer's certificate cannot be read")
        }
        self.init(parsed)
    }

    init(_ certificate: Certificate) {
        role = try? PeerRole(of: certificate)
        number = PeerRole.number(of: certificate)
        end = Instant(certificate.notValidAfter)
        issued = Instant(certificate.notValidBefore) + Authority.clockAllowance
        let identifier = try? certificate.extensions.authorityKeyIdentifier
        authorityKey = Array(identifier?.keyIdentifier ?? [])
    }
}

extension Instant {
    /// The moment that a certificate names.
    init(_ date: Date) { self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded())) }
}

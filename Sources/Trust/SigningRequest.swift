internal import Crypto
internal import X509

/// A worker's request for a certificate (PKCS #10, RFC 2986) and the key that it is for.
public struct SigningRequest: Sendable {
    private let key: P256.Signing.PrivateKey

    /// The request, PEM: its subject is a placeholder, since the coordinator names the worker.
    public let pem: String

    /// A request with a new P-256 key.
    public init() throws {
        key = P256.Signing.PrivateKey()
        let request = try CertificateSigningRequest(
            version: .v1, subject: try DistinguishedName { CommonName("worker") }, privateKey: .init(key),
            attributes: .init(), signatureAlgorithm: .ecdsaWithSHA256)
        pem = try request.serializeAsPEM().pemString + "\n"
    }

    /// The key, PEM: for ``Identity`` only.
    var keyPEM: String { key.pemRepresentation + "\n" }

    /// Whether `certificate` was issued for this request's key.
    func isAnswered(by certificate: Certificate) -> Bool {
        certificate.publicKey == Certificate.PublicKey(key.publicKey)
    }

    /// The key that `pem` asks a certificate for.
    ///
    /// - Throws: ``TrustError`` with `signing-request-invalid` when it cannot be read, is not signed by that key, or the key is not P-256.
    static func publicKey(of pem: String) throws(TrustError) -> Certificate.PublicKey {
        guard let request = try? CertificateSigningRequest(pemEncoded: pem) else {
            throw TrustError(.signingRequestInvalid, "the signing request is no PKCS #10 request in PEM")
        }
        guard request.publicKey.isValidSignature(request.signature, for: request) else {
            throw TrustError(.signingRequestInvalid, "the signing request is not signed by the key that it names")
        }
        guard P256.Signing.PublicKey(request.publicKey) != nil else {
            throw TrustError(.signingRequestInvalid, "the signing request's key is not a P-256 key")
        }
        return request.publicKey
    }
}

internal import X509

/// Verification of a certificate against the migration's one authority (RFC 5280 §6).
enum Chain {
    /// Returns when `leaf` is of `authority` (PEM) and valid now.
    ///
    /// - Throws: ``TrustError`` with `certificate-invalid`.
    static func verify(_ leaf: Certificate, against authority: String) async throws(TrustError) {
        guard let root = try? Certificate(pemEncoded: authority) else {
            throw TrustError(.certificateInvalid, "the authority's certificate cannot be read")
        }
        var verifier = Verifier(rootCertificates: CertificateStore([root])) { RFC5280Policy() }
        switch await verifier.validate(leaf: leaf, intermediates: CertificateStore()) {
        case .validCertificate: return
        case .couldNotValidate:
            throw TrustError(.certificateInvalid, "the certificate is not of the migration's authority, or not valid now")
        }
    }
}

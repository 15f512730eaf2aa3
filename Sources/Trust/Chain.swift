internal import X509

/// Verification of a certificate against the migration's authorities (RFC 5280 §6).
enum Chain {
    /// Returns when `leaf` is of one of `authorities` (PEM, one block or several) and valid now.
    ///
    /// - Throws: ``TrustError`` with `certificate-invalid`.
    static func verify(_ leaf: Certificate, against authorities: String) async throws(TrustError) {
        var roots: [Certificate] = []
        for block in PEMText.blocks(of: authorities) {
            guard let root = try? Certificate(pemEncoded: block) else {
                throw TrustError(.certificateInvalid, "an authority's certificate cannot be read")
            }
            roots.append(root)
        }
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) { RFC5280Policy() }
        switch await verifier.validate(leaf: leaf, intermediates: CertificateStore()) {
        case .validCertificate: return
        case .couldNotValidate:
            throw TrustError(.certificateInvalid, "the certificate is not of the migration's authority, or not valid now")
        }
    }
}

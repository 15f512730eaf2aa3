internal import Crypto
internal import X509

/// An authority's two files. The first of a migration has no number in their names, the next is the second, and so on.
extension Authority {
    static func keyPath(_ folder: String, _ generation: Int) -> String { path(folder, generation, "-key") }
    static func certificatePath(_ folder: String, _ generation: Int) -> String { path(folder, generation, "") }

    private static func path(_ folder: String, _ generation: Int, _ kind: String) -> String {
        "\(folder)/authority\(generation > 1 ? "-\(generation)" : "")\(kind).pem"
    }

    /// Writes `authority-key.pem` (mode 0600) and `authority.pem` into `folder`.
    public func store(in folder: String, generation: Int = 1) throws(TrustError) {
        try SecretFile.write(key.pemRepresentation + "\n", to: Self.keyPath(folder, generation), mode: SecretFile.privateMode)
        try SecretFile.write(certificatePEM, to: Self.certificatePath(folder, generation), mode: SecretFile.publicMode)
    }

    /// Reads what ``store(in:generation:)`` wrote.
    ///
    /// - Throws: ``TrustError`` with `file` or `certificate-invalid`, naming the file.
    public static func load(from folder: String, generation: Int = 1) throws(TrustError) -> Authority {
        let (keyPath, certificatePath) = (keyPath(folder, generation), certificatePath(folder, generation))
        let keyText = try SecretFile.read(keyPath)
        let certificateText = try SecretFile.read(certificatePath)
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: keyText) else {
            throw TrustError(.file, "\(keyPath) holds no P-256 private key in PEM")
        }
        guard let certificate = try? Certificate(pemEncoded: certificateText),
            certificate.publicKey == Certificate.PublicKey(key.publicKey),
            let authority = try? Authority(key: key, certificate: certificate)
        else {
            throw TrustError(.certificateInvalid, "\(certificatePath) is not the certificate of \(keyPath)")
        }
        return authority
    }
}

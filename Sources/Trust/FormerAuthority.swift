internal import X509

/// An authority that signs nothing any more, and whose certificates are still trusted.
struct FormerAuthority: Hashable, Sendable {
    let certificatePEM: String
    let fingerprint: String
    let keyIdentifier: [UInt8]

    init(_ authority: Authority) {
        certificatePEM = authority.certificatePEM
        fingerprint = authority.fingerprint
        keyIdentifier = authority.keyIdentifier
    }

    /// Reads its certificate; its key is erased.
    static func load(from folder: String, generation: Int) throws(TrustError) -> FormerAuthority {
        let path = Authority.certificatePath(folder, generation)
        guard let certificate = try? Certificate(pemEncoded: try SecretFile.read(path)), let document = try? certificate.serializeAsPEM() else {
            throw TrustError(.certificateInvalid, "\(path) is no certificate in PEM")
        }
        return FormerAuthority(
            certificatePEM: document.pemString + "\n", fingerprint: Digest.hex(Digest.sha256(document.derBytes)),
            keyIdentifier: Array(SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier))
    }

    private init(certificatePEM: String, fingerprint: String, keyIdentifier: [UInt8]) {
        self.certificatePEM = certificatePEM
        self.fingerprint = fingerprint
        self.keyIdentifier = keyIdentifier
    }
}

/// The authorities of a migration by the SHA-256 of their certificates, hexadecimal.
public struct AuthorityOverview: Hashable, Sendable {
    /// The one whose certificate the coordinator shows, and which invitations name.
    public let acting: String
    /// The one that is to act next; nil when no rotation is under way.
    public let next: String?
    /// The one that acted before and is still trusted; nil when there is none.
    public let former: String?
}

internal import Crypto
internal import X509

/// An identity's files: `NAME-key.pem` (mode 0600), `NAME.pem` and `authority.pem`, and after a renewal beside them the new one as a whole, in
/// `NAME-new.pem` (mode 0600), until it has spoken.
extension Identity {
    /// Writes the identity of a worker that has none yet, at once or, after a crash, with the next ``settle(in:named:)``.
    public func store(in folder: String, named name: String) throws(TrustError) {
        try stage(in: folder, named: name)
        try settle(in: folder, named: name)
    }

    /// Writes the new identity beside the former one.
    public func stage(in folder: String, named name: String) throws(TrustError) {
        try SecretFile.write(keyPEM + certificatePEM + authorityPEM, to: Self.newPath(folder, name), mode: SecretFile.privateMode)
    }

    /// Puts the new identity in the former one's place. A crash in the midst of it loses nothing: the new one goes last.
    public func settle(in folder: String, named name: String) throws(TrustError) {
        try SecretFile.write(keyPEM, to: Self.keyPath(folder, name), mode: SecretFile.privateMode)
        try SecretFile.write(certificatePEM, to: Self.certificatePath(folder, name), mode: SecretFile.publicMode)
        try SecretFile.write(authorityPEM, to: Self.authorityPath(folder), mode: SecretFile.publicMode)
        Self.giveUpNew(in: folder, named: name)
    }

    /// Erases the new identity; the former one stays.
    public static func giveUpNew(in folder: String, named name: String) { SecretFile.erase(newPath(folder, name)) }

    /// Whether `folder` holds a key of that name with its certificate: an identity that must not be lost.
    public static func isStored(in folder: String, named name: String) -> Bool {
        SecretFile.exists(newPath(folder, name)) || SecretFile.exists(keyPath(folder, name)) && SecretFile.exists(certificatePath(folder, name))
    }

    fileprivate static func readSettled(from folder: String, named name: String) throws(TrustError) -> Identity {
        Identity(
            keyPEM: try SecretFile.read(keyPath(folder, name)), certificatePEM: try SecretFile.read(certificatePath(folder, name)),
            authorityPEM: try SecretFile.read(authorityPath(folder)))
    }

    fileprivate static func readNew(from folder: String, named name: String) throws(TrustError) -> Identity? {
        let path = newPath(folder, name)
        guard SecretFile.exists(path) else { return nil }
        let blocks = PEMText.blocks(of: try SecretFile.read(path))
        guard blocks.count >= 3 else { throw TrustError(.file, "\(path) is no key with its certificates") }
        return Identity(keyPEM: blocks[0], certificatePEM: blocks[1], authorityPEM: blocks[2...].joined())
    }

    /// Whether the certificate is for the key: after a crash in the midst of ``settle(in:named:)`` it may not be.
    fileprivate var isWhole: Bool {
        guard let key = try? P256.Signing.PrivateKey(pemRepresentation: keyPEM), let certificate = try? Certificate(pemEncoded: certificatePEM)
        else { return false }
        return certificate.publicKey == Certificate.PublicKey(key.publicKey)
    }

    private static func newPath(_ folder: String, _ name: String) -> String { "\(folder)/\(name)-new.pem" }
    private static func keyPath(_ folder: String, _ name: String) -> String { "\(folder)/\(name)-key.pem" }
    private static func certificatePath(_ folder: String, _ name: String) -> String { "\(folder)/\(name).pem" }
    private static func authorityPath(_ folder: String) -> String { folder + "/authority.pem" }
}

extension Credentials {
    /// Reads what lies in `folder`, and writes nothing.
    ///
    /// - Throws: ``TrustError`` with `file`, naming the file.
    public static func load(from folder: String, named name: String) throws(TrustError) -> Credentials {
        guard let new = try Identity.readNew(from: folder, named: name) else {
            return Credentials(try Identity.readSettled(from: folder, named: name))
        }
        let former = try? Identity.readSettled(from: folder, named: name)
        return Credentials(new: new, former: former.flatMap { $0.isWhole && $0.certificatePEM != new.certificatePEM ? $0 : nil })
    }
}

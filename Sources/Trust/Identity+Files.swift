internal import X509

/// An identity's three files, replaced together: a key without its certificate would be worth nothing.
extension Identity {
    /// Writes `NAME-key.pem` (mode 0600), `NAME.pem` and `authority.pem` into `folder`.
    ///
    /// All of it is first written to `NAME-new.pem` (mode 0600); from then on a crash loses nothing, as the next ``load(from:named:)`` goes on.
    public func store(in folder: String, named name: String) throws(TrustError) {
        try SecretFile.write(keyPEM + certificatePEM + authorityPEM, to: Self.newPath(folder, name), mode: SecretFile.privateMode)
        try spread(in: folder, named: name)
    }

    /// Whether `folder` holds a key of that name with its certificate: an identity that must not be lost.
    public static func isStored(in folder: String, named name: String) -> Bool {
        SecretFile.exists(newPath(folder, name)) || SecretFile.exists("\(folder)/\(name)-key.pem") && SecretFile.exists("\(folder)/\(name).pem")
    }

    /// Reads what ``store(in:named:)`` wrote.
    ///
    /// - Throws: ``TrustError`` with `file`, naming the file.
    public static func load(from folder: String, named name: String) throws(TrustError) -> Identity {
        if SecretFile.exists(newPath(folder, name)) {
            let blocks = PEMText.blocks(of: try SecretFile.read(newPath(folder, name)))
            guard blocks.count >= 3 else { throw TrustError(.file, "\(newPath(folder, name)) is no key with its certificates") }
            let identity = Identity(keyPEM: blocks[0], certificatePEM: blocks[1], authorityPEM: blocks[2...].joined())
            try identity.spread(in: folder, named: name)
            return identity
        }
        return Identity(
            keyPEM: try SecretFile.read("\(folder)/\(name)-key.pem"),
            certificatePEM: try SecretFile.read("\(folder)/\(name).pem"),
            authorityPEM: try SecretFile.read("\(folder)/authority.pem"))
    }

    private static func newPath(_ folder: String, _ name: String) -> String { "\(folder)/\(name)-new.pem" }

    private func spread(in folder: String, named name: String) throws(TrustError) {
        try SecretFile.write(keyPEM, to: "\(folder)/\(name)-key.pem", mode: SecretFile.privateMode)
        try SecretFile.write(certificatePEM, to: "\(folder)/\(name).pem", mode: SecretFile.publicMode)
        try SecretFile.write(authorityPEM, to: "\(folder)/authority.pem", mode: SecretFile.publicMode)
        SecretFile.erase(Self.newPath(folder, name))
    }
}

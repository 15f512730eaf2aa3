internal import Crypto
public import Migration

/// What the keys of all spools of a migration are derived from: 32 random bytes in the coordinator's folder, for their owner's eyes only.
///
/// Each enrolment has a key of its own, so that neither another worker nor the same machine enrolled anew can read what it staged.
public struct SpoolSecret: Sendable {
    private let secret: SymmetricKey

    /// The name of the file, of mode 0600.
    public static var fileName: String { "spool-secret.pem" }
    private static var begin: String { "-----BEGIN SKEIN SPOOL SECRET-----" }
    private static var end: String { "-----END SKEIN SPOOL SECRET-----" }

    /// The secret in `folder`; a new one where there is none.
    ///
    /// - Throws: ``TrustError`` with `file`, naming the file.
    public init(in folder: String) throws(TrustError) {
        let path = "\(folder)/\(Self.fileName)"
        if !SecretFile.exists(path) {
            let digits = SymmetricKey(size: .bits256).withUnsafeBytes { Digest.hex($0) }
            try SecretFile.write("\(Self.begin)\n\(digits)\n\(Self.end)\n", to: path, mode: SecretFile.privateMode)
        }
        let lines = try SecretFile.read(path).split(separator: "\n").map(String.init)
        guard lines.count == 3, lines[0] == Self.begin, lines[2] == Self.end, let key = SpoolKey(hexadecimal: lines[1]) else {
            throw TrustError(
                .file, "\(path) is no secret of spools: put back the file from a copy of the folder; without it what workers have staged cannot be read")
        }
        secret = SymmetricKey(data: key.reveal())
    }

    /// The key of the spool of one enrolment (HKDF-SHA256, RFC 5869; no salt, since the secret is random).
    public func key(of identity: GatewayIdentity) -> SpoolKey {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array("skein spool \(identity.uuid)".utf8), outputByteCount: SpoolKey.byteCount)
        guard let key = SpoolKey(derived.withUnsafeBytes { Array($0) }) else { preconditionFailure("HKDF gave another count of bytes than asked") }
        return key
    }
}

extension SpoolSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "‹spool secret›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

import Crypto
import LineProtocol
import Migration

/// What seals the files that one enrolment stages: AES-256-GCM under keys that are derived from the enrolment's own, one a file.
///
/// The enrolment's key comes from the coordinator and is never written down: whoever takes the disk has nothing to open the files with.
struct SpoolCipher: Sendable {
    private let key: SymmetricKey

    init(_ key: SpoolKey) { self.key = SymmetricKey(data: key.reveal()) }

    /// What a derived key is for; no key serves two purposes.
    enum Purpose: String {
        case object = "skein staged object"
        case inventory = "skein inventory"
    }

    /// Bytes of the salt from which a file's key is derived: as many as SHA-256 gives (RFC 5869 §3.1).
    static var saltByteCount: Int { 32 }

    /// A new salt from the system's random source.
    static func salt() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }

    /// The key of one file (HKDF-SHA256, RFC 5869).
    func fileKey(_ salt: [UInt8], for purpose: Purpose) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, salt: salt, info: Array(purpose.rawValue.utf8), outputByteCount: SpoolKey.byteCount)
    }
}

/// Who sealed what lies in a grant's folder, written in it in the clear.
struct FolderSeal: Hashable, Sendable, Codable {
    /// The identity of the enrolment, a UUID: nobody else is given its key.
    var enrolment: String
    /// The salt of the inventory's key.
    var salt: [UInt8]
}

/// Bytes of `number` as they are authenticated and counted, the highest first.
func bigEndianBytes(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

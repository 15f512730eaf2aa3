/// The one-time secret of an invitation: 160 random bits in 32 characters of base32 (RFC 4648 §6), lower case.
///
/// Its description is redacted; the ledger stores its ``digest`` only.
public struct InvitationSecret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    private static var alphabet: [Character] { Array("abcdefghijklmnopqrstuvwxyz234567") }
    /// Characters of a secret, five bits each.
    static var length: Int { 32 }

    /// A new secret from the system's random source.
    public init() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Self.alphabet
        text = String((0..<Self.length).map { _ in alphabet[Int(random.next() & 31)] })
    }

    /// The secret that was said; nil when it cannot be one.
    public init?(_ text: String) {
        let alphabet = Self.alphabet
        guard text.count == Self.length, text.allSatisfy({ alphabet.contains($0) }) else { return nil }
        self.text = text
    }

    /// The secret itself, for the invitation and for `ENROL`.
    public func reveal() -> String { text }

    /// SHA-256 of the secret's characters, 32 bytes: what the ledger keeps. A plain digest is enough for a value of 160 random bits.
    public var digest: [UInt8] { Digest.sha256(text.utf8) }

    public var description: String { "‹secret›" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

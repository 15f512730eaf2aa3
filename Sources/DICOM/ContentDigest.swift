internal import Crypto

/// The SHA-256 of bytes.
public struct ContentDigest: Hashable, Sendable, CustomStringConvertible {
    /// Length of the digest.
    public static let byteCount = 32

    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The digest with these bytes; `nil` if they are not 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The digest written as 64 hexadecimal digits; `nil` if the text is none.
    public init?(_ text: String) {
        let digits = text.unicodeScalars.compactMap { $0.isASCII ? Character($0).hexDigitValue.map(UInt8.init) : nil }
        guard digits.count == 2 * Self.byteCount, text.unicodeScalars.count == digits.count else { return nil }
        bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    fileprivate init(_ digest: SHA256.Digest) {
        bytes = Array(digest)
    }

    /// 64 hexadecimal digits in lower case.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Computes a `ContentDigest` while the bytes stream by.
public struct ContentDigester: Sendable {
    private var hash = SHA256()

    /// A digester that has seen no bytes.
    public init() {}

    /// The digest of bytes that are at hand.
    static func digest(of bytes: ArraySlice<UInt8>) -> ContentDigest {
        var digester = ContentDigester()
        bytes.withUnsafeBytes { digester.update($0) }
        return digester.digest()
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        hash.update(bufferPointer: bytes)
    }

    /// Takes the next bytes.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The digest of all bytes so far; more may follow.
    public func digest() -> ContentDigest {
        ContentDigest(hash.finalize())
    }
}

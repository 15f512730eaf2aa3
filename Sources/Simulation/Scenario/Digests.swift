import Crypto

/// SHA-256 of `text` as 64 lower-case hexadecimal digits.
func digest(_ text: String) -> String { hexadecimal(SHA256.hash(data: Array(text.utf8))) }

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

/// SHA-256 of a line's bytes after the verb and its space (docs/protocol.md, `INVENTORY`).
func payloadDigest(_ line: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: Array(line.drop { $0 != UInt8(ascii: " ") }.dropFirst())))
}

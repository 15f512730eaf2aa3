internal import Crypto

/// SHA-256 in hexadecimal digits: what vouches for a picture, and what files are named by, so that no name of a peer's comes near the file system.
enum PictureDigest {
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(SHA256.hash(data: Array(bytes)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

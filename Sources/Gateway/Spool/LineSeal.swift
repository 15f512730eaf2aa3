import Crypto
import Foundation
import Migration

/// Seals the lines of one inventory: each is base64 of AES-256-GCM's nonce, ciphertext and tag, behind a letter in the clear that says whether it
/// is a piece or the end, so that an inventory is known to be complete before the coordinator has given the key.
///
/// Authenticated with each line are the medium's grant, the line's number and that letter. Nonces are random: a line that the full disk refused
/// is written again under its number.
struct LineSeal: Sendable {
    private let key: SymmetricKey
    private let grant: GrantNumber

    init(_ cipher: SpoolCipher, _ seal: FolderSeal, under grant: GrantNumber) {
        key = cipher.fileKey(seal.salt, for: .inventory)
        self.grant = grant
    }

    private static func mark(isEnd: Bool) -> UInt8 { UInt8(ascii: isEnd ? "E" : "P") }

    /// Whether a sealed line says that it is the inventory's end.
    static func isEnd(_ sealed: [UInt8]) -> Bool { sealed.first == mark(isEnd: true) }

    private func authenticated(_ number: Int, _ mark: UInt8) -> [UInt8] { bigEndianBytes(grant.number) + bigEndianBytes(Int64(number)) + [mark] }

    /// The line as it is written.
    func seal(_ line: [UInt8], number: Int, isEnd: Bool) throws(GatewayError) -> [UInt8] {
        let mark = Self.mark(isEnd: isEnd)
        guard let sealed = try? AES.GCM.seal(line, using: key, authenticating: authenticated(number, mark)).combined else {
            throw GatewayError(.spool, "line \(number + 1) of an inventory cannot be encrypted")
        }
        return [mark] + sealed.base64EncodedData()
    }

    /// The line as it was said.
    func open(_ sealed: [UInt8], number: Int) throws(GatewayError) -> [UInt8] {
        guard let mark = sealed.first, let combined = Data(base64Encoded: Data(sealed.dropFirst())),
            let box = try? AES.GCM.SealedBox(combined: combined),
            let line = try? AES.GCM.open(box, using: key, authenticating: authenticated(number, mark))
        else { throw GatewayError(.spool, "line \(number + 1) of an inventory in the spool cannot be decrypted") }
        return Array(line)
    }
}

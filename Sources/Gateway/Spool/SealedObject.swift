import Crypto
import Glibc
import Migration

/// The form of a sealed object in the spool.
///
///     header   "SKEINSP", the version 1, 32 bytes of salt; the file's key is derived from all of it
///     chunks   16 KiB of the object each, the last one 0 to 16 KiB, as AES-256-GCM ciphertext with a tag of 16 bytes behind each
///
/// A chunk's nonce is its number, from 0 on, and whether it is the last one; each key seals one file only, so none is used twice. Authenticated
/// with each chunk is the medium's grant, and with the last one the object's SHA-256: a chunk that is changed, left out, moved or taken from
/// another file is found, and so is a file under another's name.
private enum SealedForm {
    static var magic: [UInt8] { Array("SKEINSP".utf8) + [1] }
    static var headerByteCount: Int { 8 + SpoolCipher.saltByteCount }
    static var tagByteCount: Int { 16 }
    static var chunkByteCount: Int { GatewayLimits.chunkByteCount }
    static var sealedByteCount: Int { chunkByteCount + tagByteCount }

    static func nonce(_ number: Int64, isLast: Bool) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: bigEndianBytes(number) + [0, 0, 0, isLast ? 1 : 0])
    }

    static func authenticated(_ grant: GrantNumber, lastOf object: String?) -> [UInt8] {
        bigEndianBytes(grant.number) + Array((object ?? "").utf8)
    }
}

/// Seals one object while it is read. The file is of no use before ``finish(as:)``.
struct ObjectSealer {
    private let file: PosixFile
    private let key: SymmetricKey
    private let grant: GrantNumber
    private var number: Int64 = 0
    /// What may still be the last chunk's.
    private var waiting: [UInt8] = []

    /// Begins the file at `path`.
    init(creating path: String, under grant: GrantNumber, with cipher: SpoolCipher) throws(GatewayError) {
        let header = SealedForm.magic + SpoolCipher.salt()
        file = try PosixFile(path, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(header)
        key = cipher.fileKey(header, for: .object)
        self.grant = grant
    }

    /// Appends bytes of the object.
    mutating func write(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        var sealed: [UInt8] = []
        while waiting.count + rest.count > SealedForm.chunkByteCount {
            let room = SealedForm.chunkByteCount - waiting.count
            waiting += rest.prefix(room)
            rest = rest.dropFirst(room)
            try seal(isLast: nil, into: &sealed)
        }
        waiting += rest
        if !sealed.isEmpty { try file.write(sealed) }
    }

    /// Ends the file with its last chunk, which vouches for the object's name.
    ///
    /// - Returns: the bytes of the whole file.
    mutating func finish(as sha256: String) throws -> Int64 {
        var sealed: [UInt8] = []
        try seal(isLast: sha256, into: &sealed)
        try file.write(sealed)
        return try file.byteCount()
    }

    private mutating func seal(isLast object: String?, into sealed: inout [UInt8]) throws {
        let box = try AES.GCM.seal(
            waiting, using: key, nonce: SealedForm.nonce(number, isLast: object != nil),
            authenticating: SealedForm.authenticated(grant, lastOf: object))
        sealed += box.ciphertext
        sealed += box.tag
        number += 1
        waiting.removeAll(keepingCapacity: true)
    }
}

/// An object that lies sealed in the spool or the holding store. No file stays open between two reads.
struct SealedObject: Sendable {
    private let path: String
    private let sha256: String
    private let grant: GrantNumber
    // Kept from the first look on: a file that is put in this one's place later does not open.
    private let key: SymmetricKey
    private let chunkCount: Int64
    private let byteCount: Int64

    /// Opens the file and has its last chunk vouch for its length and name.
    ///
    /// - Throws: ``SourceChanged``; ``GatewayError`` when the file cannot be read.
    init(opening path: String, as sha256: String, under grant: GrantNumber, with cipher: SpoolCipher) throws {
        let file = try PosixFile(path, O_RDONLY)
        let header = try file.read(at: 0, count: SealedForm.headerByteCount)
        let bodyByteCount = try file.byteCount() - Int64(SealedForm.headerByteCount)
        let full = Int64(SealedForm.sealedByteCount)
        chunkCount = (bodyByteCount + full - 1) / full
        let last = bodyByteCount - (chunkCount - 1) * full - Int64(SealedForm.tagByteCount)
        guard header.count == SealedForm.headerByteCount, header.starts(with: SealedForm.magic), chunkCount > 0, last >= (chunkCount > 1 ? 1 : 0)
        else { throw SourceChanged.sealBroken }
        byteCount = (chunkCount - 1) * Int64(SealedForm.chunkByteCount) + last
        key = cipher.fileKey(header, for: .object)
        (self.path, self.sha256, self.grant) = (path, sha256, grant)
        try read(max(0, byteCount - 1)..<byteCount) { _ in }
        if byteCount == 0 { _ = try open(try chunks(from: 0, count: 1, of: file)[...], 0) }
    }

    /// Hands over a range of the object in pieces.
    ///
    /// - Throws: ``SourceChanged`` when a byte of it is not as it was sealed; ``GatewayError`` when the file cannot be read.
    func read(_ range: Range<Int64>, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        guard range.upperBound <= byteCount else { throw SourceChanged.sealBroken }
        let size = Int64(SealedForm.chunkByteCount)
        let file = try PosixFile(path, O_RDONLY)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let first = offset / size
            let count = min((range.upperBound - 1) / size + 1 - first, Int64(GatewayLimits.readByteCount) / size)
            let sealed = try chunks(from: first, count: count, of: file)
            for number in first..<first + count {
                let start = Int(number - first) * SealedForm.sealedByteCount
                let chunk = try open(sealed.dropFirst(start).prefix(SealedForm.sealedByteCount), number)
                let wanted = offset - number * size..<min(range.upperBound - number * size, size)
                guard wanted.upperBound <= chunk.count else { throw SourceChanged.sealBroken }
                try body(chunk[Int(wanted.lowerBound)..<Int(wanted.upperBound)])
                offset = number * size + wanted.upperBound
            }
        }
    }

    private func chunks(from first: Int64, count: Int64, of file: PosixFile) throws(GatewayError) -> [UInt8] {
        let full = Int64(SealedForm.sealedByteCount)
        return try file.read(at: Int64(SealedForm.headerByteCount) + first * full, count: Int(count * full))
    }

    private func open(_ sealed: ArraySlice<UInt8>, _ number: Int64) throws(SourceChanged) -> [UInt8] {
        let isLast = number == chunkCount - 1
        do {
            let box = try AES.GCM.SealedBox(
                nonce: SealedForm.nonce(number, isLast: isLast), ciphertext: sealed.dropLast(SealedForm.tagByteCount),
                tag: sealed.suffix(SealedForm.tagByteCount))
            return Array(
                try AES.GCM.open(box, using: key, authenticating: SealedForm.authenticated(grant, lastOf: isLast ? sha256 : nil)))
        } catch {
            throw SourceChanged.sealBroken
        }
    }
}

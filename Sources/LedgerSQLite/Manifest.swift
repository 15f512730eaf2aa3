internal import Ledger
internal import Migration

/// The instances of a part as one compressed value, about 80 bytes an instance, most of it digests.
///
/// Format 1, before compression: the format's number; then, for each instance, five texts and two digests of 32 bytes and the byte
/// count. A text is the length that it shares with the same text of the instance before, the length of the rest, and the rest. Numbers are
/// LEB128. A change of this format is a new format number beside this one: manifests are never rewritten.
enum Manifest {
    private static let format: UInt8 = 1

    /// Bytes of a digest (SHA-256, FIPS 180-4).
    private static let digestLength = 32

    /// The compressed manifest of `instances`.
    static func encode(_ instances: [InstanceRecord]) throws -> [UInt8] {
        var bytes: [UInt8] = [format]
        var previous = Array(repeating: [UInt8](), count: 5)
        for instance in instances {
            let texts = texts(of: instance)
            for index in texts.indices {
                append(texts[index], after: previous[index], to: &bytes)
            }
            previous = texts
            for digest in [instance.sha256, instance.contentDigest] {
                guard let value = Hexadecimal.bytes(digest), value.count == digestLength else {
                    throw LedgerError(.contradiction, "an instance's digest is not 64 lower-case hexadecimal digits")
                }
                bytes += value
            }
            append(UInt64(bitPattern: instance.byteCount), to: &bytes)
        }
        return try Deflate.compress(bytes)
    }

    private static func texts(of instance: InstanceRecord) -> [[UInt8]] {
        [
            instance.sopInstanceUID, instance.sopClassUID, instance.seriesInstanceUID, instance.transferSyntaxUID, instance.path,
        ].map { Array($0.utf8) }
    }

    private static func append(_ text: [UInt8], after previous: [UInt8], to bytes: inout [UInt8]) {
        let shared = zip(text, previous).prefix { $0 == $1 }.count
        append(UInt64(shared), to: &bytes)
        append(UInt64(text.count - shared), to: &bytes)
        bytes += text[shared...]
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The instances of a compressed manifest.
    ///
    /// - Throws: ``LedgerError`` `corrupt` when it is none.
    static func decode(_ compressed: [UInt8]) throws -> [InstanceRecord] {
        var reader = ManifestReader(bytes: try Deflate.expand(compressed))
        guard try reader.take(1).first == format else { throw ManifestReader.fault }
        var instances: [InstanceRecord] = []
        var texts = Array(repeating: [UInt8](), count: 5)
        while !reader.isAtEnd {
            for index in texts.indices { texts[index] = try reader.text(after: texts[index]) }
            let strings = texts.map { String(decoding: $0, as: UTF8.self) }
            let sha256 = Hexadecimal.text(try reader.take(digestLength))
            let contentDigest = Hexadecimal.text(try reader.take(digestLength))
            instances.append(
                InstanceRecord(
                    sopInstanceUID: strings[0], sopClassUID: strings[1], seriesInstanceUID: strings[2],
                    transferSyntaxUID: strings[3], sha256: sha256, contentDigest: contentDigest,
                    byteCount: Int64(bitPattern: try reader.number()), path: strings[4]))
        }
        return instances
    }
}

/// Reads a manifest's bytes from the first on.
private struct ManifestReader {
    private let bytes: [UInt8]
    private var position = 0

    static var fault: LedgerError { LedgerError(.corrupt, "a part's manifest cannot be read") }

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - position else { throw Self.fault }
        defer { position += count }
        return bytes[position..<(position + count)]
    }

    mutating func number() throws -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = try take(1).first else { throw Self.fault }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Self.fault
    }

    mutating func text(after previous: [UInt8]) throws -> [UInt8] {
        let shared = try number()
        guard shared <= previous.count, let rest = Int(exactly: try number()) else { throw Self.fault }
        return Array(previous[..<Int(shared)]) + (try take(rest))
    }
}

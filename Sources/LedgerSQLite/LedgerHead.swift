internal import Foundation
internal import Glibc
internal import Ledger
internal import Synchronization

/// The newest event that was committed, in a small file beside the ledger.
///
/// SQLite cannot tell a file whose write-ahead log was taken away from one that never had more in it, nor an old copy from the file it was
/// made of; by this place in the chain the next opening can. It is written after each commit, hence never names what is not durable, and without
/// a sync of its own: after a power cut it may be behind, which harms nothing.
final class LedgerHead: Sendable {
    private let descriptor: Int32
    private let newest = Mutex<Int64>(0)

    /// One line: the number in 20 digits, a space, the hash in 64 hexadecimal digits, LF. Always as long, so that each write covers the last one.
    private static let lineLength = 86

    /// Opens the file, makes it if there is none (mode 0600).
    ///
    /// - Throws: ``LedgerError`` `unavailable`.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LedgerError(.unavailable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Remembers that the chain now ends at `place`. A failure harms nothing but the next opening's knowledge.
    func note(_ place: ChainPlace) {
        newest.withLock { known in
            guard place.sequence > known else { return }
            let digits = String(place.sequence)
            let line = String(repeating: "0", count: 20 - digits.count) + digits + " " + Hexadecimal.text(place.hash) + "\n"
            if pwrite(descriptor, line, line.utf8.count, 0) == line.utf8.count { known = place.sequence }
        }
    }

    /// The place that the file at `path` names; nil when there is none, or none that can be read.
    static func read(_ path: String) -> ChainPlace? {
        guard let data = FileManager.default.contents(atPath: path), data.count == lineLength else { return nil }
        let fields = String(decoding: data, as: UTF8.self).split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count == 2, let sequence = Int64(fields[0]), let hash = Hexadecimal.bytes(String(fields[1])) else { return nil }
        return ChainPlace(sequence: sequence, hash: hash)
    }
}

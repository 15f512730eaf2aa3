import Glibc
import Migration
import NIOPosix

/// The worker's memory of what it has sent: an append-only file. A record counts once it is on disk.
///
/// A restarted worker does not send again what was acknowledged under the same coercions.
actor Journal {
    private let threads: NIOThreadPool
    private let file: PosixFile
    private var histories: [PartKey: PartHistory] = [:]
    /// Bytes of the file that are whole records.
    private var byteCount: Int64
    /// Lines that wait for the next write, which takes them all.
    private var pending: [UInt8] = []
    private var waiters: [CheckedContinuation<Void, any Error>] = []
    private var isWriting = false

    /// Opens the journal at `path`; records about media that are not in `custody` are left out and the file is written anew.
    ///
    /// A torn last record, as a crash in the middle of a write leaves it, is dropped.
    /// - Throws: ``GatewayError`` with `journal`, naming the line, when another record cannot be read.
    init(at path: String, custody: [GrantNumber], threads: NIOThreadPool) throws {
        self.threads = threads
        var kept: [UInt8] = []
        let bytes = FileSystem.exists(path) ? try FileSystem.contents(path) : []
        let held = Set(custody)
        for record in try Self.records(in: bytes, path) where held.contains(record.part.mediumGrant) {
            histories[record.part, default: PartHistory()].apply(record)
            kept += try record.line()
        }
        try FileSystem.write(kept, to: path)
        file = try PosixFile(path, O_WRONLY | O_APPEND)
        byteCount = Int64(kept.count)
    }

    static func records(in bytes: [UInt8], _ path: String) throws(GatewayError) -> [JournalRecord] {
        var records: [JournalRecord] = []
        var rest = bytes[...]
        var number = 1
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let isLast = end + 1 == rest.endIndex
            if let record = JournalRecord(line: rest[..<end]) {
                records.append(record)
            } else if !isLast {
                throw GatewayError(.journal, "line \(number) of \(path) is damaged; move the file away to go on without what it remembers")
            }
            rest = rest[(end + 1)...]
            number += 1
        }
        return records
    }

    /// What is known of a part.
    func history(of part: PartKey) -> PartHistory { histories[part] ?? PartHistory() }

    /// Appends a record; it counts, and is durable, when this returns. Records that come while others are written share the next write.
    ///
    /// - Throws: ``GatewayError`` when the disk does not take it; the file ends with the record before then.
    func append(_ record: JournalRecord) async throws {
        pending += try record.line()
        try await withCheckedThrowingContinuation { continuation in
            waiters.append(continuation)
            if !isWriting {
                isWriting = true
                Task { await write() }
            }
        }
        histories[record.part, default: PartHistory()].apply(record)
    }

    /// Writes what is pending until nothing is.
    private func write() async {
        while !waiters.isEmpty {
            let (bytes, taken, end) = (pending, waiters, byteCount)
            (pending, waiters) = ([], [])
            let result = await write(bytes, after: end)
            if case .success = result { byteCount += Int64(bytes.count) }
            for waiter in taken { waiter.resume(with: result) }
        }
        isWriting = false
    }

    private func write(_ bytes: [UInt8], after end: Int64) async -> Result<Void, any Error> {
        let file = file
        do {
            try await threads.runIfActive {
                do {
                    try file.write(bytes)
                    try file.synchronize()
                } catch {
                    // Half a record in the middle of the file could not be told from damage later.
                    try file.truncate(to: end)
                    throw error
                }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}

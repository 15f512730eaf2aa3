/// What one sector of a directory holds. A record never crosses the end of its sector (ECMA-119 6.8.1.1).
enum DirectorySector {
    enum Entry {
        case record(DirectoryRecord)
        /// A record that says it is longer than it is: a sound one begins within it. It is followed by that one.
        case tooLong(DirectoryRecord)
        /// Bytes that are no record; the next entry is the first sound one behind them.
        case damaged
    }

    /// All entries of a sector, or of the part of it that the directory fills.
    static func entries(in view: ByteView) -> [Entry] {
        var entries: [Entry] = []
        var position = 0
        while position < view.count {
            let rest = view.dropFirst(position)
            if rest[0] == 0, rest.isAllZero { break }
            guard let record = DirectoryRecord(rest) else {
                entries.append(.damaged)
                guard let next = soundRecord(in: view, from: position + 2 - position % 2) else { break }
                position = next
                continue
            }
            let end = position + record.byteCount
            if let next = soundRecord(in: view[0..<min(view.count, end + 255)], from: end - record.systemUse.count, before: end) {
                entries.append(.tooLong(record))
                position = next
            } else {
                entries.append(.record(record))
                position = end
            }
        }
        return entries
    }

    /// The first position from `start` on, before `end`, at which a sound record stands. Records have even lengths (ECMA-119 9.1.13), so they begin at even
    /// positions.
    private static func soundRecord(in view: ByteView, from start: Int, before end: Int = .max) -> Int? {
        var candidate = start + start % 2
        while candidate < min(end, view.count) {
            if view[candidate] >= DirectoryRecord.minimumByteCount, DirectoryRecord(view.dropFirst(candidate))?.isSound == true { return candidate }
            candidate += 2
        }
        return nil
    }
}

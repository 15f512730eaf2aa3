/// What one sector of a directory holds. A record never crosses the end of its sector (ECMA-119 6.8.1.1).
enum DirectorySector {
    enum Entry {
        case record(DirectoryRecord)
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
            if let record = DirectoryRecord(rest) {
                entries.append(.record(record))
                position += record.byteCount
            } else {
                entries.append(.damaged)
                guard let next = nextSoundRecord(in: view, after: position) else { break }
                position = next
            }
        }
        return entries
    }

    /// The first position behind `position` at which a record stands whose lengths fit and whose both-endian fields agree: 16 bytes that chance does not
    /// make. Records have even lengths (ECMA-119 9.1.13), so they begin at even positions.
    private static func nextSoundRecord(in view: ByteView, after position: Int) -> Int? {
        var candidate = position + 2 - position % 2
        while candidate < view.count {
            if let record = DirectoryRecord(view.dropFirst(candidate)), record.isConsistent, record.byteCount % 2 == 0, record.extent.little > 0 {
                return candidate
            }
            candidate += 2
        }
        return nil
    }
}

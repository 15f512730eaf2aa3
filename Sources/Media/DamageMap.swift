/// Which bytes of which files could not be read from a medium: what a second drive is asked for, and what is listed at the end if it fails as well.
public struct DamageMap: Hashable, Sendable {
    /// The damage of one file.
    public struct Entry: Hashable, Sendable {
        /// The file, as in ``MediumFile/path``.
        public let path: String
        /// The file's whole length in bytes.
        public let byteCount: Int64
        /// The bytes that cannot be read, ascending, none touching another.
        public fileprivate(set) var unreadable: [Range<Int64>]

        /// How many bytes cannot be read.
        public var unreadableByteCount: Int64 { unreadable.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } }
    }

    /// Damaged files, in the order in which they were recorded.
    public private(set) var entries: [Entry] = []

    /// A map without damage.
    public init() {}

    /// Whether everything could be read.
    public var isEmpty: Bool { entries.isEmpty }

    /// Records that bytes `range` of `file` cannot be read. Ranges that touch become one; what lies outside the file is ignored.
    public mutating func record(_ range: Range<Int64>, of file: MediumFile) {
        let range = range.clamped(to: 0..<file.byteCount)
        guard !range.isEmpty else { return }
        if let index = entries.lastIndex(where: { $0.path == file.path && $0.byteCount == file.byteCount }) {
            entries[index].unreadable = (entries[index].unreadable + [range]).mergedAscending()
        } else {
            entries.append(Entry(path: file.path, byteCount: file.byteCount, unreadable: [range]))
        }
    }
}

extension Medium {
    /// Reads a file that failed once more, sector by sector, and says which bytes cannot be read. Slow on a scratched disc: each bad sector costs
    /// the drive seconds.
    ///
    /// - Throws: ``MediumError`` only where the file as a whole cannot be opened.
    public func unreadableRanges(of file: MediumFile) throws -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        var position: Int64 = 0
        while position < file.byteCount {
            do {
                try read(file, range: position..<file.byteCount) { _ in }
                break
            } catch let error as MediumError {
                guard let offset = error.offset, offset >= position else { throw error }
                let end = error.code == .unreadable ? min(offset + MediumLimits.sectorByteCount, file.byteCount) : file.byteCount
                ranges.append(offset..<end)
                position = end
            }
        }
        return ranges.mergedAscending()
    }
}

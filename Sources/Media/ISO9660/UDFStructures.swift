/// Tells the structures of a UDF file system (ECMA-167) from files, on discs that show the same files through ISO 9660. UDF is not read; without this its own
/// descriptors and directories would be taken for lost files. A file that only UDF shows stays unaccounted for.
struct UDFStructures {
    /// ECMA-167 3/10.5.7, the partition that other places are counted from.
    private var partitionStart: Int64 = 0

    /// What the structure in `view` accounts for: its own sector and, for a directory, the sectors of its entries; nothing if it is no structure of UDF.
    mutating func accounted(by view: ByteView, at sector: Int64) -> [Range<Int64>] {
        guard let identifier = Self.tagIdentifier(view) else { return [] }
        switch identifier {
        case 5:
            partitionStart = Int64(view.little32(188))
            return [sector..<(sector + 1)]
        case 261:
            return [sector..<(sector + 1)] + directoryExtents(view)
        default:
            return [sector..<(sector + 1)]
        }
    }

    /// ECMA-167 3/7.2 and 4/7.2: the descriptor tag's identifier, if its version is 2 or 3 and its checksum, the sum of its other 15 bytes, holds.
    private static func tagIdentifier(_ view: ByteView) -> Int? {
        let identifier = Int(view[0]) | Int(view[1]) << 8
        guard (1...9).contains(identifier) || (256...266).contains(identifier), view[2] == 2 || view[2] == 3, view[3] == 0, view[5] == 0 else { return nil }
        let sum = (0..<16).reduce(0) { $1 == 4 ? $0 : $0 &+ Int(view[$1]) }
        return UInt8(truncatingIfNeeded: sum) == view[4] ? identifier : nil
    }

    /// ECMA-167 4/14.9: where the entries of a directory lie, by its file entry; none for other files.
    private func directoryExtents(_ view: ByteView) -> [Range<Int64>] {
        // ICB tag (4/14.6): file type 4 is a directory; the low bits of the flags tell short (8 bytes) from long (16 bytes) allocation descriptors.
        let kind = view[34] & 7
        guard view[27] == 4, kind <= 1 else { return [] }
        let step = kind == 0 ? 8 : 16
        let first = 176 + Int(view.little32(168))
        let end = min(first + Int(view.little32(172)), view.count)
        return stride(from: first, through: end - step, by: step).compactMap { position in
            // The two high bits of the length are its type; 0 is recorded.
            let byteCount = Int64(view.little32(position))
            guard byteCount > 0, byteCount <= MediumLimits.directoryByteCount else { return nil }
            return Extent(sector: partitionStart + Int64(view.little32(position + 4)), byteCount: byteCount).sectors
        }
    }
}

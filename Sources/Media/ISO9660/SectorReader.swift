/// Reads whole sectors of an image, and goes on behind those that fail.
struct SectorReader: Sendable {
    let source: any ByteSource

    private static var sectorByteCount: Int { Int(MediumLimits.sectorByteCount) }

    /// Sectors in the image; the last one may be cut.
    var sectorCount: Int64 {
        (source.byteCount + MediumLimits.sectorByteCount - 1) / MediumLimits.sectorByteCount
    }

    /// One sector, filled up with zeros where the image ends within it; nil where it cannot be read or is beyond the end.
    func sector(_ number: Int64) -> ByteView? {
        guard number >= 0, number < sectorCount else { return nil }
        var buffer = [UInt8](repeating: 0, count: Self.sectorByteCount)
        guard let count = try? source.read(into: &buffer, count: buffer.count, at: number * MediumLimits.sectorByteCount), count > 0 else { return nil }
        return ByteView(buffer[...])
    }

    /// Bytes within one sector or over few; nil unless all can be read.
    func bytes(at offset: Int64, count: Int) -> ByteView? {
        guard offset >= 0, count > 0, offset + Int64(count) <= source.byteCount else { return nil }
        var buffer = [UInt8](repeating: 0, count: count)
        guard let read = try? source.read(into: &buffer, count: count, at: offset), read == count else { return nil }
        return ByteView(buffer[...])
    }

    /// Calls `body` for each sector of `range` in order, with nil for one that cannot be read, until `body` returns false.
    func eachSector(in range: Range<Int64>, _ body: (Int64, ByteView?) -> Bool) {
        let perChunk = Int64(MediumLimits.chunkByteCount / Self.sectorByteCount)
        let end = min(range.upperBound, sectorCount)
        var buffer = [UInt8](repeating: 0, count: Int(max(0, min(perChunk, end - range.lowerBound))) * Self.sectorByteCount)
        var start = range.lowerBound
        while start < end {
            let count = Int(min(perChunk, end - start))
            let wanted = count * Self.sectorByteCount
            let read = try? source.read(into: &buffer, count: wanted, at: start * MediumLimits.sectorByteCount)
            if let read, read < wanted {
                for position in read..<wanted { buffer[position] = 0 }
            }
            for index in 0..<count {
                let number = start + Int64(index)
                let view = read == nil ? sector(number) : ByteView(buffer[(index * Self.sectorByteCount)..<((index + 1) * Self.sectorByteCount)])
                guard body(number, view) else { return }
            }
            start += Int64(count)
        }
    }
}

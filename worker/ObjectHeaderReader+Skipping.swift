import DICOM
import Media

extension ObjectHeaderReader {
    /// What nearly every header fits into, so that most files are one short read.
    private static var firstByteCount: Int64 { 16 << 10 }

    /// Takes a file without the pixels, which are passed over. `finish` then tells whether it is whole.
    ///
    /// - Parameter read: Feeds a range of the file to the reader.
    mutating func readWithoutPixels(
        _ byteCount: Int64, read: (inout ObjectHeaderReader, Range<Int64>) throws -> Progress
    ) throws {
        var (offset, step) = (Int64(0), Self.firstByteCount)
        while offset < byteCount {
            let unread = min(skippableByteCount, byteCount - offset)
            skip(unread)
            offset += unread
            let end = min(offset + step, byteCount)
            guard offset < end else { continue }
            if case .notDICOM = try read(&self, offset..<end) { return }
            offset = end
            step = min(2 * step, Int64(MediumLimits.chunkByteCount))
        }
    }
}

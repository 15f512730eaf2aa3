import DICOMNetwork
import Synchronization

/// A deflated object that changes: what it is deflated to again is in memory from the first read to that of the last byte, or until who reads it
/// is done, so that a part's thousands are not held at once.
final class DeflatedContent: ObjectContent {
    let byteCount: Int64
    private let deflate: @Sendable () throws -> any ObjectContent
    private let held = Mutex<(any ObjectContent)?>(nil)

    /// An object that `deflate` makes, with so many bytes each time.
    init(byteCount: Int64, _ deflate: @escaping @Sendable () throws -> any ObjectContent) {
        self.byteCount = byteCount
        self.deflate = deflate
    }

    func forOneReader() -> any ObjectContent { DeflatedContent(byteCount: byteCount, deflate) }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        try held.withLock { held in
            let content = try held ?? deflate()
            guard content.byteCount == byteCount else {
                throw UnreadableContent(reason: "a deflated object has \(content.byteCount) bytes, and had \(byteCount) when it was prepared")
            }
            held = offset + Int64(count) < byteCount ? content : nil
            try content.read(from: offset, count: count, into: &buffer)
        }
    }
}

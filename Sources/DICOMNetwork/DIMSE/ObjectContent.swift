public import NIOCore

/// The bytes of a data set as C-STORE sends them: without preamble and file meta information, in the transfer syntax of the request.
public protocol ObjectContent: Sendable {
    /// How many bytes there are. Zero is no data set.
    var byteCount: Int64 { get }

    /// Appends `count` bytes from `offset` on. Called on a thread that may block, never on an event loop; any offset may be
    /// asked for more than once, because a failed store is tried again.
    ///
    /// - Throws: Whatever keeps the bytes from being read. The association is then aborted: half an object cannot be taken back.
    func read(from offset: Int64, count: Int, into buffer: inout ByteBuffer) throws

    /// The same bytes for one who reads them once or often: what is held to read them is let go with it.
    func forOneReader() -> any ObjectContent
}

extension ObjectContent {
    /// Itself: nothing is held to read it.
    public func forOneReader() -> any ObjectContent { self }
}

/// A data set that is in memory.
public struct MemoryContent: ObjectContent {
    private let bytes: ByteBuffer

    /// The data set with these bytes.
    public init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    /// The data set with these bytes.
    public init(_ bytes: [UInt8]) {
        self.bytes = ByteBuffer(bytes: bytes)
    }

    public var byteCount: Int64 { Int64(bytes.readableBytes) }

    public func read(from offset: Int64, count: Int, into buffer: inout ByteBuffer) throws {
        guard let slice = bytes.getSlice(at: bytes.readerIndex + Int(offset), length: count) else { return }
        buffer.writeImmutableBuffer(slice)
    }
}

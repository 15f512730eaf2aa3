internal import NIOCore

/// Cuts a stream of bytes into messages: `<VT> message <FS> <CR>` (HL7 v2 Transport Specification: MLLP, Release 1). Never holds more than a message's bound and what was read last.
struct MLLPFramer {
    /// What the stream held next.
    enum Frame: Equatable {
        /// A message without its frame.
        case message([UInt8])
        /// A message longer than the bound: its first bytes; the rest is gone.
        case tooLong([UInt8])
        /// A byte that is in no frame: whoever says that speaks another protocol.
        case stray
    }

    static let startBlock: UInt8 = 0x0B
    static let endBlock: UInt8 = 0x1C
    static let carriageReturn: UInt8 = 0x0D
    private static let lineFeed: UInt8 = 0x0A

    private var buffer = ByteBuffer()
    private let limit: Int
    /// How many bytes from the reader index on are known not to end the message.
    private var searched = 0
    /// The first bytes of a message that is too long, while its rest is skipped.
    private var beginning: [UInt8]?

    /// A framer for messages of at most `limit` bytes.
    init(limit: Int = HL7Limits.messageByteCount) { self.limit = limit }

    /// Whether a message has begun and not ended.
    var isInMessage: Bool { beginning != nil || buffer.readableBytes > 0 }

    /// Takes what was read.
    mutating func append(_ bytes: inout ByteBuffer) {
        buffer.discardReadBytes()
        buffer.writeBuffer(&bytes)
    }

    /// The next frame; nil when more must be read first.
    mutating func next() -> Frame? {
        if beginning == nil, searched == 0 {
            skipBetweenFrames()
            guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return nil }
            guard first == Self.startBlock else { return .stray }
            searched = 1
        }
        let view = buffer.readableBytesView
        guard let end = view[(view.startIndex + searched)...].firstIndex(of: Self.endBlock) else {
            searched = view.count
            dropWhatIsTooLong()
            return nil
        }
        let content = view[view.startIndex..<end]
        buffer.moveReaderIndex(forwardBy: content.count + 1)
        searched = 0
        if let beginning {
            self.beginning = nil
            return .tooLong(beginning)
        }
        let message = Array(content.dropFirst())
        return message.count > limit ? .tooLong(Array(message.prefix(HL7Limits.headerByteCount))) : .message(message)
    }

    /// The CR that ends a frame, and line ends that some senders add.
    private mutating func skipBetweenFrames() {
        while let byte = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self), byte == Self.carriageReturn || byte == Self.lineFeed {
            buffer.moveReaderIndex(forwardBy: 1)
        }
    }

    private mutating func dropWhatIsTooLong() {
        guard beginning != nil || buffer.readableBytes > limit + 1 else { return }
        if beginning == nil { beginning = Array(buffer.readableBytesView.dropFirst().prefix(HL7Limits.headerByteCount)) }
        buffer.clear()
        searched = 0
    }
}

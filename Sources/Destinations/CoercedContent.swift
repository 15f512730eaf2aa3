public import DICOM
public import DICOMNetwork

/// A data set as it is sent: new bytes and stretches of the object's file.
public struct CoercedContent: ObjectContent {
    private let file: any ObjectContent
    /// Each segment with the offset in the data set at which it begins.
    private let segments: [(start: Int64, segment: CoercedObject.Segment)]
    public let byteCount: Int64

    /// An object whose untouched stretches are in this file, preamble and meta header included.
    public init(_ object: CoercedObject, from file: any ObjectContent) {
        self.file = file
        var start: Int64 = 0
        segments = object.segments.map { segment in
            defer { start += segment.byteCount }
            return (start, segment)
        }
        byteCount = start
    }

    public func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        let wanted = offset..<offset + Int64(count)
        for (start, segment) in segments where start < wanted.upperBound && start + segment.byteCount > wanted.lowerBound {
            let range = max(wanted.lowerBound - start, 0)..<min(wanted.upperBound - start, segment.byteCount)
            switch segment {
            case .bytes(let bytes): buffer.writeBytes(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            case .source(let offsets): try file.read(from: offsets.lowerBound + range.lowerBound, count: range.count, into: &buffer)
            }
        }
    }
}

/// A part of another content.
struct ContentRange: ObjectContent {
    let whole: any ObjectContent
    let range: Range<Int64>

    init(_ whole: any ObjectContent, _ range: Range<Int64>) {
        self.whole = whole
        self.range = range
    }

    var byteCount: Int64 { Int64(range.count) }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        try whole.read(from: range.lowerBound + offset, count: count, into: &buffer)
    }
}

/// Contents one behind the other.
struct JoinedContent: ObjectContent {
    private let parts: [any ObjectContent]
    let byteCount: Int64

    init(_ parts: [any ObjectContent]) {
        self.parts = parts.filter { $0.byteCount > 0 }
        byteCount = self.parts.reduce(0) { $0 + $1.byteCount }
    }

    func read(from offset: Int64, count: Int, into buffer: inout ReadBuffer) throws {
        var (offset, left) = (offset, Int64(count))
        for part in parts where left > 0 {
            guard offset < part.byteCount else {
                offset -= part.byteCount
                continue
            }
            let length = min(left, part.byteCount - offset)
            try part.read(from: offset, count: Int(length), into: &buffer)
            left -= length
            offset = 0
        }
    }
}

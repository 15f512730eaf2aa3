/// What is asked of the codec's process: 24 bytes, numbers little endian, and a payload.
///
/// | bytes | what |
/// |---|---|
/// | 0 | 1: decode, 2: encode |
/// | 1 | the family, as `Compression.Family` |
/// | 2–6 | samples, bytes of a cell, precision, sign, colour (`FrameShape.Colour`) |
/// | 8–15 | columns, rows |
/// | 16–23 | bytes of the payload that follows: a compressed frame, or cells |
struct CodecRequest: Hashable {
    enum Operation: UInt8 {
        case decode = 1
        case encode = 2
    }

    static let byteCount = 24

    var operation: Operation
    var family: Compression.Family
    var shape: FrameShape
    var payloadByteCount: Int

    var bytes: [UInt8] {
        var result: [UInt8] = [
            operation.rawValue, family.rawValue, UInt8(shape.samples), UInt8(shape.sampleByteCount), UInt8(shape.precision),
            shape.isSigned ? 1 : 0, shape.colour.rawValue, 0,
        ]
        result += [UInt8](repeating: 0, count: 16)
        result.put(UInt32(shape.columns), at: 8)
        result.put(UInt32(shape.rows), at: 12)
        result.put(UInt32(payloadByteCount), at: 16)
        return result
    }

    init(_ operation: Operation, _ family: Compression.Family, _ shape: FrameShape, payloadByteCount: Int) {
        self.operation = operation
        self.family = family
        self.shape = shape
        self.payloadByteCount = payloadByteCount
    }

    /// `nil` for bytes that no parent of this program sends.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, let operation = Operation(rawValue: bytes[0]), bytes.uint32(at: 20) == 0,
            let family = Compression.Family(rawValue: bytes[1]), let colour = FrameShape.Colour(rawValue: bytes[6])
        else { return nil }
        self.operation = operation
        self.family = family
        payloadByteCount = Int(bytes.uint32(at: 16))
        shape = FrameShape(
            columns: Int(bytes.uint32(at: 8)), rows: Int(bytes.uint32(at: 12)), samples: Int(bytes[2]),
            sampleByteCount: Int(bytes[3]), precision: Int(bytes[4]), isSigned: bytes[5] == 1, colour: colour)
        guard payloadByteCount <= PixelCodecLimits.maximumStreamByteCount, shape.columns <= UInt16.max, shape.rows <= UInt16.max,
            shape.samples <= 4, shape.sampleByteCount <= 4, shape.byteCount <= PixelCodecLimits.maximumFrameByteCount
        else { return nil }
    }
}

/// What the codec's process answers: 8 bytes, and a payload: cells, a compressed frame, or why there is none.
///
/// Byte 0 is 0 for done and 1 for refused, bytes 4–7 are the length of the payload.
struct CodecReply: Hashable {
    static let byteCount = 8

    var isDone: Bool
    var payload: [UInt8]

    var head: [UInt8] {
        var result = [UInt8](repeating: 0, count: Self.byteCount)
        result[0] = isDone ? 0 : 1
        result.put(UInt32(payload.count), at: 4)
        return result
    }
}

/// The cells of one frame as a codec sees them: little endian, row by row, colour by pixel.
struct FrameShape: Hashable, Sendable {
    /// What the samples of a pixel mean to a codec.
    enum Colour: UInt8, Sendable {
        case gray = 0
        case rgb = 1
        /// Luminance and chrominance, which stay what they are.
        case ybr = 2
    }

    var columns: Int
    var rows: Int
    var samples: Int
    /// Bytes of a cell: 1, 2 or 4.
    var sampleByteCount: Int
    /// Bits of a cell in the compressed stream.
    var precision: Int
    var isSigned: Bool
    var colour: Colour

    var byteCount: Int { columns * rows * samples * sampleByteCount }
}

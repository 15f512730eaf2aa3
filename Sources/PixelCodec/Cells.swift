/// Cells of a frame brought from one arrangement into another. All bits that are allocated stay.
enum Cells {
    /// Samples that lie plane after plane, as colour by pixel.
    static func interleaved(_ planes: [UInt8], samples: Int, sampleByteCount: Int) -> [UInt8] {
        let plane = planes.count / samples
        var result = [UInt8](repeating: 0, count: planes.count)
        var target = 0
        for pixel in stride(from: 0, to: plane, by: sampleByteCount) {
            for sample in 0..<samples {
                for byte in 0..<sampleByteCount {
                    result[target] = planes[sample * plane + pixel + byte]
                    target += 1
                }
            }
        }
        return result
    }

    /// Turns the byte order of numbers of `unit` bytes.
    static func swapped(_ bytes: [UInt8], unit: Int) -> [UInt8] {
        guard unit > 1 else { return bytes }
        var result = bytes
        for start in stride(from: 0, through: bytes.count - unit, by: unit) {
            for offset in 0..<unit { result[start + offset] = bytes[start + unit - 1 - offset] }
        }
        return result
    }

    /// Cells of a decoder as the object's attributes allocate them: the stream's bits, and above them the sign, or zeros.
    static func widened(_ cells: [UInt8], from shape: FrameShape, to byteCount: Int, isSigned: Bool) -> [UInt8] {
        let bits = shape.precision
        guard shape.sampleByteCount != byteCount || bits < 8 * byteCount else { return cells }
        var result = [UInt8](repeating: 0, count: cells.count / shape.sampleByteCount * byteCount)
        let mask: UInt32 = bits == 32 ? .max : (1 << UInt32(bits)) - 1
        for cell in 0..<cells.count / shape.sampleByteCount {
            var value: UInt32 = 0
            for byte in 0..<shape.sampleByteCount { value |= UInt32(cells[cell * shape.sampleByteCount + byte]) << (8 * UInt32(byte)) }
            value &= mask
            if isSigned, value >> UInt32(bits - 1) == 1 { value |= ~mask }
            for byte in 0..<byteCount { result[cell * byteCount + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
        }
        return result
    }

    /// Whether any cell has data outside of its stored bits: other than zeros, or than the sign of signed ones.
    static func hasBitsAboveStored(_ cells: [UInt8], _ description: PixelDescription) -> Bool {
        let stored = UInt32(description.bitsStored)
        guard description.bitsStored < description.bitsAllocated else { return false }
        let size = description.cellByteCount
        let allocated: UInt32 = description.bitsAllocated == 32 ? .max : (1 << UInt32(description.bitsAllocated)) - 1
        let mask: UInt32 = (1 << stored) - 1
        for start in stride(from: 0, to: cells.count - size + 1, by: size) {
            var value: UInt32 = 0
            for byte in 0..<size { value |= UInt32(cells[start + byte]) << (8 * UInt32(byte)) }
            let isNegative = description.isSigned && value >> (stored - 1) & 1 == 1
            if value & ~mask != (isNegative ? allocated & ~mask : 0) { return true }
        }
        return false
    }
}

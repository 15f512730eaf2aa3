internal import CZlib

/// Portable Network Graphics, 8 bits a sample, without filters (ISO 15948).
enum PNG {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func encode(_ picture: Picture) -> [UInt8] {
        let colourType: UInt8 = picture.samples == 3 ? 2 : 0
        let header = number(picture.columns) + number(picture.rows) + [8, colourType, 0, 0, 0]
        return signature + chunk("IHDR", header) + chunk("IDAT", compressed(lines(of: picture))) + chunk("IEND", [])
    }

    /// §9: each line after the byte of its filter.
    private static func lines(of picture: Picture) -> [UInt8] {
        let length = picture.columns * picture.samples
        var result: [UInt8] = []
        result.reserveCapacity(picture.bytes.count + picture.rows)
        for row in 0..<picture.rows {
            result.append(0)
            result += picture.bytes[row * length..<(row + 1) * length]
        }
        return result
    }

    private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        // It fails for too little memory or room only, and there is as much room as it asked for.
        let status = compress2(&result, &count, bytes, uLong(bytes.count), 6)
        precondition(status == Z_OK, "zlib has no memory")
        return Array(result[..<Int(count)])
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return number(content.count) + body + number(Int(crc32(0, body, uInt(body.count))))
    }

    private static func number(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}

internal import CZlib
import LineProtocol

/// Whether bytes are a PNG as our workers write them (ISO 15948), and nothing else: gray or RGB of 8 bits, no chunk that could carry more than pixels.
///
/// Who opens it meets no surprise: its size is bounded, and so is what it unfolds to.
enum PNGCheck {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func isBeginning(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

    /// What is wrong; nil when it is as it must be.
    static func fault(in bytes: [UInt8]) -> String? {
        guard isBeginning(bytes) else { return "the picture is no PNG" }
        guard let chunks = chunks(of: bytes.dropFirst(signature.count)) else { return "a chunk of the PNG is cut or has another checksum" }
        let types = chunks.map(\.type)
        guard types.first == "IHDR", types.last == "IEND", chunks.count > 2, types.dropFirst().dropLast().allSatisfy({ $0 == "IDAT" }) else {
            return "the PNG has other chunks than IHDR, IDAT and IEND"
        }
        let header = Array(chunks[0].content)
        guard header.count == 13, header[8] == 8, header[9] == 0 || header[9] == 2, header[10...12].allSatisfy({ $0 == 0 }), chunks.last?.content.isEmpty == true
        else { return "the PNG is not gray or RGB of 8 bits, without interlace" }
        let (width, height) = (number(header[0..<4]), number(header[4..<8]))
        guard (1...LineLimits.previewEdge).contains(width), (1...LineLimits.previewEdge).contains(height) else {
            return "the PNG has an edge of more than \(LineLimits.previewEdge) pixels, or of none"
        }
        let line = 1 + width * (header[9] == 2 ? 3 : 1)
        guard let lines = inflated(chunks.dropFirst().dropLast().flatMap(\.content), to: line * height),
            stride(from: 0, to: lines.count, by: line).allSatisfy({ lines[$0] <= 4 })
        else { return "the PNG's pixels are not as many as its edges say" }
        return nil
    }

    private static func chunks(of bytes: ArraySlice<UInt8>) -> [(type: String, content: ArraySlice<UInt8>)]? {
        var rest = bytes
        var chunks: [(type: String, content: ArraySlice<UInt8>)] = []
        while !rest.isEmpty {
            guard rest.count >= 12 else { return nil }
            let count = number(rest.prefix(4))
            guard count <= rest.count - 12 else { return nil }
            let body = rest.dropFirst(4).prefix(4 + count)
            guard number(rest.dropFirst(8 + count).prefix(4)) == checksum(body) else { return nil }
            chunks.append((String(decoding: body.prefix(4), as: UTF8.self), body.dropFirst(4)))
            rest = rest.dropFirst(12 + count)
        }
        return chunks
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        Int(bytes.withUnsafeBufferPointer { crc32(0, $0.baseAddress, uInt($0.count)) })
    }

    /// What zlib (RFC 1950) makes of `bytes`; nil unless it is `count` bytes, and nothing follows.
    private static func inflated(_ bytes: [UInt8], to count: Int) -> [UInt8]? {
        var (length, taken) = (uLong(count), uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: count)
        // zlib is a C library: the pointers are those of the two arrays and live for the call only.
        let status = result.withUnsafeMutableBufferPointer { target in
            bytes.withUnsafeBufferPointer { uncompress2(target.baseAddress, &length, $0.baseAddress, &taken) }
        }
        return status == Z_OK && Int(length) == count && Int(taken) == bytes.count ? result : nil
    }
}

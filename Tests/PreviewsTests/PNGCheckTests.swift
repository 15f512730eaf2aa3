import CZlib
import LineProtocol
@testable import Previews
import Testing

@Suite struct PNGCheckTests {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func header(_ width: Int, _ height: Int, _ rest: [UInt8] = [8, 0, 0, 0, 0]) -> [UInt8] {
        let number = { (value: Int) in (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        return chunk("IHDR", number(width) + number(height) + rest)
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        compress2(&result, &count, bytes, uLong(bytes.count), 6)
        return Array(result[..<Int(count)])
    }

    private static func png(_ header: [UInt8], _ lines: [UInt8], _ more: [UInt8] = []) -> [UInt8] {
        signature + header + more + chunk("IDAT", deflated(lines)) + chunk("IEND", [])
    }

    @Test(arguments: [(1, 1, 1), (512, 512, 1), (512, 512, 3), (3, 200, 3)])
    func `what the workers' coder writes is taken, the largest too`(columns: Int, rows: Int, samples: Int) {
        let png = noise(columns, rows, samples: samples)
        #expect(PNGCheck.fault(in: png) == nil)
        #expect(png.count <= LineLimits.previewByteCount)
    }

    @Test func `each byte that is changed is noticed`() {
        let png = noise(5, 3)
        for place in png.indices {
            var changed = png
            changed[place] ^= 0x10
            #expect(PNGCheck.fault(in: changed) != nil, "byte \(place)")
        }
        for count in png.indices { #expect(PNGCheck.fault(in: Array(png[..<count])) != nil, "cut to \(count)") }
        #expect(PNGCheck.fault(in: png + [0]) != nil)
    }

    @Test func `pixels that are more or fewer than the edges say, and what comes behind them, are noticed`() {
        #expect(PNGCheck.fault(in: Self.png(Self.header(2, 1), [0, 1, 2])) == nil)
        #expect(PNGCheck.fault(in: Self.png(Self.header(2, 1), [0, 1])) != nil)
        // Ten megabytes of nothing in ten kilobytes.
        #expect(PNGCheck.fault(in: Self.png(Self.header(2, 1), [UInt8](repeating: 0, count: 10 << 20))) != nil)
        let trailing = Self.signature + Self.header(2, 1) + chunk("IDAT", Self.deflated([0, 1, 2]) + [1, 2, 3]) + chunk("IEND", [])
        #expect(PNGCheck.fault(in: trailing) != nil)
        #expect(PNGCheck.fault(in: Self.png(Self.header(2, 1), [5, 1, 2])) != nil)
    }

    @Test(arguments: [[16, 0, 0, 0, 0], [8, 3, 0, 0, 0], [8, 6, 0, 0, 0], [8, 0, 0, 0, 1], [8, 0, 1, 0, 0]])
    func `other kinds of PNG are refused`(rest: [UInt8]) {
        #expect(PNGCheck.fault(in: Self.png(Self.header(2, 1, rest), [0, 1, 2])) == "the PNG is not gray or RGB of 8 bits, without interlace")
    }

    @Test func `text, colour profiles and the like are refused, and so are edges that are too long`() {
        for type in ["tEXt", "iCCP", "eXIf", "acTL"] {
            let png = Self.png(Self.header(2, 1), [0, 1, 2], chunk(type, Array("Comment\0hello".utf8)))
            #expect(PNGCheck.fault(in: png) == "the PNG has other chunks than IHDR, IDAT and IEND", "\(type)")
        }
        for (width, height) in [(513, 1), (1, 513), (0, 1), (0x7FFF_FFFF, 0x7FFF_FFFF)] {
            #expect(PNGCheck.fault(in: Self.png(Self.header(width, height), [0])) == "the PNG has an edge of more than 512 pixels, or of none")
        }
    }
}

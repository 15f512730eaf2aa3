import Testing

@testable import PixelCodec

@Suite struct RunLengthTests {
    private func shape(_ columns: Int, _ rows: Int, samples: Int = 1, bytes: Int = 1) -> FrameShape {
        FrameShape(
            columns: columns, rows: rows, samples: samples, sampleByteCount: bytes, precision: 8 * bytes, isSigned: false, colour: .gray)
    }

    @Test func `runs and literals are written as PS3.5 G.3 says`() throws {
        let stream = try RunLength.encode([1, 2, 3, 7, 7, 7, 7, 9], shape(8, 1))
        #expect(Array(stream[64...]) == [2, 1, 2, 3, UInt8(bitPattern: -3), 7, 0, 9])
        #expect(stream.uint32(at: 0) == 1)
        #expect(stream.uint32(at: 4) == 64)
    }

    @Test func `segments have an even length, rows are apart, the most significant byte comes first`() throws {
        let stream = try RunLength.encode([0x34, 0x12, 0x34, 0x12, 0x34, 0x12], shape(1, 3, bytes: 2))
        #expect(stream.uint32(at: 0) == 2)
        #expect(Array(stream[64..<70]) == [0, 0x12, 0, 0x12, 0, 0x12])
        #expect(stream.uint32(at: 8) == 70)
        #expect(stream.count.isMultiple(of: 2))
    }

    @Test(arguments: [(1, 1), (3, 3), (127, 2), (128, 2), (129, 3), (300, 5)])
    func `what was compressed comes back`(columns: Int, rows: Int) throws {
        for samples in [1, 3] {
            for bytes in [1, 2, 4] {
                let shape = shape(columns, rows, samples: samples, bytes: bytes)
                let cells = (0..<shape.byteCount).map { UInt8(truncatingIfNeeded: $0 % 11 < 6 ? 5 : $0 * $0) }
                #expect(try RunLength.decode(RunLength.encode(cells, shape), shape) == cells)
            }
        }
    }

    @Test func `behind the last run of a segment there is one byte of padding at most`() throws {
        let shape = shape(20, 20)
        let cells = (0..<400).map { UInt8(truncatingIfNeeded: $0 * $0) }
        let stream = try RunLength.encode(cells, shape)
        for padding: [UInt8] in [[0], [0x80, 0]] { #expect(try RunLength.decode(stream + padding, shape) == cells) }
        for surplus: [UInt8] in [[0, 0], [0xFF, 7], [4, 1, 2, 3, 4, 5]] {
            #expect { try RunLength.decode(stream + surplus, shape) } throws: { ($0 as? PixelCodecError)?.code == .malformed }
        }
        // A run that goes on where the plane is full.
        let long = stream.prefix(64) + [UInt8(bitPattern: -127), 9, UInt8(bitPattern: -127), 9, UInt8(bitPattern: -127), 9, UInt8(bitPattern: -127), 9]
        #expect { try RunLength.decode(Array(long), shape) } throws: { ($0 as? PixelCodecError)?.code == .malformed }
    }

    @Test func `a cut or lying frame is refused`() throws {
        let shape = shape(20, 20)
        let stream = try RunLength.encode([UInt8](0..<200) + [UInt8](repeating: 3, count: 200), shape)
        for broken in [Array(stream.prefix(40)), Array(stream.prefix(100)), [9] + stream.dropFirst()] {
            #expect { try RunLength.decode(broken, shape) } throws: { ($0 as? PixelCodecError)?.code == .malformed }
        }
        var far = stream
        far.put(1 << 30, at: 4)
        #expect { try RunLength.decode(far, shape) } throws: { ($0 as? PixelCodecError)?.code == .malformed }
    }
}

import NIOCore
import Testing

@testable import LineServer

@Suite struct LineFramerTests {
    private func frames(_ chunks: [[UInt8]], limit: Int = 16) -> [LineFramer.Frame] {
        var framer = LineFramer(limit: limit)
        var frames: [LineFramer.Frame] = []
        for chunk in chunks {
            var buffer = ByteBuffer(bytes: chunk)
            framer.append(&buffer)
            while let frame = framer.next() { frames.append(frame) }
        }
        return frames
    }

    private func line(_ text: String) -> LineFramer.Frame { .line(Array(text.utf8)) }

    @Test("Lines come out the same wherever the stream is cut")
    func anyCut() {
        let stream = Array("A {}\nBB {}\r\n\n\(String(repeating: "x", count: 40))\nC {}\nhalf".utf8)
        let expected = [line("A {}"), line("BB {}"), line(""), .tooLong, line("C {}")]
        for size in 1...stream.count {
            let chunks = stride(from: 0, to: stream.count, by: size).map { Array(stream[$0..<min($0 + size, stream.count)]) }
            #expect(frames(chunks) == expected, "cut every \(size) bytes")
        }
    }

    @Test("A line of exactly the bound passes, one byte more does not")
    func bound() {
        #expect(frames([Array("123456789012345\n".utf8)]) == [line("123456789012345")])
        #expect(frames([Array("1234567890123456\n".utf8)]) == [.tooLong])
    }
}

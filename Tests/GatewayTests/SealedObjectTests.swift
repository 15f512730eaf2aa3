import Foundation
@testable import Gateway
import Migration
import Testing

/// The form of a sealed object: what comes out is what went in, or nothing.
@Suite struct SealedObjectTests {
    private static let chunk = GatewayLimits.chunkByteCount
    private static let header = 40
    private static let tag = 16
    private let scratch: Scratch
    private let cipher: SpoolCipher
    private let grant = GrantNumber(7)
    private let name = String(repeating: "a", count: 64)

    init() throws {
        scratch = try Scratch()
        cipher = SpoolCipher(try #require(SpoolKey([UInt8](repeating: 7, count: 32))))
    }

    private func content(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    /// Seals `content` in pieces of `step` bytes.
    @discardableResult
    private func seal(_ content: [UInt8], as file: String = "object", step: Int = 5000) throws -> [UInt8] {
        var sealer = try ObjectSealer(creating: scratch(file), under: grant, with: cipher)
        for start in stride(from: 0, to: content.count, by: step) { try sealer.write(content[start..<min(start + step, content.count)]) }
        let byteCount = try sealer.finish(as: name)
        let sealed = try FileSystem.contents(scratch(file))
        #expect(byteCount == Int64(sealed.count))
        return sealed
    }

    private func open(_ file: String = "object", as name: String? = nil, grant: GrantNumber? = nil, with cipher: SpoolCipher? = nil) throws -> SealedObject {
        try SealedObject(opening: scratch(file), as: name ?? self.name, under: grant ?? self.grant, with: cipher ?? self.cipher)
    }

    private func bytes(_ object: SealedObject, _ range: Range<Int>) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try object.read(Int64(range.lowerBound)..<Int64(range.upperBound)) { bytes += $0 }
        return bytes
    }

    /// Whether `sealed` in the object's place gives all of `count` bytes.
    private func opens(_ sealed: some Collection<UInt8>, _ count: Int) throws -> Bool {
        try Data(sealed).write(to: URL(fileURLWithPath: scratch("other")))
        do {
            _ = try bytes(try open("other"), 0..<count)
            return true
        } catch is SourceChanged {
            return false
        }
    }

    @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 1_146_897])
    func `what was sealed comes out again, whole and in any stretch, however it was written`(count: Int) throws {
        let content = content(count)
        for step in [999, Self.chunk, 3 * Self.chunk + 1, 1 << 21] {
            let sealed = try seal(content, step: step)
            let chunks = max(1, (count + Self.chunk - 1) / Self.chunk)
            #expect(sealed.count == Self.header + count + chunks * Self.tag)
            #expect(try bytes(try open(), 0..<count) == content)
        }
        let object = try open()
        for start in [0, 1, Self.chunk - 1, Self.chunk, count - 1] where start >= 0 && start < count {
            for end in [start, start + 1, start + Self.chunk, count] where end <= count {
                #expect(try bytes(object, start..<end) == Array(content[start..<end]))
            }
        }
        #expect(throws: SourceChanged.self) { try bytes(object, 0..<count + 1) }
    }

    @Test func `one object sealed twice has no chunk in common`() throws {
        let content = content(100)
        let (first, second) = (try seal(content), try seal(content))
        #expect(first.prefix(8) == second.prefix(8))
        #expect(zip(first.dropFirst(8), second.dropFirst(8)).filter { $0 == $1 }.count < 10)
    }

    @Test func `each flipped bit is found`() throws {
        let small = try seal(content(20))
        #expect(try opens(small, 20))
        for index in small.indices {
            for bit in 0..<8 {
                var sealed = small
                sealed[index] ^= 1 << bit
                #expect(try !opens(sealed, 20), "byte \(index), bit \(bit)")
            }
        }
        let count = 2 * Self.chunk + 5
        let large = try seal(content(count))
        for index in stride(from: 0, to: large.count, by: 61) {
            var sealed = large
            sealed[index] ^= 1 << (index % 8)
            #expect(try !opens(sealed, count), "byte \(index)")
        }
    }

    @Test func `a file that was cut or made longer is found, wherever`() throws {
        let small = try seal(content(20))
        for length in 0..<small.count { #expect(try !opens(small.prefix(length), 0), "\(length)") }
        let count = 3 * Self.chunk
        let large = try seal(content(count))
        let full = Self.chunk + Self.tag
        for chunks in 0...3 {
            for length in [-1, 0, 1, Self.tag, Self.tag + 1].map({ Self.header + chunks * full + $0 }) where length < large.count {
                #expect(try !opens(large.prefix(length), 0), "\(length)")
            }
        }
        for more in [1, Self.tag, full] { #expect(try !opens(large + large.suffix(more), 0), "\(more) more") }
    }

    @Test func `chunks that were exchanged, repeated, left out or taken from another file are found`() throws {
        let count = 4 * Self.chunk
        let (first, second) = (try seal(content(count)), try seal(content(count)))
        let chunk = { (file: [UInt8], number: Int) in file.dropFirst(Self.header + number * (Self.chunk + Self.tag)).prefix(Self.chunk + Self.tag) }
        let build = { (chunks: [ArraySlice<UInt8>]) in Array(first.prefix(Self.header)) + chunks.joined() }
        #expect(try opens(build((0..<4).map { chunk(first, $0) }), count))
        for order in [[1, 0, 2, 3], [0, 0, 2, 3], [0, 2, 3], [0, 1, 3, 2], [0, 1, 2]] {
            #expect(try !opens(build(order.map { chunk(first, $0) }), order.count * Self.chunk), "\(order)")
        }
        for foreign in 0..<4 { #expect(try !opens(build((0..<4).map { chunk($0 == foreign ? second : first, $0) }), count), "\(foreign)") }
    }

    @Test func `a file does not open under another name, another grant or another key`() throws {
        try seal(content(100))
        let other = SpoolCipher(try #require(SpoolKey([UInt8](repeating: 8, count: 32))))
        #expect(throws: SourceChanged.self) { try open(as: String(repeating: "b", count: 64)) }
        #expect(throws: SourceChanged.self) { try open(grant: GrantNumber(8)) }
        #expect(throws: SourceChanged.self) { try open(with: other) }
    }

    @Test func `a file that takes the place of an opened one does not open, though it is good`() throws {
        let count = 2 * Self.chunk
        try seal(content(count))
        let object = try open()
        let other = Array(content(count).reversed())
        try seal(other)
        #expect(throws: SourceChanged.self) { try bytes(object, 0..<10) }
        #expect(try bytes(try open(), 0..<count) == other)
    }
}
